"""Why a roster or one of its rows cannot be taken, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

UNREADABLE = {
    "not_xlsx": _("it is not an XLSX workbook. Save it as .xlsx in your spreadsheet program."),
    "no_header": _("no row with the heading 姓名 (name) was found among the first ten. Use the template."),
    "no_rows": _("there are no people below the headings."),
    "too_many_rows": _("it has more rows than one import may have. Split the file."),
}

ROW = {
    "formula": _(
        "A cell holds a formula without a stored value: open the file in your spreadsheet and save it, or paste values."
    ),
    "no_name": _("The name is missing."),
    "too_long": _("The name, department or staff number is too long."),
    "phone": _("The phone number is not a number."),
    "date": _("The date could not be read. Write it like 2026-09-01."),
    "ambiguous": _("Several members have this name. Add the staff number or the phone number."),
    "repeated": _("This person stands in the file twice. If they are two people, add their staff numbers."),
}

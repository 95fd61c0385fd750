"""Why a sheet of listings or one of its rows cannot be taken, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

UNREADABLE = {
    "not_xlsx": _("it is not an XLSX workbook. Save it as .xlsx in your spreadsheet program."),
    "no_header": _("no row with the heading 标题 (title) was found among the first ten. Use the template."),
    "no_rows": _("there are no listings below the headings."),
    "too_many_rows": _("it has more rows than one import may have. Split the file."),
}
ROW = {
    "formula": _(
        "A cell holds a formula without a stored value: open the file in your spreadsheet and save it, or paste values."
    ),
    "too_long": _("A text is longer than it may be."),
    "disagree": _("The rows of one listing say different things here."),
    "months": _("Write the months like 3,4,5 or 3-5月, or 全年."),
    "price": _("This is no price."),
    "weight": _("Write the weight like 2.5 kg, 500 g or 5斤; 0 for a service."),
    "net_weight": _("The net weight cannot be more than the weight with packaging."),
    "number": _("This is no whole number that can be."),
    "yes_or_no": _("Write 是 or 否."),
    "tier": _("A tier needs both a quantity and a price."),
    "unknown_listing": _("There is no listing of yours with this number. Leave it empty for a new one."),
    "in_review": _("An officer is looking at this listing; it cannot be changed until it is answered."),
    "title_taken": _("You have a listing of this title already. Write its number beside it, or another title."),
    "needed": _("This is needed for a new listing."),
    "needed_pack": _("This is needed for a new pack."),
    "word": _("This word is not known here. Choose one from the list in the template."),
    "repeated_pack": _("This pack stands in the sheet twice."),
    "stock_on_sale": _("The stock of a pack on sale is set on the page of listings, not here."),
    "ladder": _("The tiers must rise in quantity and fall in price, all below the unit price."),
    "no_picture": _("This picture is neither in the ZIP nor at the listing."),
    "no_alt": _("Say for each new picture what it shows, in the same order."),
}

"""Why a sheet of purchases or one of its rows cannot be taken, in sentences."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ...parties.reasons import UNREADABLE as OF_ROSTERS

UNREADABLE = {
    **OF_ROSTERS,
    "no_header": _("no row with the heading 商品 (what was bought) was found among the first ten. Use the template."),
    "no_rows": _("there are no purchases below the headings."),
}
ROW = {
    "formula": _(
        "A cell holds a formula without a stored value: open the file in your spreadsheet and save it, or paste values."
    ),
    "date": _("The date is missing or could not be read. Write it like 2026-09-01."),
    "too_long": _("A text in this row is too long."),
    "what": _("What was bought is missing."),
    "category": _("The category is not one of the catalogue's. The template lists them."),
    "origin": _("The origin is no village or township of a paired county. The template lists them."),
    "amount": _("The amount is not an amount in yuan above zero."),
    "quantity": _("The quantity is not a whole number. Leave it empty, or choose a smaller unit."),
    "mode": _("The mode is neither 直接采购 (direct) nor 帮助销售 (helped)."),
    "channel": _("The channel is missing or unknown. The template lists them."),
    "purpose": _("The purpose is missing or unknown. The template lists them."),
    "fund_source": _("The fund source is missing or unknown. The template lists them."),
    "campaign": _("There is no campaign of this name for your county. Leave it empty, or correct it."),
    "disagree": _("Rows with one order number or fapiao are one purchase, but they differ in seller, day or purpose."),
    "repeated": _("This order number or fapiao stands in the file on another purchase, too."),
}

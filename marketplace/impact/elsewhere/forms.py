"""The forms by which a purchase made elsewhere is typed. They clean what was typed; the rules are the actions' to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from ...allowances.models import FundSource, Purpose
from ...catalogue.models import Category
from ...fields import MoneyFormField, model_choice
from ...money import Money
from ...orders.models import Requisition
from ...parties.models import BuyerOrganisation
from ...programme.models import Campaign, Region
from .models import ElsewherePurchase
from .rules import Entry, EntryLine
from .selectors import origins_for

LEAST_LINES, SPARE_LINES, MOST_LINES = 4, 3, 30
LINE_FIELDS = ("what", "category", "origin", "amount", "quantity", "unit")


if TYPE_CHECKING:
    _CampaignChoice = forms.ModelChoiceField[Campaign]
else:
    _CampaignChoice = forms.ModelChoiceField


class CampaignChoice(_CampaignChoice):
    """Campaigns by their name in the reader's language."""

    def label_from_instance(self, campaign: Campaign) -> str:
        return campaign.label


class PurchaseForm(forms.Form):
    """A purchase made elsewhere with its lines; a line that is wholly empty is none."""

    mode = forms.ChoiceField(
        label=_("Mode"), choices=Requisition.Mode, widget=forms.RadioSelect, initial=Requisition.Mode.DIRECT
    )
    helped_buyer = forms.CharField(
        label=_("Who bought"),
        max_length=120,
        required=False,
        help_text=_("Only for a helped sale, such as residents of the community or members' families."),
    )
    channel = forms.ChoiceField(label=_("Where"), choices=ElsewherePurchase.Channel)
    bought_on = forms.DateField(label=_("Bought on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    seller_name = forms.CharField(
        label=_("Seller"), max_length=120, help_text=_("As it stands on the receipt or fapiao.")
    )
    seller_code = forms.CharField(label=_("Unified social credit code"), max_length=30, required=False)
    external_reference = forms.CharField(
        label=_("Order number elsewhere"), max_length=60, required=False, help_text=_("Such as the 832 Platform's.")
    )
    fapiao_number = forms.CharField(label=_("Fapiao number"), max_length=40, required=False)
    campaign = CampaignChoice(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("no campaign")
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose)
    fund_source = forms.ChoiceField(label=_("Fund source"), choices=FundSource)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, organisation: BuyerOrganisation, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campaigns = Campaign.objects.filter(pairing__supporting__code=organisation.county_code, starts_on__lte=today)
        model_choice(self, "campaign").queryset = campaigns.select_related("pairing__aided")
        self.categories = {str(row.pk): row for row in Category.objects.filter(children=None)}
        self.origins = {str(row.pk): row for row in origins_for(organisation, today)}
        self.count = self._lines_typed()
        for number in range(self.count):
            self._add_line(number)

    def _lines_typed(self) -> int:
        source = self.data if self.is_bound else self.initial
        typed = [
            int(name.removeprefix("what_"))
            for name in source
            if name.startswith("what_") and name[5:].isascii() and name[5:].isdigit() and len(name) < 8 and source[name]
        ]
        return min(MOST_LINES, max(LEAST_LINES, max(typed, default=-1) + 1 + SPARE_LINES))

    def _add_line(self, number: int) -> None:
        shelves = [("", "—"), *((pk, row.label) for pk, row in self.categories.items())]
        first = number == 0
        fields: dict[str, forms.Field] = {
            "what": forms.CharField(label=gettext("Produce"), max_length=80, required=first),
            "category": forms.ChoiceField(label=gettext("Category"), choices=shelves, required=first),
            "origin": forms.ChoiceField(label=gettext("Origin"), choices=grouped(self.origins), required=first),
            "amount": MoneyFormField(
                label=gettext("Amount (¥)"),
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                min_value=Money(1),
                required=first,
            ),
            "quantity": forms.IntegerField(
                label=gettext("Quantity"), min_value=1, max_value=999_999_999, required=False
            ),
            "unit": forms.CharField(label=pgettext("of a quantity", "Unit"), max_length=10, required=False),
        }
        self.fields |= {f"{name}_{number}": field for name, field in fields.items()}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for number in range(self.count):
            if not number or not self._is_filled(number):
                continue
            for name in ("what", "category", "origin", "amount"):
                field = f"{name}_{number}"
                if field not in self.errors and not cleaned.get(field):
                    self.add_error(
                        field,
                        _("Line %(number)s: fill this in, or leave the whole line empty.") % {"number": number + 1},
                    )
        return cleaned

    def _is_filled(self, number: int) -> bool:
        return any(self[f"{name}_{number}"].value() for name in LINE_FIELDS)

    def head(self) -> Iterator[Any]:
        """The controls above the lines."""
        return (self[name] for name in self.base_fields)

    def lines(self) -> list[tuple[int, list[Any], bool]]:
        """Each line's number, its controls, and whether it stands open."""
        return [
            (number + 1, [self[f"{name}_{number}"] for name in LINE_FIELDS], not number or self._is_filled(number))
            for number in range(self.count)
        ]

    def entry(self) -> Entry:
        """What was typed, once valid."""
        cleaned = self.cleaned_data
        head = {name: cleaned[name] for name in self.base_fields}
        filled = [number for number in range(self.count) if cleaned.get(f"what_{number}")]
        return Entry(lines=tuple(self._line(number) for number in filled), **head)

    def _line(self, number: int) -> EntryLine:
        cleaned = self.cleaned_data
        return EntryLine(
            cleaned[f"what_{number}"],
            self.categories[cleaned[f"category_{number}"]],
            self.origins[cleaned[f"origin_{number}"]],
            cleaned[f"amount_{number}"],
            cleaned[f"quantity_{number}"],
            cleaned[f"unit_{number}"],
        )


def grouped(origins: dict[str, Region]) -> list[Any]:
    """Places as choices, each township with its villages below it."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for pk, place in origins.items():
        is_village = place.level == Region.Level.VILLAGE and place.parent
        heading = place.parent.name if is_village and place.parent else place.name
        label = place.name if is_village else gettext("%(township)s (village not known)") % {"township": place.name}
        groups.setdefault(heading, []).append((pk, label))
    return [("", "—"), *groups.items()]


def initial_of(purchase: ElsewherePurchase) -> dict[str, Any]:
    """A stored purchase as the form's initial values."""
    found: dict[str, Any] = {name: getattr(purchase, name) for name in PurchaseForm.base_fields}
    for number, line in enumerate(purchase.lines.all()):
        found |= {f"{name}_{number}": getattr(line, name) for name in ("what", "amount", "quantity", "unit")}
        found |= {f"category_{number}": str(line.category_id), f"origin_{number}": str(line.origin_id)}
    return found


class ManyFilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Cleans to a list of the chosen files, each looked at by itself."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(one, initial) for one in chosen or [None]]


class VouchersForm(forms.Form):
    """Scans or photos, several at once."""

    files = ManyFilesField(  # type: ignore[assignment]  # a declared field is taken off the class again
        label=_("Vouchers"),
        widget=ManyFilesInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        help_text=_("Photos or scans of the receipt, the order, the fapiao or the transfer: PDF, JPEG or PNG."),
    )


class SheetForm(forms.Form):
    """A sheet of purchases, and one voucher that proves them all."""

    file = forms.FileField(label=_("Sheet (.xlsx)"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}))
    voucher = forms.FileField(
        label=_("Vouchers of the whole sheet, as one PDF"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        help_text=_("With it the purchases are submitted at once. Without it each waits for its own voucher."),
    )

"""A listing's words, packs and pictures, made for a phone: one part at a time, pictures from the camera."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.catalogue.models import Listing, ListingPicture, Product, TaxRate
from marketplace.catalogue.pricing import Tier, ladder_problem
from marketplace.fields import MoneyFormField, model_choice
from marketplace.money import Money
from marketplace.programme.models import Region

from .weight_field import WeightField

PACKS, TIERS, PICTURES = 3, 3, 6
PRODUCE = ("product", "title", "summary", "description", "origin", "tax_rate")
PICTURE_MAX_BYTES = 8 * 1024 * 1024
LADDER_PROBLEMS = {
    "quantities_must_rise": _("Each tier must start at a higher quantity than the one before, the first above 1."),
    "prices_must_fall": _("Each tier must be cheaper than the one before."),
    "price_must_be_positive": _("A price must be more than zero."),
}


def _money(**kwargs: Any) -> MoneyFormField:
    return MoneyFormField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), min_value=Money(1), **kwargs)


if TYPE_CHECKING:
    _PlaceField = forms.ModelChoiceField[Region]
else:
    _PlaceField = forms.ModelChoiceField


class PlaceField(_PlaceField):
    """A place; a village is told by its township too."""

    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.parent.name} {obj.name}" if obj.level == "village" and obj.parent else obj.name


class ProduceForm(forms.Form):
    """What is offered: product, words, origin and tax."""

    product = forms.ModelChoiceField(
        label=_("Kind of produce"), queryset=Product.objects.select_related("category"), empty_label=None
    )
    title = forms.CharField(label=_("Title"), max_length=80, help_text=_("As buyers will read it, with the size."))
    summary = forms.CharField(label=_("In one sentence"), max_length=160)
    description = forms.CharField(
        label=_("Description"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=3000,
        help_text=_("How it is grown or made, how to keep it, what is in the parcel."),
    )
    origin = PlaceField(label=_("Origin"), queryset=Region.objects.none(), empty_label=None)
    tax_rate = forms.ChoiceField(
        label=_("Tax rate on your fapiao"),
        choices=[("", _("Please choose")), *TaxRate.choices],
        help_text=_(
            "Prices are with tax. Farm produce of their own sold by producers and cooperatives is exempt; "
            "ask your book-keeper when in doubt."
        ),
    )

    def __init__(self, *args: Any, places: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        origins = Region.objects.filter(pk__in=[place.pk for place in places])
        model_choice(self, "origin").queryset = origins.select_related("parent")


class PackForm(forms.Form):
    """One pack with its price, tiers, minimum, multiple and stock."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Pack"), max_length=40, required=False, help_text=_("Such as 2.5 kg 箱."))
    unit = forms.CharField(label=_("Unit"), max_length=10, required=False, help_text=_("Such as 箱, 袋, 罐."))
    unit_price = _money(label=_("Unit price (¥)"), required=False)
    initial_stock = forms.IntegerField(label=_("Stock"), min_value=0, max_value=1_000_000, required=False)
    minimum_quantity = forms.IntegerField(label=_("Sold from"), min_value=1, max_value=100_000, required=False)
    multiple = forms.IntegerField(label=_("In multiples of"), min_value=1, max_value=100_000, required=False)
    weight_grams = WeightField(
        label=_("Weight with packaging"),
        required=False,
        help_text=_("As it is sent, such as 2.5 kg, 500 g or 5斤; 0 for a service."),
    )
    net_grams = WeightField(
        label=_("Net weight"),
        required=False,
        help_text=_("Without packaging: buyers compare prices by it. Empty for what is sold by the piece."),
    )
    persons = forms.IntegerField(
        label=_("Persons for each"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_("How many places of a session one takes: 1 for a seat, 3 for a family of three."),
    )
    is_redeemed = forms.BooleanField(
        label=_("Collected at our place with a voucher"),
        required=False,
        help_text=_("Nothing is sent: the buyer gets a voucher for each, named for this item, used once."),
    )
    is_offered = forms.BooleanField(label=_("on offer"), required=False, initial=True)

    def __init__(self, *args: Any, is_service: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("weight_grams", "net_grams", "is_redeemed") if is_service else ("persons",):
            del self.fields[name]
        for number in range(1, TIERS + 1):
            self.fields[f"from_{number}"] = forms.IntegerField(label=_("From quantity"), min_value=2, required=False)
            self.fields[f"price_{number}"] = _money(label=_("Unit price (¥)"), required=False)

    @property
    def tier_fields(self) -> list[tuple[Any, Any]]:
        """Each tier's two controls."""
        return [(self[f"from_{n}"], self[f"price_{n}"]) for n in range(1, TIERS + 1)]

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed into this pack, once valid."""
        return bool(self.cleaned_data.get("name") or self.cleaned_data.get("unit_price"))

    def tiers(self) -> list[Tier]:
        """The ladder as plain values, once valid."""
        pairs = [(self.cleaned_data.get(f"from_{n}"), self.cleaned_data.get(f"price_{n}")) for n in range(1, TIERS + 1)]
        return [Tier(quantity, price) for quantity, price in pairs if quantity and price]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.is_filled:
            return cleaned
        for name in ("name", "unit", "unit_price"):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("This is needed for every pack."))
        if "weight_grams" not in self.fields:
            cleaned["weight_grams"] = 0
        if cleaned.get("weight_grams") is None and "weight_grams" not in self.errors:
            self.add_error("weight_grams", _("Freight is reckoned by weight: say what it weighs, or 0 for a service."))
        if (cleaned.get("net_grams") or 0) > (cleaned.get("weight_grams") or 0):
            self.add_error("net_grams", _("The net weight cannot be more than the weight with packaging."))
        for number in range(1, TIERS + 1):
            if bool(cleaned.get(f"from_{number}")) != bool(cleaned.get(f"price_{number}")):
                self.add_error(f"from_{number}", _("A tier needs both a quantity and a price."))
        if cleaned.get("unit_price") and (problem := ladder_problem(cleaned["unit_price"], self.tiers())):
            self.add_error("from_1", LADDER_PROBLEMS[problem])
        return cleaned


class PictureForm(forms.Form):
    """One picture with the words for those who cannot see it."""

    standing: ListingPicture | None = None  # the picture that is there already

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    file = forms.ImageField(
        label=_("Picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
    )
    alt_text = forms.CharField(label=_("What the picture shows"), max_length=200, required=False)
    position = forms.IntegerField(
        label=_("Place in the gallery"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("The first is shown in lists too."),
    )
    remove = forms.BooleanField(label=_("Take this picture out"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("file") and cleaned["file"].size > PICTURE_MAX_BYTES:
            self.add_error("file", _("The picture is larger than 8 MB. Take a smaller one."))
        if (cleaned.get("file") or cleaned.get("pk")) and not cleaned.get("remove") and not cleaned.get("alt_text"):
            self.add_error("alt_text", _("Say in a few words what the picture shows."))
        return cleaned


class ReEntryForm(forms.Form):
    """What was mended since the listing was taken off the shelf."""

    mended = forms.CharField(
        label=_("What have you mended?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("Answer each reason: what was wrong, what is different now, and how the officer can see it."),
    )


def initial_of(listing: Listing) -> dict[str, Any]:
    """A listing's words as the form shows them."""
    return {name: getattr(listing, name) for name in PRODUCE}

"""What delivery costs, made for a phone: one area below the other, and a calculator that tries what was typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.catalogue.freight import Zone
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.conf import currency
from marketplace.fields import MoneyFormField, choice
from marketplace.money import Money
from marketplace.programme.models import Region

from .weight_field import WeightField

AREAS = 4
FEE, FREE, NONE = "fee", "free", "none"
WAYS = [(FEE, _("charge by weight")), (FREE, _("deliver free")), (NONE, _("do not deliver"))]
KILOGRAM = 1000
FEES = ("first_grams", "first_fee", "next_grams", "next_fee", "free_from")


def _money(label: Any, least: int = 0, **more: Any) -> MoneyFormField:
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    return MoneyFormField(label=label, min_value=Money(least), widget=widget, **more)


class AreaForm(forms.Form):
    """One area and its fees, needed only where it charges by weight; the last, without a place, is everywhere else."""

    use_required_attribute = False

    code = forms.ChoiceField(label=_("Area"), required=False)
    way = forms.ChoiceField(label=_("How goods get there"), choices=WAYS, initial=FEE)
    first_grams = WeightField(label=_("First weight"), initial=KILOGRAM)
    first_fee = _money(_("costs (¥)"))
    next_grams = WeightField(label=_("Each further"), initial=KILOGRAM)
    next_fee = _money(_("costs (¥)"))
    free_from = _money(
        _("Free from (¥)"),
        least=1,
        required=False,
        help_text=_("Goods of one order, with tax, without freight. Empty: never."),
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_elsewhere = not places
        if self.is_elsewhere:
            del self.fields["code"]
        else:
            choice(self, "code").choices = [("", _("no further area")), *places]

    @property
    def is_filled(self) -> bool:
        """Whether this area is meant at all, once valid."""
        return self.is_elsewhere or bool(self.cleaned_data.get("code"))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.is_filled or cleaned.get("way") != FEE:
            for name in FEES:
                self.errors.pop(name, None)
            return cleaned
        for name in ("first_grams", "next_grams"):
            if cleaned.get(name) == 0:
                self.add_error(name, _("Enter a weight such as 2.5 kg or 500 g."))
        return cleaned

    def zone(self) -> Zone:
        """The area as a plain value, once valid."""
        cleaned, nothing = self.cleaned_data, Money(0, currency())
        code = cleaned.get("code") or ""
        if cleaned["way"] != FEE:
            return Zone(code, cleaned["way"] == FREE, KILOGRAM, nothing, KILOGRAM, nothing)
        return Zone(code, True, *(cleaned[name] for name in FEES))


class TrialForm(forms.Form):
    """What the calculator is asked."""

    weight = WeightField(label=_("Weight"), required=False)
    to = forms.ChoiceField(label=pgettext_lazy("freight", "To"), required=False)
    goods = _money(_("Goods (¥)"), required=False)

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "to").choices = [*places, ("", _("somewhere else"))]
        self.fields["to"].initial = places[0][0] if places else ""


def places_of(regions: Sequence[Region], rule: FreightRule | None) -> list[tuple[str, str]]:
    """The choices of places: those around, and whatever the rule in force names."""
    known = {region.code: region.name for region in regions}
    named = {zone.region_code: zone.region_name for zone in rule.zones.all() if zone.region_code} if rule else {}
    return list((known | {code: name for code, name in named.items() if code not in known}).items())


def area_forms(data: Any, rule: FreightRule | None, places: list[tuple[str, str]]) -> list[AreaForm]:
    """The named areas, then everywhere else; filled with the rule in force."""
    zones = rule.areas if rule else []
    named = [zone for zone in zones if zone.code]
    elsewhere = next((zone for zone in zones if not zone.code), None)
    forms_ = [
        AreaForm(data, prefix=f"area{number}", places=places, initial=_initial(named[number : number + 1]))
        for number in range(max(AREAS, len(named)))
    ]
    last = _initial([elsewhere]) if elsewhere else {"way": FREE}
    return [*forms_, AreaForm(data, prefix="elsewhere", places=[], initial=last)]


def _initial(zones: Sequence[Zone]) -> dict[str, Any]:
    if not zones:
        return {}
    zone = zones[0]
    way = NONE if not zone.is_delivered else FEE if zone.first_fee or zone.next_fee else FREE
    return {name: getattr(zone, name) for name in ("code", *FEES)} | {"way": way}


def zones_of(areas: Sequence[AreaForm]) -> list[Zone]:
    """The rule as typed, once valid; free everywhere is a rule without areas."""
    zones = [area.zone() for area in areas if area.is_filled]
    only = zones[0]
    is_free = len(zones) == 1 and only.is_delivered and not only.first_fee and not only.next_fee
    return [] if is_free else zones

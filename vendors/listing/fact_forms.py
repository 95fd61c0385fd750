"""The parts of a listing that say more: season and harvest, what the label says, how farming households benefit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from marketplace.catalogue.facts import NO_ALLERGENS, Allergen, Storage
from marketplace.catalogue.harvests import plan_problem
from marketplace.catalogue.linkage import FarmerLinkage, Mode
from marketplace.catalogue.models import Listing

LINKAGES = 3
PLAN = (
    "harvest_from", "harvest_until", "harvest_kilograms", "advance_from", "advance_until", "ships_from", "ships_until",
)  # fmt: skip
LABEL = ("grade", "shelf_life_days", "storage", "ingredients")


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, **more)


class SeasonForm(forms.Form):
    """The months on offer, and the coming harvest where it is sold in advance."""

    months = forms.MultipleChoiceField(
        label=_("Months on offer"),
        choices=list(MONTHS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick none if it is on offer all year."),
    )
    harvest_from = _day(_("Harvest from"))
    harvest_until = _day(_("Harvest until"))
    advance_from = _day(_("Advance orders from"), help_text=_("Leave both empty to sell from store at any time."))
    advance_until = _day(_("Advance orders until"), help_text=_("The last day; afterwards nothing more is taken."))
    harvest_kilograms = forms.IntegerField(
        label=_("Harvest for advance orders (kg)"),
        required=False,
        min_value=1,
        max_value=10_000_000,
        help_text=_("Shared by all packs: no more is sold than this."),
    )
    ships_from = _day(_("Sent from"))
    ships_until = _day(_("Sent until"))

    def season(self) -> str:
        """The months as a listing keeps them."""
        months = sorted(int(month) for month in self.cleaned_data["months"])
        return f",{','.join(map(str, months))}," if months else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        plan = Listing(**{name: cleaned.get(name) for name in PLAN})  # never saved: it knows which days fit together
        if bool(plan.advance_from) != bool(plan.advance_until):
            self.add_error("advance_until", _("Say both: from which day advance orders are taken, and until which."))
        if plan.is_sold_in_advance and not plan.ships_until and "ships_until" not in self.errors:
            self.add_error("ships_until", _("Whoever orders in advance has to know by when it is sent."))
        if plan.harvest_kilograms and not plan.harvest_from and "harvest_from" not in self.errors:
            self.add_error("harvest_from", _("Say from which day it is harvested."))
        if (problem := plan_problem(plan)) and problem not in self.errors:
            self.add_error(problem, _("This day lies before one that must come first."))
        return cleaned


def initial_season(listing: Listing) -> dict[str, Any]:
    """A listing's season and harvest as the form shows them."""
    return {name: getattr(listing, name) for name in PLAN} | {"months": listing.months}


class LabelForm(forms.Form):
    """What stands on the label."""

    grade = forms.CharField(label=_("Grade"), max_length=20, required=False, help_text=_("Such as 特级 or 一级."))
    shelf_life_days = forms.IntegerField(label=_("Shelf life (days)"), min_value=1, max_value=3650, required=False)
    storage = forms.ChoiceField(label=_("Storage"), choices=[("", _("not said")), *Storage.choices], required=False)
    ingredients = forms.CharField(
        label=_("Ingredients"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    allergens = forms.MultipleChoiceField(
        label=_("Allergens"),
        choices=[*Allergen.choices, (NO_ALLERGENS, _("none of these"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean_allergens(self) -> str:
        """The allergens as a listing keeps them."""
        chosen: list[str] = self.cleaned_data["allergens"]
        if NO_ALLERGENS not in chosen:
            return f",{','.join(code for code in Allergen.values if code in chosen)}," if chosen else ""
        if len(chosen) > 1:
            raise forms.ValidationError(_("Tick what is in it, or “none of these”, not both."))
        return NO_ALLERGENS


def initial_label(listing: Listing) -> dict[str, Any]:
    """A listing's label as the form shows it."""
    chosen = [code for code in listing.allergens.split(",") if code]
    return {name: getattr(listing, name) for name in LABEL} | {"allergens": chosen}


class LinkageForm(forms.Form):
    """One way in which farming households benefit."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=_("Way"), choices=[("", _("none")), *Mode.choices], required=False)
    households = forms.IntegerField(
        label=_("Households"),
        min_value=1,
        max_value=1_000_000,
        required=False,
        help_text=_("How many; never write a name."),
    )
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100, required=False)
    statement = forms.CharField(
        label=_("In words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("mode"):
            for name in ("households", "year"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed for every way."))
        return cleaned


def initial_linkage(linkage: FarmerLinkage | None) -> dict[str, Any]:
    """A statement as the form shows it."""
    return {name: getattr(linkage, name) for name in LinkageForm.base_fields} if linkage else {}

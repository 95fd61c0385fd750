"""The living page of the design, ``/styleguide/``: every component in every state, with invented contents.

It stands in the app because the components do, so that another site sees them in its own skin. Shown where ``DEBUG``
is on, or where ``MARKETPLACE_STYLEGUIDE`` says so; elsewhere there is no such page. ``?medium=print`` shows it on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images import get_image_model

from ..catalogue.models import Listing
from ..catalogue.selectors import with_cards
from ..conf import setting
from ..money import Money, yuan
from ..plots import grouped_bars

COLOURS = [
    "ground",
    "paper",
    "wash",
    "ink",
    "ink-soft",
    "line",
    "line-strong",
    "tea",
    "tea-deep",
    "tea-wash",
    "tea-line",
    "amber",
    "amber-wash",
    "amber-line",
    "red",
    "red-wash",
    "slate",
    "slate-wash",
    "track",
    "focus",
]
SIZES = ["huge", "title", "lead", "plain", "soft", "small"]


@dataclass(frozen=True, slots=True)
class Step:
    """A price tier."""

    from_quantity: int
    unit_price: Money
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a share meter."""

    label: str
    amount: Money
    tone: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A township on the schematic map."""

    column: int
    row: int
    name: str
    level: int
    text: str
    url: str = ""


class Specimen(forms.Form):
    """Every kind of field; bound to nothing it shows its errors."""

    text = forms.CharField(label=gettext_lazy("Title"), help_text=gettext_lazy("As it is to stand on the papers."))
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    amount = forms.CharField(
        label=gettext_lazy("Amount"), widget=forms.TextInput(attrs={"inputmode": "decimal"}), initial="38.50"
    )
    count = forms.IntegerField(label=gettext_lazy("Quantity"), initial=3)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=date(2026, 11, 23),
    )
    township = forms.ChoiceField(
        label=gettext_lazy("Township"), choices=[("a", "晓天镇"), ("b", "万佛湖镇"), ("c", "山七镇")]
    )
    way = forms.ChoiceField(
        label=gettext_lazy("Way of paying"),
        choices=[("a", gettext_lazy("bank transfer")), ("b", gettext_lazy("online"))],
        widget=forms.RadioSelect,
    )
    months = forms.MultipleChoiceField(
        label=gettext_lazy("Months"),
        choices=[(str(n), str(n)) for n in range(1, 7)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have read the rules of trade."))
    scan = forms.FileField(label=gettext_lazy("Scan"), required=False)


def is_shown() -> bool:
    """Whether this installation shows its style guide."""
    asked = setting("STYLEGUIDE")
    return bool(settings.DEBUG if asked is None else asked)


def styleguide(request: HttpRequest) -> HttpResponse:
    """All components with all their states; 404 where it is not shown."""
    if not is_shown():
        raise Http404
    medium = "all" if request.GET.get("medium") == "print" else "print"
    context = {**_words(), **_drawn(), **_pictures(), "print_medium": medium, "on_paper": medium == "all"}
    return render(request, "marketplace/storefront/styleguide.html", context)


def _words() -> dict[str, Any]:
    return {
        "colours": COLOURS,
        "sizes": SIZES,
        "form": Specimen(auto_id="plain_%s"),
        "wrong": Specimen({"text": "", "count": "", "way": ""}, auto_id="wrong_%s"),
        "kept": Specimen(auto_id="kept_%s")["scan"],
        "tones": [
            ("neutral", _("draft")),
            ("todo", _("to do")),
            ("progress", _("under way")),
            ("done", _("done")),
            ("warn", _("returned")),
            ("stop", _("late")),
        ],
        "tabs": [("#tabs", _("Purchases"), True), ("#tabs", _("Basket"), False), ("#tabs", _("Member roll"), False)],
    }


def _drawn() -> dict[str, Any]:
    labels, values = (
        ["2026-08", "2026-09", "2026-10", "2026-11"],
        [(120_000, 80_000), (460_000, 210_000), (310_000, 0), (905_050, 120_000)],
    )
    return {
        "price": yuan("38.50"),
        "earlier": yuan("42.00"),
        "steps": [Step(1, yuan(42), True), Step(20, yuan("40.50"), True), Step(50, yuan("38.50"), False)],
        "parts": [
            Part(_("spent"), yuan(61_200), "done"),
            Part(_("held"), yuan(18_400), "held"),
            Part(_("still open"), yuan(40_400), "open"),
        ],
        "plot": grouped_bars(labels, [[pair[0] for pair in values], [pair[1] for pair in values]]),
        "plot_rows": [(label, [Money(one), Money(two)]) for label, (one, two) in zip(labels, values, strict=True)],
        "plot_series": [_("direct purchase"), _("help to sell")],
        "months": [3, 4, 5, 10],
        "marks": [(2, _("Spring Festival")), (6, _("Dragon Boat")), (9, _("Mid-Autumn"))],
        "tiles": [
            Tile(1, 0, "汤池镇", 1, "¥3,200"),
            Tile(2, 0, "千人桥镇", 0, "—"),
            Tile(0, 1, "五显镇", 2, "¥8,450"),
            Tile(1, 1, "万佛湖镇", 4, "¥41,200", "#map"),
            Tile(0, 2, "晓天镇", 3, "¥22,800", "#map"),
            Tile(1, 2, "山七镇", 2, "¥9,900"),
        ],
        "valid_to": date(2027, 6, 30),
        "expired_on": date(2026, 3, 31),
        "due_on": date(2026, 11, 25),
    }


def _pictures() -> dict[str, Any]:
    images = get_image_model().objects.order_by("pk")[:2]
    return {
        "image": images[0] if images else None,
        "pictures": [
            {"image": image, "alt_text": image.default_alt_text, "credit": _("Photograph: the co-operative")}
            for image in images
        ],
        "listings": with_cards(Listing.objects.published())[:2],
    }

"""What the machine sees in a submitted listing before the officer looks: hints with their figures, no decisions.

The price of a kilogram against the median of published listings of the same kind; ladder, pictures' words, twins of the same vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import currency, setting
from ..money import Money
from .models import Listing, Pack
from .pricing import ladder_problem

OK, LOOK, WRONG = "done", "warn", "stop"
FEWEST_PRICES, MOST_PRICES = 3, 500
SHORTEST_WORDS = 4
KILOGRAM = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One hint: its tone (done, warn, stop), and a sentence."""

    tone: str
    sentence: str


def findings(submitted: Listing) -> list[Finding]:
    """All hints about a submitted version, the worst first. A fixed number of statements."""
    order = (WRONG, LOOK, OK)
    found = [finding for check in CHECKS for finding in check(submitted)]
    return sorted(found, key=lambda row: order.index(row.tone))


def per_kilogram(pack: Pack) -> int | None:
    """Minor units for a kilogram with packaging, rounded down; ``None`` for what weighs nothing."""
    return pack.unit_price.amount * KILOGRAM // pack.weight_grams if pack.weight_grams else None


def _offered(listing: Listing) -> list[Pack]:
    return [pack for pack in listing.packs.all() if pack.is_offered]


def _prices(submitted: Listing) -> Iterator[Finding]:
    """Each pack's price of a kilogram against the median of the others' packs of this kind of produce."""
    others = Pack.objects.filter(
        listing__in=Listing.objects.published().filter(product=submitted.product_id).exclude(pk=submitted.pk),
        is_offered=True,
        weight_grams__gt=0,
    )[:MOST_PRICES]
    known = [price for pack in others if (price := per_kilogram(pack)) is not None]
    if len(known) < FEWEST_PRICES:
        yield Finding(LOOK, _("Fewer than three other prices of this kind of produce are known: compare by hand."))
        return
    middle = int(median(known))
    for pack in _offered(submitted):
        price = per_kilogram(pack)
        if price is None:
            continue
        percent = (price - middle) * 100 // middle if middle else 0
        words = {
            "pack": pack.name,
            "price": Money(price, currency()),
            "median": Money(middle, currency()),
            "percent": abs(percent),
        }
        far = abs(percent) > setting("UNIT_PRICE_PERCENT")
        sentence = (
            _("%(pack)s: %(price)s a kilogram, %(percent)s%% above the median of %(median)s.")
            if percent >= 0
            else _("%(pack)s: %(price)s a kilogram, %(percent)s%% below the median of %(median)s.")
        )
        yield Finding(LOOK if far else OK, sentence % words)


def _weights(submitted: Listing) -> Iterator[Finding]:
    if submitted.product.category.is_service:
        return
    for pack in _offered(submitted):
        if not pack.weight_grams:
            yield Finding(LOOK, _("%(pack)s says no weight: its price cannot be compared.") % {"pack": pack.name})


def _ladders(submitted: Listing) -> Iterator[Finding]:
    broken = [pack.name for pack in _offered(submitted) if ladder_problem(pack.unit_price, pack.ladder)]
    tiers = sum(len(pack.ladder) for pack in _offered(submitted))
    if broken:
        yield Finding(WRONG, _("The price tiers of %(packs)s are no ladder.") % {"packs": "、".join(broken)})
    elif tiers:
        words = ngettext(
            "%(count)s price tier rises in quantity and falls in price.",
            "%(count)s price tiers rise in quantity and fall in price.",
            tiers,
        )
        yield Finding(OK, words % {"count": tiers})


def _pictures(submitted: Listing) -> Iterator[Finding]:
    words = [row.alt_text.strip() for row in submitted.pictures.all()]
    short = sum(len(text) < SHORTEST_WORDS or text == submitted.title for text in words)
    if short:
        sentence = ngettext(
            "%(count)s picture hardly says what it shows.", "%(count)s pictures hardly say what they show.", short
        )
        yield Finding(LOOK, sentence % {"count": short})
    elif len(set(words)) < len(words):
        yield Finding(LOOK, _("Several pictures have the same words."))
    elif words:
        yield Finding(OK, _("Every picture says what it shows."))


def _twins(submitted: Listing) -> Iterator[Finding]:
    twins = Listing.objects.filter(
        vendor=submitted.vendor_id, product=submitted.product_id, title=submitted.title, live=True
    ).exclude(pk=submitted.pk)
    if twins.exists():
        yield Finding(WRONG, _("The same vendor has a published listing of the same title."))


CHECKS: list[Callable[[Any], Iterator[Finding]]] = [_prices, _weights, _ladders, _pictures, _twins]

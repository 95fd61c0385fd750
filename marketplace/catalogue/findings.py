"""What the machine sees in a submitted listing before the officer looks: hints with their figures, no decisions.

The price of a kilogram against the median of published listings of the same kind and grade; ladder, pictures' words, twins of the same vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import currency, setting
from ..money import Money
from .comparing import like_prices
from .evidence import PriceEvidence
from .fairness import FEWEST, KILOGRAM, middle, per_weight, percent_above
from .models import Listing, Pack
from .pricing import ladder_problem

OK, LOOK, WRONG = "done", "warn", "stop"
SHORTEST_WORDS = 4


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


def _offered(listing: Listing) -> list[Pack]:
    return [pack for pack in listing.packs.all() if pack.is_offered]


def _prices(submitted: Listing) -> Iterator[Finding]:
    """Each pack's price of a kilogram against the median of like offers: the same kind of produce and grade."""
    known = like_prices(submitted, of=KILOGRAM)
    if len(known) < FEWEST:
        yield Finding(LOOK, _("Fewer than three other prices of this kind of produce are known: compare by hand."))
        return
    median = middle(known)
    for pack in _offered(submitted):
        price = per_weight(pack.unit_price.amount, pack.net_grams, of=KILOGRAM)
        if price is None:
            continue
        percent = percent_above(price, median)
        words = {
            "pack": pack.name,
            "price": Money(price, currency()),
            "median": Money(median, currency()),
            "percent": abs(percent),
        }
        far = abs(percent) > setting("UNIT_PRICE_PERCENT")
        sentence = (
            _("%(pack)s: %(price)s a kilogram, %(percent)s%% above the median of %(median)s.")
            if percent >= 0
            else _("%(pack)s: %(price)s a kilogram, %(percent)s%% below the median of %(median)s.")
        )
        yield Finding(LOOK if far else OK, sentence % words)


def _evidence(submitted: Listing) -> Iterator[Finding]:
    """What the vendor shows of its price: whether there is anything, and whether like goods cost less there."""
    shown = list(PriceEvidence.objects.standing().filter(listing=submitted.pk))
    if not shown:
        yield Finding(LOOK, _("Nothing shows that the price is fair: the vendor has entered no evidence."))
        return
    ours = [per_weight(pack.unit_price.amount, pack.net_grams, of=KILOGRAM) for pack in _offered(submitted)]
    own = min((price for price in ours if price is not None), default=None)
    for row in shown:
        there = row.per_kilogram
        if own is not None and there is not None and there < own:
            words = {"seller": row.seller, "there": Money(there, currency()), "here": Money(own, currency())}
            yield Finding(LOOK, _("%(seller)s: %(there)s a kilogram there, from %(here)s here.") % words)
    words_of_count = ngettext("%(count)s piece of evidence.", "%(count)s pieces of evidence.", len(shown))
    yield Finding(OK, _("The price has evidence: ") + words_of_count % {"count": len(shown)})


def _weights(submitted: Listing) -> Iterator[Finding]:
    if submitted.product.category.is_service:
        return
    for pack in _offered(submitted):
        if not pack.net_grams:
            yield Finding(LOOK, _("%(pack)s says no net weight: its price cannot be compared.") % {"pack": pack.name})


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


CHECKS: list[Callable[[Any], Iterator[Finding]]] = [_prices, _evidence, _weights, _ladders, _pictures, _twins]

"""Which totals a posting moves. Pure.

Every figure that is offered has its dimension here; other combinations are not offered. Under each of them three ways
of buying are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DIMENSIONS = (
    "buyer_county",
    "vendor_county",
    "buyer",
    "buyer_kind",
    "campaign",
    "vendor",
    "township",
    "village",
    "category",
    "buyer_township",
    "campaign_vendor",
    "counted_for",
)


PLATFORM, ELSEWHERE = "platform", "elsewhere"  # where, in totals; entries know the very channel
DIRECT, HELPED = "direct", "helped"


class Way(StrEnum):
    """How something was bought, as figures keep it apart; the three of them make up everything."""

    PLATFORM = "platform"  # directly, on this platform
    ELSEWHERE = "elsewhere"  # directly, anywhere else
    HELPED = "helped"  # by others, whom the organisation helped to find it


def way_of(mode: str, channel: str) -> Way:
    """The way a mode and a channel (of a total or of an entry) belong to."""
    if mode == HELPED:
        return Way.HELPED
    return Way.PLATFORM if channel == PLATFORM else Way.ELSEWHERE


@dataclass(frozen=True, slots=True)
class Facts:
    """What a posting is attributed to: primary keys, statistical codes and the buyer's kind."""

    buyer_county: str
    buyer: int
    buyer_kind: str
    campaign: int | None
    vendor: int | None  # none where the seller elsewhere is no vendor here
    vendor_county: str
    origin_code: str
    category: int
    counted_for: int | None = None  # the organisation an individual's purchase counts for besides
    mode: str = DIRECT
    channel: str = PLATFORM


@dataclass(frozen=True, slots=True)
class Movement:
    """One amount (minor units) and quantity under one measure on one day."""

    facts: Facts
    measure: str
    amount: int
    quantity: int
    posted_on: date


def keys(facts: Facts) -> dict[str, str]:
    """The key under each dimension; a campaign, vendor or village is left out where there is none."""
    township = facts.origin_code[:9] if len(facts.origin_code) >= 9 else ""
    found = {
        "buyer_county": facts.buyer_county,
        "vendor_county": facts.vendor_county,
        "buyer": str(facts.buyer),
        "buyer_kind": facts.buyer_kind,
        "campaign": str(facts.campaign) if facts.campaign else "",
        "vendor": str(facts.vendor) if facts.vendor else "",
        "township": township,
        "village": facts.origin_code if len(facts.origin_code) == 12 else "",
        "category": str(facts.category),
        "buyer_township": f"{facts.buyer}:{township}" if township else "",
        "campaign_vendor": f"{facts.campaign}:{facts.vendor}" if facts.campaign and facts.vendor else "",
        "counted_for": str(facts.counted_for) if facts.counted_for else "",
    }
    return {dimension: key for dimension, key in found.items() if key}


TotalKey = tuple[str, str, date, str, str, str]


def deltas(movements: Iterable[Movement]) -> list[tuple[TotalKey, int, int]]:
    """What to add to which total: ((dimension, key, month, measure, mode, where), amount, quantity), sorted.

    Sorted, because concurrent writers who take the rows in one order cannot deadlock.
    """
    sums: dict[TotalKey, tuple[int, int]] = {}
    for movement in movements:
        month, facts = movement.posted_on.replace(day=1), movement.facts
        where = PLATFORM if facts.channel == PLATFORM else ELSEWHERE
        for dimension, key in keys(facts).items():
            place = (dimension, key, month, movement.measure, facts.mode, where)
            amount, quantity = sums.get(place, (0, 0))
            sums[place] = (amount + movement.amount, quantity + movement.quantity)
    return [(place, *sums[place]) for place in sorted(sums)]


def month_span(months: Sequence[date]) -> list[date]:
    """Every month from the first to the last, gaps filled; empty for none."""
    if not months:
        return []
    month, last, span = min(months), max(months), []
    while month <= last:
        span.append(month)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return span

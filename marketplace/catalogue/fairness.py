"""What a price is compared with: its own past, and the middle of like goods. Pure; whole minor units in and out.

Prices are compared by weight where there is a net weight, else as the price of the cheapest pack.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

JIN, KILOGRAM = 500, 1000  # grams; people compare by the 斤
FEWEST = 3  # fewer like goods make no middle
A_YEAR = 365  # days looked back


@dataclass(frozen=True, slots=True)
class Priced:
    """A pack as it was offered from a day on: its key, price, and net weight in grams (0 for none)."""

    since: date
    pack: int
    price: int
    grams: int
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """The price from a day on, until the next one."""

    since: date
    price: int


@dataclass(frozen=True, slots=True)
class Past:
    """The present price among those of the last year: ``since`` when it holds, and the one before, if there was any."""

    now: int
    since: date
    lowest: int
    highest: int
    previous: int | None


@dataclass(frozen=True, slots=True)
class Market:
    """The present price beside the middle of ``count`` like goods; ``percent`` above it, below zero under it."""

    count: int
    median: int
    percent: int


def per_weight(price: int, grams: int, *, of: int = JIN) -> int | None:
    """What ``of`` grams cost in a pack of ``grams``, rounded half up; ``None`` without a weight."""
    return (2 * price * of + grams) // (2 * grams) if grams > 0 else None


def lowest_of(packs: Iterable[Priced], *, by_weight: bool) -> int | None:
    """The price to compare of packs offered together: of 500 g, or of the cheapest pack."""
    offered = [pack for pack in packs if pack.is_offered]
    prices = [per_weight(pack.price, pack.grams) if by_weight else pack.price for pack in offered]
    return min((price for price in prices if price is not None), default=None)


def levels(changes: Sequence[Priced], *, by_weight: bool) -> list[Level]:
    """The price over time, one level for each day on which it became another; ``changes`` in their order."""
    standing: dict[int, Priced] = {}
    found: list[Level] = []
    for day, rows in groupby(changes, key=lambda row: row.since):
        standing |= {row.pack: row for row in rows}
        price = lowest_of(standing.values(), by_weight=by_weight)
        if price is not None and (not found or found[-1].price != price):
            found.append(Level(day, price))
    return found


def past(levels: Sequence[Level], *, on: date) -> Past | None:
    """The last level beside those that held within a year before ``on``; ``None`` without any."""
    known = [level for level in levels if level.since <= on]
    if not known:
        return None
    begin = on - timedelta(days=A_YEAR)
    ended = [following.since for following in known[1:]]
    held = [level for level, until in zip(known, [*ended, date.max], strict=True) if until > begin]
    prices = [level.price for level in held]
    previous = prices[-2] if len(prices) > 1 else None
    return Past(prices[-1], held[-1].since, min(prices), max(prices), previous)


def middle(prices: Sequence[int]) -> int:
    """The median; of two in the middle the mean, rounded half up."""
    ordered, half = sorted(prices), len(prices) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half] + 1) // 2


def market(price: int, others: Sequence[int]) -> Market | None:
    """The price beside the middle of others; ``None`` where fewer than ``FEWEST`` are known."""
    if len(others) < FEWEST:
        return None
    median = middle(others)
    return Market(len(others), median, percent_above(price, median))


def percent_above(price: int, median: int) -> int:
    """By how many of a hundred a price lies above another (below: negative), cut towards zero."""
    if not median:
        return 0
    percent = abs(price - median) * 100 // median
    return percent if price >= median else -percent

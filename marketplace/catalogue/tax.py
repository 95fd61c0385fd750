"""The value-added tax in prices, which are all with tax. Pure.

Rates are the words of ``Listing.tax_rate``: ``exempt``, or whole percents. Freight a vendor charges with its goods is
taxed as they are, so it is spread over their rates by value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..money import Money

EXEMPT = "exempt"
RATES = (EXEMPT, "1", "3", "6", "9", "13")  # Interim Regulations and the relief for small taxpayers: an operator's data


@dataclass(frozen=True, slots=True)
class RateSum:
    """Of everything at one rate: the goods, the freight that goes with them, and the tax in both."""

    rate: str
    goods: Money
    freight: Money

    @property
    def amount(self) -> Money:
        """With tax, with freight."""
        return self.goods + self.freight

    @property
    def tax(self) -> Money:
        return tax_in(self.amount, self.rate)


def percent(rate: str) -> int:
    """The rate as whole percents; exempt is 0."""
    return 0 if rate == EXEMPT else int(rate)


def tax_in(amount: Money, rate: str) -> Money:
    """The tax contained in an amount with tax, rounded half up to the fen."""
    part, whole = percent(rate), 100 + percent(rate)
    return Money((2 * amount.amount * part + whole) // (2 * whole), amount.currency)


def breakdown(goods: Iterable[tuple[str, Money]], freight: Money) -> list[RateSum]:
    """Goods (rate, amount) and one vendor's freight as one row per rate, the lowest rate first."""
    sums: dict[str, Money] = {}
    for rate, amount in goods:
        sums[rate] = sums.get(rate, amount - amount) + amount
    rates = sorted(sums, key=RATES.index) or [EXEMPT]
    amounts = [sums.get(rate, freight - freight) for rate in rates]
    weights = [amount.amount for amount in amounts]
    if not any(weights):  # only freight is left: it keeps the rate of the goods it was for
        weights = [1] + [0] * (len(rates) - 1)
    shares = freight.split(weights)
    rows = [RateSum(rate, amount, share) for rate, amount, share in zip(rates, amounts, shares, strict=True)]
    return [row for row in rows if row.amount]


def merged(parts: Iterable[Sequence[RateSum]]) -> list[RateSum]:
    """The rows of several vendors, added up by rate."""
    sums: dict[str, RateSum] = {}
    for row in (row for rows in parts for row in rows):
        before = sums.get(row.rate)
        sums[row.rate] = (
            row if before is None else RateSum(row.rate, before.goods + row.goods, before.freight + row.freight)
        )
    return sorted(sums.values(), key=lambda row: RATES.index(row.rate))


def tolerance(lines: int, freight: Money) -> Money:
    """How far a fapiao's tax may lie from ours: each of its lines is rounded by itself, by up to one fen."""
    return Money(lines + (1 if freight else 0), freight.currency)

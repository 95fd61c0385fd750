"""Money as whole minor units (fen for yuan); no floats, no Django.

Carries no exchange rates and no formatting beyond a plain decimal: an
installation trades in one currency, see ``docs/adr``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import total_ordering

MINOR_UNITS = {"CNY": 100, "USD": 100, "EUR": 100, "HKD": 100, "JPY": 1}
LONGEST = 18  # characters of an amount; more is no amount of this trade, and overflows a bigint
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$", "JPY": "JP¥"}


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: ``amount`` in minor units (12345 fen is ¥123.45) of ``currency``."""

    amount: int
    currency: str = "CNY"

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"Money counts whole minor units, not {self.amount!r}")

    def _same(self, other: object) -> Money:
        if not isinstance(other, Money):
            raise TypeError(f"expected Money, not {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other).amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other).amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise TypeError("money is multiplied by whole counts only; use split() for shares")
        return Money(self.amount * count, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __bool__(self) -> bool:
        return self.amount != 0

    def __str__(self) -> str:
        return f"{SYMBOLS.get(self.currency, self.currency)}{self.decimal:,}"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with the currency's decimals (¥ gives two)."""
        units = MINOR_UNITS[self.currency]
        value = Decimal(self.amount) / units
        return value.quantize(Decimal(1)) if units == 1 else value.quantize(Decimal("0.01"))

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Money:
        """Read "1,234.50", "¥38" or full-width digits; ``ValueError`` when not exact minor units."""
        plain = str(text).translate(_FULL_WIDTH).strip().lstrip("¥").replace(",", "").strip()
        if len(plain) > LONGEST or "e" in plain.lower():  # no exponents: nobody writes an amount as 1e9
            raise ValueError(f"not an amount: {text!r}")
        try:
            minor = Decimal(plain) * MINOR_UNITS[currency]
        except InvalidOperation as problem:
            raise ValueError(f"not an amount: {text!r}") from problem
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise ValueError(f"not an exact amount: {text!r}")
        return cls(int(minor), currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Shares in proportion to ``weights`` that add up exactly (largest remainder, earlier first)."""
        total = sum(weights)
        if total <= 0 or any(weight < 0 for weight in weights):
            raise ValueError("weights must be non-negative and not all zero")
        floors = [self.amount * weight // total for weight in weights]
        remainders = [self.amount * weight % total for weight in weights]
        order = sorted(range(len(weights)), key=lambda i: (-remainders[i], i))
        for i in order[: self.amount - sum(floors)]:
            floors[i] += 1
        return [Money(floor, self.currency) for floor in floors]


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，￥", "0123456789.,¥")


def yuan(value: int | str) -> Money:
    """``yuan(38)`` and ``yuan("38.50")``: an amount in CNY from its usual writing."""
    return Money.parse(str(value))


def total(amounts: Iterable[Money], currency: str = "CNY") -> Money:
    """The sum; of nothing it is zero in ``currency``."""
    result: Money | None = None
    for amount in amounts:
        result = amount if result is None else result + amount
    return Money(0, currency) if result is None else result

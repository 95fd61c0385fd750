"""Splitting a requisition into one order per vendor. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..money import Money, total


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One wanted line: which pack of which vendor, how many, at what unit price."""

    vendor_pk: int
    pack_pk: int
    quantity: int
    unit_price: Money

    @property
    def amount(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class DraftOrder:
    """What one vendor will be asked for."""

    vendor_pk: int
    lines: tuple[DraftLine, ...]

    @property
    def amount(self) -> Money:
        return total((line.amount for line in self.lines), self.lines[0].unit_price.currency)


def split_by_vendor(lines: Sequence[DraftLine]) -> list[DraftOrder]:
    """One draft order per vendor in the vendors' key order; every line goes to exactly one of them."""
    vendors = sorted({line.vendor_pk for line in lines})
    return [DraftOrder(pk, tuple(line for line in lines if line.vendor_pk == pk)) for pk in vendors]

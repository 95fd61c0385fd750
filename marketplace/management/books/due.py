"""What became of every order line: ordered, declined, cancelled, accepted, returned, and what is payable for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ...fulfilment.models import AcceptanceLine, GoodsReturnLine
from ...orders.models import OrderLine
from .reading import fen, tally


@dataclass(slots=True)
class DueLine:
    """An order line: its price in fen, its weight in grams, and quantities of its pack."""

    order: int
    requisition: int
    vendor: int
    price: int
    grams: int
    ordered: int
    declined: int
    cancelled: int
    accepted: int | None = None
    returned: int = 0

    @property
    def answered(self) -> int:
        """What the vendor did not decline."""
        return self.ordered - self.declined

    @property
    def confirmed(self) -> int:
        """What of it was not cancelled either."""
        return self.answered - self.cancelled

    @property
    def payable(self) -> int:
        """What was confirmed, from acceptance on what was accepted, without what went back."""
        return (self.confirmed if self.accepted is None else self.accepted) - self.returned


def due_by_line() -> dict[int, DueLine]:
    """Order line → what became of it."""
    lines = {
        pk: DueLine(order, requisition, vendor, fen(price), *numbers)
        for pk, order, requisition, vendor, price, *numbers in OrderLine.objects.values_list(
            "pk", "order_id", "order__requisition_id", "order__vendor_id", "unit_price", "weight_grams",
            "quantity_ordered", "quantity_declined", "quantity_cancelled",
        )
    }  # fmt: skip
    for pk, quantity in AcceptanceLine.objects.values_list("line_id", "quantity"):
        lines[pk].accepted = quantity
    for pk, quantity in returned().items():
        lines[pk].returned = quantity
    return lines


def returned() -> Counter[int]:
    """Order line → the quantity of every return that took effect."""
    rows = GoodsReturnLine.objects.filter(goods_return__returned_at__isnull=False)
    return tally(rows.values_list("line_id", "quantity"))

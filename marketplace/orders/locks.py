"""Locks on requisitions and orders, and the conditional update of reservations."""

from __future__ import annotations

from collections.abc import Mapping

from ..rows import add_to_rows
from .models import PurchaseOrder, Requisition, StockReservation


def lock_requisition(pk: int) -> Requisition:
    """The requisition's row, held until commit: approved once, placed once."""
    return (
        Requisition.objects.select_for_update(of=("self",))
        .select_related("organisation__region", "group_order", "campaign", "delivery_point")
        .get(pk=pk)
    )


def lock_order(pk: int) -> PurchaseOrder:
    """The order's row, held until commit: answered once, accepted once."""
    return (
        PurchaseOrder.objects.select_for_update(of=("self",))
        .select_related("organisation__region", "vendor__home", "requisition__group_order", "campaign")
        .get(pk=pk)
    )


def shift_reservations(changes: Mapping[int, tuple[int, int]]) -> None:
    """Add (released, consumed) to reservations by order line pk, in one statement."""
    add_to_rows(StockReservation, key="line_id", columns=["quantity_released", "quantity_consumed"], changes=changes)

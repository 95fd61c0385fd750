"""Locks on requisitions and orders, and the conditional update of reservations."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import BigIntegerField, Case, F, Value, When

from .models import PurchaseOrder, Requisition, StockReservation


def lock_requisition(pk: int) -> Requisition:
    """The requisition's row, held until commit: approved once, placed once."""
    return (
        Requisition.objects.select_for_update(of=("self",))
        .select_related("organisation__region", "group_order", "campaign__pairing", "delivery_point")
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
    field = BigIntegerField()
    released = [When(line_id=pk, then=Value(change[0])) for pk, change in changes.items()]
    consumed = [When(line_id=pk, then=Value(change[1])) for pk, change in changes.items()]
    StockReservation.objects.filter(line_id__in=changes).update(
        quantity_released=F("quantity_released") + Case(*released, default=Value(0), output_field=field),
        quantity_consumed=F("quantity_consumed") + Case(*consumed, default=Value(0), output_field=field),
    )

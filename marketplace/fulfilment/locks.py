"""Locks on what moves: a consignment is received once, a hand-out row ticked by one hand at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import BigIntegerField, Case, F, Value, When

from .models import AcceptanceLine, Consignment, HandoutRow


def lock_consignment(pk: int) -> Consignment:
    """The consignment's row, held until commit."""
    return (
        Consignment.objects.select_for_update(of=("self",))
        .select_related("order__organisation__region", "order__requisition")
        .get(pk=pk)
    )


def lock_handout_rows(pks: Sequence[int]) -> list[HandoutRow]:
    """The rows in primary-key order, held until commit."""
    return list(HandoutRow.objects.select_for_update().filter(pk__in=pks).order_by("pk"))


def shift_returned(changes: Mapping[int, int]) -> None:
    """Add to the returned quantities (order line pk → change) in one statement."""
    steps = [When(line_id=pk, then=Value(change)) for pk, change in changes.items()]
    AcceptanceLine.objects.filter(line_id__in=changes).update(
        quantity_returned=F("quantity_returned") + Case(*steps, default=Value(0), output_field=BigIntegerField())
    )

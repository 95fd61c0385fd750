"""Locks on what moves: a consignment is received once, a hand-out row ticked by one hand at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from ..rows import add_to_rows
from .models import AcceptanceLine, Consignment, HandoutRow
from .vouchers import Voucher


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


def lock_voucher(pk: int) -> Voucher:
    """The voucher's row, held until commit: used once."""
    rows = Voucher.objects.select_for_update(of=("self",)).select_related("line__session", "line__order__vendor")
    return rows.get(pk=pk)


def lock_vouchers(vouchers: QuerySet[Voucher]) -> list[Voucher]:
    """These vouchers in primary-key order, held until commit."""
    rows = vouchers.select_for_update(of=("self",)).select_related("line__session", "participant__member")
    return list(rows.order_by("pk"))


def shift_returned(changes: Mapping[int, int]) -> None:
    """Add to the returned quantities (order line pk → change) in one statement."""
    add_to_rows(
        AcceptanceLine, key="line_id", columns=["quantity_returned"], changes={pk: (n,) for pk, n in changes.items()}
    )

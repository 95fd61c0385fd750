"""Goods that will not come or will not stay: what every way of giving them up sets off in the later stages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from ..fulfilment.matching import PlaceCount, spread
from ..fulfilment.selectors import place_counts
from ..fulfilment.vouchering import settle_vouchers, used_by_member
from ..grouporders.going_short import release_shares
from ..impact import actions as impact
from ..impact.actions import Effect
from ..impact.models import Measure
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import Money, total
from ..orders.delivering import release_deliveries
from ..orders.models import OrderLine, PurchaseOrder
from ..payments.actions import FreightRelief, Relief, adjust_invoice
from ..payments.locks import lock_invoice
from .freight import lower_freight
from .postings import given_back, post_measures


def give_up(
    order: PurchaseOrder,
    given_up: Sequence[tuple[OrderLine, int]],
    reason: str,
    *,
    freight: Money,
    source: str,
    by: Any,
    at: datetime,
) -> None:
    """What is declined or cancelled of these lines is no longer promised, owed or counted; ``freight`` is what is left."""
    release_members(order, given_up, by=by, at=at)
    relieve(
        order,
        [*(Relief(line, quantity, reason) for line, quantity in given_up), *lower_freight(order, freight)],
        source=source,
        from_account=accounts.committed(order.vendor_id),
        by=by,
        at=at,
    )
    effects = [Effect(order, line, Measure.ORDERED, -quantity) for line, quantity in given_up]
    impact.record(effects=effects, reason=reason, at=at)


def release_members(
    order: PurchaseOrder,
    given_up: Sequence[tuple[OrderLine, int]],
    *,
    room: Callable[[PlaceCount], int] = attrgetter("unsent"),
    by: Any,
    at: datetime,
) -> None:
    """Members who go short get their allowance back, and the places of those who go short get less.

    ``room`` says how many of a line can be missing at a place: what was sent or has arrived there stays there.
    """
    counts, is_redeemed = place_counts(order), any(line.is_redeemed for line, _quantity in given_up)
    group_order = order.requisition.group_order
    if group_order is None:
        changes: dict[int, int] = {}
        for line, quantity in given_up:
            changes |= spread(quantity, {c.row_pk: room(c) for c in counts if c.line_pk == line.pk})
    else:
        released = release_shares(
            group_order=group_order,
            missing={line.asked_pack_id: quantity for line, quantity in given_up},
            room={(count.pack_pk, count.point_pk): room(count) for count in counts},
            had=used_by_member(order) if is_redeemed else {},
            by=by,
            at=at,
        )
        rows = {(count.pack_pk, count.point_pk): count.row_pk for count in counts}
        changes = {rows[key]: quantity for key, quantity in released.items()}
    release_deliveries(changes)
    if is_redeemed:
        settle_vouchers(order=order, at=at)


def relieve(
    order: PurchaseOrder,
    reliefs: Sequence[Relief | FreightRelief],
    *,
    source: str,
    from_account: str,
    by: Any,
    at: datetime,
) -> None:
    """Lower the invoice and the vendor's side of the book by these, and what counts as paid and completed.

    The goods come first: what is taken back of the totals carries their reason.
    """
    invoice = lock_invoice(order.requisition_id)
    was_settled = invoice.is_settled
    held = adjust_invoice(invoice=invoice, reliefs=reliefs, by=by, at=at)
    amount = total(relief.amount for relief in reliefs)
    lines = given_back(order, from_account=from_account, amount=amount, held=held)
    post([EntryDraft(source=source, memo=order.vendor_name, lines=lines)], by=by, at=at)
    touched = [order] if was_settled else list(PurchaseOrder.objects.filter(requisition_id=order.requisition_id))
    if invoice.is_settled:
        reason = next(relief.reason for relief in reliefs if isinstance(relief, Relief))
        post_measures(invoice, touched, reason=reason, at=at)

"""Asking to move a booking to another session: what can be moved, and the question; what it sets off is the road's.

All inside the caller's transaction, with the order locked: it also guards its questions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet

from .. import audit
from ..catalogue.actions import shortfall_text
from ..catalogue.errors import InsufficientStock, ReasonMissing
from ..catalogue.models import Pack
from ..catalogue.moving import Way, require_alike, require_open, ways_out_of
from ..catalogue.opening import require_standing
from ..catalogue.session_views import left_in_session
from ..catalogue.sessions import ServiceSession
from ..grouporders.models import GroupOrder
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.actions import office_day
from ..references import unique_references
from .errors import BookedThereAlready, NothingToMove, PartlyCarriedOut, ProposalOpen
from .models import OPEN, Acceptance
from .moves import SessionMove
from .selectors import line_counts
from .vouchers import Voucher


def bookings_to_move(order: PurchaseOrder, on: date) -> list[tuple[OrderLine, int, list[Way]]]:
    """What of a confirmed order can go over to another session: the line, how many, and where there is room for all."""
    if order.answered_at is None or order.cancelled_at is not None or Acceptance.objects.filter(order=order).exists():
        return []
    counts, every = line_counts(order), list(order.lines.select_related("session", "pack__stock"))
    used = set(Voucher.objects.filter(line__order=order, redeemed_at__isnull=False).values_list("line_id", flat=True))
    rows = [
        line
        for line in every
        if line.session
        and line.session.called_off_at is None
        and on <= line.session.last_day
        and counts[line.pk].unsent == line.quantity_confirmed > 0
        and line.pk not in used
    ]
    if not rows:
        return []
    quantities = [line.quantity_confirmed for line in rows]
    ways = ways_out_of([line.pack for line in rows], quantities, on, [line.pack_id for line in every])
    return [(line, quantity, found) for line, quantity, found in zip(rows, quantities, ways, strict=True)]


def propose_move(
    *, order: PurchaseOrder, line: OrderLine, into: Pack, side: str, reason: str, by: Any, at: datetime
) -> SessionMove:
    """Ask that a line of a locked order goes over to this pack of another session."""
    if not reason.strip():
        raise ReasonMissing()
    stale = SessionMove.objects.filter(OPEN, line=line, to_pack__session__called_off_at__isnull=False)
    stale.update(withdrawn_at=at, withdrawn_by=by)
    if standing := SessionMove.objects.filter(OPEN, line=line).first():
        raise ProposalOpen(proposal=standing.reference)
    line, quantity = require_movable(order, line.pk, into, office_day(at))
    if quantity > (left := left_in_session(into)):
        shortfalls = [(str(into), quantity, left)]
        raise InsufficientStock(shortfalls=shortfalls, lines=shortfall_text(shortfalls))
    move = SessionMove.objects.create(
        reference=unique_references("MV", 1, at=at)[0],
        order=order,
        line=line,
        from_pack=line.pack,
        to_pack=into,
        quantity=quantity,
        side=side,
        reason=reason.strip()[:300],
        proposed_at=at,
        proposed_by=by,
    )
    audit.record("marketplace.propose_move", [order], by=by, at=at, reason=move.reason)
    return move


def require_movable(order: PurchaseOrder, line_pk: int, into: Pack, on: date) -> tuple[OrderLine, int]:
    """The line of a locked order, and how many go over: all that is left of it, of which nothing was carried out yet."""
    line = order.lines.select_related("session", "pack__stock", "pack__session").get(pk=line_pk)
    if line.session is None or not line.quantity_confirmed:
        raise NothingToMove(line=str(line))
    require_standing(line.session, on)
    is_used = Voucher.objects.filter(line=line, redeemed_at__isnull=False).exists()
    if is_used or line_counts(order)[line.pk].unsent != line.quantity_confirmed:
        raise PartlyCarriedOut(line=str(line))
    require_open(into, on)
    require_alike(line.pack, into)
    if order.lines.filter(pack=into).exists():
        raise BookedThereAlready(order=order.reference, pack=str(into))
    return line, line.quantity_confirmed


def withdraw_moves(*, session: ServiceSession, orders: Collection[PurchaseOrder], by: Any, at: datetime) -> int:
    """What was asked about bookings of a session that is called off is asked no more; their orders are locked.

    A move into it is left to its own order's lock: agreeing to it is refused, and nobody is asked any more.
    """
    rows = SessionMove.objects.filter(OPEN, from_pack__session=session, order__in=orders)
    return rows.update(withdrawn_at=at, withdrawn_by=by)


def moves_to_answer(side: str) -> QuerySet[SessionMove]:
    """What the other side asked and ``side`` has not answered, the oldest first."""
    rows = SessionMove.objects.filter(OPEN, to_pack__session__called_off_at=None, order__cancelled_at=None)
    return shown(rows.exclude(side=side)).select_related("order__organisation")


def shown(moves: QuerySet[SessionMove]) -> QuerySet[SessionMove]:
    """With what a page says of them."""
    return moves.select_related("order", "line", "proposed_by", "from_pack__session", "to_pack__session").order_by("pk")


def names_now(group_order: GroupOrder) -> dict[int, tuple[str, str]]:
    """Of what members chose and was moved since: pack chosen (pk) → its name then and now; one statement."""
    rows = OrderLine.objects.filter(order__requisition__group_order=group_order, chosen_pack__isnull=False)
    moved = rows.exclude(chosen_pack=F("pack")).values_list("chosen_pack_id", "chosen_pack__name", "pack_name")
    return {pk: (before, now) for pk, before, now in moved}


def lines_of_session(session: ServiceSession) -> Iterable[OrderLine]:
    """What is booked of a session in confirmed orders that stand, by order and line."""
    rows = OrderLine.objects.filter(session=session, order__answered_at__isnull=False, order__cancelled_at=None)
    return rows.filter(order__acceptance=None).select_related("order", "pack").order_by("order_id", "pk")

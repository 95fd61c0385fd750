"""A placed booking goes over to another session of the same service: one side asks with a reason, the other agrees.

Places go from one session to the other in one transaction, vouchers keep their codes and hold for the new day; price,
quantity, invoice, book and totals stay as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..catalogue.actions import shortfall_text
from ..catalogue.errors import InsufficientStock, SessionUnlike
from ..catalogue.models import Pack
from ..catalogue.moving import shift_places
from ..catalogue.sessions import ServiceSession
from ..errands.actions import tell
from ..fulfilment import moving, proposals
from ..fulfilment.errors import NothingToMove, NotYetAnswered
from ..fulfilment.models import OPEN, Side
from ..fulfilment.moves import SessionMove
from ..fulfilment.vouchering import carry_vouchers_over
from ..orders.errors import OrderCancelled
from ..orders.locks import lock_order
from ..orders.models import OrderLine, PurchaseOrder
from ..orders.moving import move_line
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import require_role

MAY_MOVE = (Role.REQUESTER, Role.APPROVER)


@transaction.atomic
def propose_move(
    *, order: PurchaseOrder, line: OrderLine, session: ServiceSession, side: str, reason: str, by: Any, at: datetime
) -> SessionMove:
    """One side asks that a booked line goes over to this session. The buyer's side by a requester or approver.

    Who may speak for the vendor is asked by the vendors' side. ``SessionUnlike``, ``SessionPriceDiffers``,
    ``InsufficientStock``, ``PartlyCarriedOut``.
    """
    order = _lock_for(order, side, by)
    if order.answered_at is None:
        raise NotYetAnswered(order=order.reference)
    move = moving.propose_move(
        order=order, line=line, into=_counterpart(line, session), side=side, reason=reason, by=by, at=at
    )
    if side == Side.VENDOR:
        tell(("session_move_offered", order.reference), at=at)
    return move


def _counterpart(line: OrderLine, session: ServiceSession) -> Pack:
    """The same written pack in that session."""
    packs = Pack.objects.filter(session=session, written_id=line.pack.written_id, written__isnull=False)
    found = packs.select_related("session__capacity", "stock", "listing").first()
    if found is None:
        raise SessionUnlike(pack=str(line.pack))
    return found


@transaction.atomic
def offer_session(
    *, session: ServiceSession, into: ServiceSession, reason: str, by: Any, at: datetime
) -> list[SessionMove]:
    """The vendor offers another session to all who have booked this one, in place of calling it off at once.

    Each buyer answers for themselves; whoever was asked already is left alone. ``InsufficientStock`` unless there is
    room for all of them together.
    """
    asked = set(SessionMove.objects.filter(OPEN, from_pack__session=session).values_list("line_id", flat=True))
    lines = [row for row in moving.lines_of_session(session) if row.quantity_confirmed and row.pk not in asked]
    if not lines:
        raise NothingToMove(line=str(session))
    wanted = sum(line.quantity_confirmed * line.pack.persons for line in lines)
    into = ServiceSession.objects.select_related("capacity", "listing").get(pk=into.pk)
    if wanted > into.places_left:
        shortfalls = [(into.label, wanted, into.places_left)]
        raise InsufficientStock(shortfalls=shortfalls, lines=shortfall_text(shortfalls))
    return [
        propose_move(order=line.order, line=line, session=into, side=Side.VENDOR, reason=reason, by=by, at=at)
        for line in lines
    ]


@transaction.atomic
def agree_to_move(*, move: SessionMove, side: str, by: Any, at: datetime) -> SessionMove:
    """The other side agrees: the places are changed at once, or it is refused and everything stays.

    ``InsufficientStock`` when somebody else has booked in the meantime; ``PartlyCarriedOut`` when somebody came.
    """
    order = _lock_for(move.order, side, by)
    move = proposals.agree(proposal=move, side=side, by=by, at=at)
    into = Pack.objects.select_related("session__capacity", "stock", "listing").get(pk=move.to_pack_id)
    line, quantity = moving.require_movable(order, move.line_id, into, office_day(at))
    shift_places(out_of=line.pack, into=into, quantity=quantity, on=office_day(at))
    before = line.pack_name
    line = move_line(line, into)
    vouchers = carry_vouchers_over(line)
    move.quantity = quantity
    move.save(update_fields=["quantity"])
    audit.record(
        "marketplace.move_booking", [order], by=by, at=at, before=before, after=line.pack_name, quantity=quantity,
        vouchers=vouchers, reason=move.reason,
    )  # fmt: skip
    tell(("session_moved", order.reference), at=at)
    return move


@transaction.atomic
def refuse_to_move(*, move: SessionMove, side: str, reason: str, by: Any, at: datetime) -> SessionMove:
    """The other side does not agree, with a reason; the booking stays where it is."""
    _lock_for(move.order, side, by)
    return proposals.refuse(proposal=move, side=side, reason=reason, by=by, at=at)


@transaction.atomic
def withdraw_move(*, move: SessionMove, side: str, by: Any, at: datetime) -> SessionMove:
    """The side that asked thinks better of it."""
    _lock_for(move.order, side, by)
    return proposals.withdraw(proposal=move, side=side, by=by, at=at)


def _lock_for(order: PurchaseOrder, side: str, by: Any) -> PurchaseOrder:
    order = lock_order(order.pk)
    if side == Side.BUYER:
        require_role(by, order.organisation, *MAY_MOVE)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    return order

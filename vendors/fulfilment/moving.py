"""A vendor's side of moving bookings: who may speak for the vendor is asked here, the road does the rest."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.catalogue.sessions import ServiceSession
from marketplace.fulfilment.models import Side
from marketplace.fulfilment.moves import SessionMove
from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.purchase import move as road

from ..people.selectors import require_seat


def propose_move(
    *, order: PurchaseOrder, line: OrderLine, session: ServiceSession, reason: str, by: Any, at: datetime
) -> SessionMove:
    """Ask the buyer to take another session. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return road.propose_move(order=order, line=line, session=session, side=Side.VENDOR, reason=reason, by=by, at=at)


def offer_session(
    *, session: ServiceSession, into: ServiceSession, reason: str, by: Any, at: datetime
) -> list[SessionMove]:
    """Offer another session to all who have booked this one. By somebody seated at the session's vendor."""
    require_seat(by, session.listing.vendor_id)
    return road.offer_session(session=session, into=into, reason=reason, by=by, at=at)


def agree_to_move(*, move: SessionMove, by: Any, at: datetime) -> SessionMove:
    """Consent to what the buyer asks. By somebody seated at the order's vendor."""
    require_seat(by, move.order.vendor_id)
    return road.agree_to_move(move=move, side=Side.VENDOR, by=by, at=at)


def refuse_to_move(*, move: SessionMove, reason: str, by: Any, at: datetime) -> SessionMove:
    """Do not consent, with a reason. By somebody seated at the order's vendor."""
    require_seat(by, move.order.vendor_id)
    return road.refuse_to_move(move=move, side=Side.VENDOR, reason=reason, by=by, at=at)


def withdraw_move(*, move: SessionMove, by: Any, at: datetime) -> SessionMove:
    """Take back what the vendor asked. By somebody seated at the order's vendor."""
    require_seat(by, move.order.vendor_id)
    return road.withdraw_move(move=move, side=Side.VENDOR, by=by, at=at)

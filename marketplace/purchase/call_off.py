"""A session of a service is called off by its vendor: every booking of it goes back by the road of cancellations.

The vendor is at fault, so nobody is asked for consent; places, allowances and the debt are freed exactly once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from .. import audit
from ..catalogue.errors import BookedMeanwhile, ReasonMissing
from ..catalogue.locks import lock_session
from ..catalogue.models import Pack
from ..catalogue.opening import close_booking, require_standing
from ..catalogue.sessions import ServiceSession
from ..errands.actions import tell
from ..fulfilment.moving import withdraw_moves
from ..fulfilment.selectors import line_counts
from ..orders.locks import lock_order
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.actions import office_day
from .cancel import cancel_by_vendor


@transaction.atomic
def call_off_session(*, session: ServiceSession, reason: str, by: Any, at: datetime) -> ServiceSession:
    """No session, no debt: what was carried out already stays. Who may speak for the vendor is asked by the vendors' side.

    ``BookedMeanwhile`` when somebody booked between the look and the lock: the vendor looks again.
    """
    session = lock_session(session.pk)
    require_standing(session, office_day(at))
    if not reason.strip():
        raise ReasonMissing()
    booked = _orders_with(session)
    orders = [lock_order(pk) for pk in booked]
    close_booking(session)  # whoever is placing has the places' lock, and is done when we have it
    if _orders_with(session) != booked:
        raise BookedMeanwhile(session=session.label)
    session.called_off_at, session.called_off_by, session.call_off_reason = at, by, reason.strip()[:300]
    session.save(update_fields=["called_off_at", "called_off_by", "call_off_reason"])
    Pack.objects.filter(session=session).update(is_offered=False)
    withdraw_moves(session=session, orders=orders, by=by, at=at)
    undone = [order for order in orders if _undo(order, session, by, at)]
    audit.record("marketplace.call_off_session", [session], by=by, at=at, orders=len(undone), reason=reason.strip())
    tell(*(("session_called_off", order.reference) for order in undone), at=at)
    return session


def _orders_with(session: ServiceSession) -> list[int]:
    """The standing orders (pk) with places of the session, in the order in which they are locked."""
    gone = F("quantity_declined") + F("quantity_cancelled")
    lines = OrderLine.objects.filter(Q(quantity_ordered__gt=gone), session=session, order__acceptance=None)
    return sorted(set(lines.values_list("order_id", flat=True)))


def _undo(order: PurchaseOrder, session: ServiceSession, by: Any, at: datetime) -> bool:
    counts = line_counts(order)
    lines = order.lines.filter(session=session).values_list("pk", flat=True)
    quantities = {pk: counts[pk].unsent for pk in lines if counts[pk].unsent > 0}
    if quantities:
        cancel_by_vendor(order=order, quantities=quantities, reason=session.call_off_reason, by=by, at=at)
    return bool(quantities)

"""A session with too few persons is held all the same: those who booked are told that it is certain now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ..catalogue.opening import hold_anyway
from ..catalogue.sessions import ServiceSession
from ..errands.actions import tell
from ..orders.models import OrderLine


@transaction.atomic
def hold_session_anyway(*, session: ServiceSession, by: Any, at: datetime) -> ServiceSession:
    """The vendor's decision, and the news of it. Who may speak for the vendor is asked by the vendors' side."""
    session = hold_anyway(session=session, by=by, at=at)
    gone = F("quantity_declined") + F("quantity_cancelled")
    lines = OrderLine.objects.filter(session=session, quantity_ordered__gt=gone, order__cancelled_at=None)
    references = lines.order_by("order__reference").values_list("order__reference", flat=True).distinct()
    tell(*(("session_held", reference) for reference in references), at=at)
    return session

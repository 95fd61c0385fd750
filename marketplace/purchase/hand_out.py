"""Step 11: one hand-out list by department, printed and ticked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ..fulfilment import actions as fulfilment
from ..fulfilment.errors import NotEverythingAccepted, NothingToHandOut
from ..fulfilment.models import HandoutList
from ..orders.locks import lock_requisition
from ..orders.models import Requisition
from ..parties.models import Role
from ..parties.selectors import require_role


@transaction.atomic
def make_handout_list(*, requisition: Requisition, by: Any, at: datetime) -> HandoutList:
    """The list of who gets what, once every order is accepted, cancelled or declined whole, so that shares are final."""
    requisition = lock_requisition(requisition.pk)
    require_role(by, requisition.organisation, Role.ORGANISER, Role.RECEIVER)
    if requisition.group_order is None:
        raise NothingToHandOut()
    waiting = [
        order
        for order in requisition.orders.filter(acceptance=None).prefetch_related("lines")
        if any(line.quantity_confirmed for line in order.lines.all())
    ]
    if waiting:
        raise NotEverythingAccepted()
    return fulfilment.make_handout_list(group_order=requisition.group_order, by=by, at=at)

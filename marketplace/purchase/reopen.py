"""Between steps 5 and 6: a closed group order goes back to its members."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ..grouporders.closing import reopen_group_order
from ..grouporders.locks import lock_group_order
from ..grouporders.models import GroupOrder
from ..orders.errors import AlreadyRequested
from ..orders.lifecycle import State


@transaction.atomic
def reopen(*, group_order: GroupOrder, closes_at: datetime, by: Any, at: datetime) -> GroupOrder:
    """Let choices be changed again. ``AlreadyRequested`` while a requisition stands on them."""
    group_order = lock_group_order(group_order.pk)
    if standing := group_order.requisitions.exclude(state=State.CANCELLED).first():
        raise AlreadyRequested(title=group_order.title, reference=standing.reference)
    return reopen_group_order(group_order=group_order, closes_at=closes_at, by=by, at=at)

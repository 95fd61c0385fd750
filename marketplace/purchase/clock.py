"""What time does by itself: a group order whose closing time passed is closed, where its choices allow it.

Safe to run at any moment, twice, or by two clocks at once: each step looks at
its document under its lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..conf import setting
from ..errors import Refused
from ..grouporders.actions import close_group_order
from ..grouporders.lifecycle import State
from ..grouporders.models import GroupOrder


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing the clock looked at; ``refusal`` is the sentence why a person has to act, empty when it was done."""

    reference: str
    refusal: str = ""


def tick(*, at: datetime) -> Iterator[Tick]:
    """Close what is due: the hours of ``CLOCK_CLOSES_AFTER_HOURS`` leave the organiser time to choose on behalf."""
    due = at - timedelta(hours=setting("CLOCK_CLOSES_AFTER_HOURS"))
    for group_order in GroupOrder.objects.filter(state=State.OPEN, closes_at__lte=due).order_by("pk"):
        try:
            close_group_order(group_order=group_order, by=None, at=at)
        except Refused as refusal:
            yield Tick(group_order.reference, str(refusal))
        else:
            yield Tick(group_order.reference)

"""What time does by itself, a short table: each step looks at its documents under their locks.

Safe to run at any moment, twice, or by two clocks at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ..conf import setting
from ..errors import Refused
from ..files import sweep
from ..grouporders.actions import close_group_order
from ..grouporders.lifecycle import State
from ..grouporders.models import GroupOrder
from ..orders.models import PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.looks import looks_over_time
from ..parties.models import BuyerOrganisation
from ..payments.gateways.stripe import STRIPE
from .buy import give_back_unpaid
from .cancel import cancel_silent
from .checkout import look_again


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing the clock looked at: what was done, or in ``refusal`` the sentence why a person has to act."""

    reference: str
    refusal: str = ""
    done: str = "closed"


def tick(*, at: datetime) -> Iterator[Tick]:
    """Everything that is due, one document after the other."""
    for step in STEPS:
        yield from step(at)


def _group_orders(at: datetime) -> Iterator[Tick]:
    """Closed after their time; the hours of ``CLOCK_CLOSES_AFTER_HOURS`` leave the organiser time to choose on behalf."""
    due = at - timedelta(hours=setting("CLOCK_CLOSES_AFTER_HOURS"))
    for row in GroupOrder.objects.filter(state=State.OPEN, closes_at__lte=due).order_by("pk"):
        yield _attempt(row.reference, "closed", partial(close_group_order, group_order=row, by=None, at=at))


def _silent_vendors(at: datetime) -> Iterator[Tick]:
    """Orders that their vendor left unanswered for ``DAYS_TO_CANCEL_SILENT`` days are taken back."""
    due = at - timedelta(days=setting("DAYS_TO_CANCEL_SILENT") + 1)
    waiting = PurchaseOrder.objects.filter(answered_at=None, cancelled_at=None, placed_at__lte=due)
    for row in waiting.exclude(buyer_kind=BuyerOrganisation.Kind.INDIVIDUAL).order_by("pk"):
        yield _attempt(row.reference, "cancelled", partial(cancel_silent, order=row, at=at))


def _unpaid_private_purchases(at: datetime) -> Iterator[Tick]:
    """Private purchases nobody paid for are taken back, so that others can have the goods."""
    due = office_day(at) - timedelta(days=1)
    rows = Requisition.objects.filter(
        organisation__kind=BuyerOrganisation.Kind.INDIVIDUAL,
        invoice__settled_at=None,
        invoice__due_on__lt=due,
        orders__cancelled_at=None,
        orders__answered_at=None,
    )
    for row in rows.distinct().order_by("pk"):
        yield _attempt(row.reference, "cancelled", partial(give_back_unpaid, requisition=row, at=at))


def _payment_service(at: datetime) -> Iterator[Tick]:
    """Payment pages and refunds of which no news came are looked up; what only waits is not worth a line."""
    if STRIPE.is_on:
        for reference, outcome in look_again(at=at):
            if outcome != "waiting":
                yield Tick(reference, done=outcome)


def _out_of_time(at: datetime) -> Iterator[Tick]:
    """Private files and looks at lists that were kept as long as they may, and uploads nobody finished."""
    yield from (Tick(name, done="deleted") for name in sweep(at=at))
    if count := looks_over_time(at).delete()[0]:
        yield Tick(f"{count} looks at lists of people", done="deleted")


STEPS: tuple[Callable[[datetime], Iterator[Tick]], ...] = (
    _group_orders,
    _silent_vendors,
    _payment_service,  # what was paid is heard of before what was not is taken back
    _unpaid_private_purchases,
    _out_of_time,
)


def _attempt(reference: str, done: str, step: Callable[[], Any]) -> Tick:
    try:
        step()
    except Refused as refusal:
        return Tick(reference, str(refusal))
    return Tick(reference, done=done)

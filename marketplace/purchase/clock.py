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
from ..grouporders.actions import close_group_order
from ..grouporders.lifecycle import State
from ..grouporders.models import GroupOrder
from ..orders.models import PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..parties.naming import apply_due_name, due_names
from ..payments.gateways.stripe import STRIPE
from .buy import give_back_unpaid
from .cancel import cancel_silent
from .checkout import look_again
from .merge import due_mergers, merge
from .staff import carry_out, due_hand_overs


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


def _names(at: datetime) -> Iterator[Tick]:
    """Organisations are called what was recorded for this day."""
    for row in due_names(office_day(at)):
        yield _attempt(row.name, "renamed", partial(apply_due_name, edition=row))


def _hand_overs(at: datetime) -> Iterator[Tick]:
    """Roles pass to their successors on the day arranged."""
    for row in due_hand_overs(office_day(at)):
        yield _attempt(str(row), "handed over", partial(carry_out, hand_over=row, by=None, at=at))


def _mergers(at: datetime) -> Iterator[Tick]:
    """Confirmed mergers take effect on their day."""
    for row in due_mergers(office_day(at)):
        yield _attempt(str(row), "merged", partial(merge, merger=row, by=None, at=at))


STEPS: tuple[Callable[[datetime], Iterator[Tick]], ...] = (
    _group_orders,
    _silent_vendors,
    _payment_service,  # what was paid is heard of before what was not is taken back
    _unpaid_private_purchases,
    _names,
    _hand_overs,
    _mergers,
)


def _attempt(reference: str, done: str, step: Callable[[], Any]) -> Tick:
    try:
        step()
    except Refused as refusal:
        return Tick(reference, str(refusal))
    return Tick(reference, done=done)

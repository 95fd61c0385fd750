"""What time does by itself, a short table: each step looks at its documents under their locks.

Safe to run at any moment, twice, or by two clocks at once; one document that fails stops no other, one step no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ..catalogue.certificates import ENDED, Certificate, soon
from ..catalogue.certifying import note_expiry, settle_pauses
from ..catalogue.opening import close_due, sessions_to_close
from ..conf import setting
from ..errands import rounds
from ..errands.actions import POST
from ..errands.models import ClockStep, Errand
from ..errands.work import run_due
from ..errors import Failed, Refused
from ..files import sweep
from ..fulfilment.vouchering import note_last_day, vouchers_to_announce
from ..grouporders.closing import close_group_order
from ..grouporders.lifecycle import State
from ..grouporders.models import GroupOrder
from ..orders.models import PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.looks import looks_over_time
from ..parties.models import BuyerOrganisation
from ..parties.naming import apply_due_name, due_names
from .buy import give_back_unpaid
from .cancel import cancel_silent
from .merge import due_mergers, merge
from .staff import carry_out, due_hand_overs

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """One thing the clock looked at: what was done, or in ``refusal`` the sentence why a person has to act."""

    reference: str
    refusal: str = ""
    done: str = "closed"
    is_failure: bool = False  # nobody expected it


def tick(*, at: datetime) -> Iterator[Tick]:
    """Everything that is due, one document after the other."""
    for name in STEPS:
        yield from go_round(name=name, at=at)


def go_round(*, name: str, at: datetime) -> Iterator[Tick]:
    """One step of the table, where no other clock is at it; what it did and met is kept."""
    step = rounds.begin(name=name, at=at)
    if step is None:
        return
    found: list[Tick] = []
    failure = ""
    try:
        for one in STEPS[name].look(at):
            found.append(one)
            yield one
    except Exception as problem:
        log.exception("The clock's step %s broke off", name)
        failure = f"{type(problem).__name__}: {problem}"
        yield Tick(name, failure, is_failure=True)
    met = [rounds.Met(one.reference, one.refusal, one.is_failure) for one in found if one.refusal]
    rounds.finish(step=step, done=len(found) - len(met), met=met, failure=failure, at=at)


def is_late(*, at: datetime) -> bool:
    """Whether the clock stands still: some step has not been through for ``CLOCK_LATE_MINUTES``, or never was."""
    since = at - timedelta(minutes=setting("CLOCK_LATE_MINUTES"))
    return ClockStep.objects.filter(name__in=STEPS, ended_at__gte=since).count() < len(STEPS)


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


def _sessions(at: datetime) -> Iterator[Tick]:
    """Sessions whose last day for booking is over take no more bookings, and leave what is in stock."""
    for row in sessions_to_close(office_day(at)):
        yield from _said(row.label, partial(close_due, session=row, at=at))


def _vouchers(at: datetime) -> Iterator[Tick]:
    """Vouchers nobody has used are spoken of 7 days and 1 day before their last day, and once it is over."""
    rows = vouchers_to_announce(office_day(at))
    orders = PurchaseOrder.objects.in_bulk({order for order, _last in rows})
    for pk, last in rows:
        order = orders[pk]
        yield from _said(order.reference, partial(note_last_day, order=order, valid_until=last, at=at))


def _certificates(at: datetime) -> Iterator[Tick]:
    """Certificates that end are announced; when they have ended their listings pause, and come back with what renews them."""
    on = office_day(at)
    ending = Certificate.objects.confirmed().filter(valid_to__lte=soon(on)).exclude(notices__days=ENDED)
    for row in ending.order_by("pk"):
        yield from _said(row.number, partial(note_expiry, certificate=row, on=on, at=at))
    begun = Certificate.objects.valid_on(on).filter(vendor__listings__paused_at__isnull=False)
    for row in begun.distinct().order_by("pk"):
        yield from _said(row.number, partial(_resume, row, on, at))


def _resume(certificate: Certificate, on: date, at: datetime) -> str:
    return "resumed" if settle_pauses(certificate=certificate, on=on, by=None, at=at) else ""


def _said(reference: str, step: Callable[[], str]) -> Iterator[Tick]:
    """A step that says what it did, and is worth no line where it did nothing."""
    said: list[str] = []
    found = _attempt(reference, "", lambda: said.append(step()))
    if found.refusal:
        yield found
    elif said[0]:
        yield replace(found, done=said[0])


def _errands(at: datetime) -> Iterator[Tick]:
    """Errands that are due: payment pages and refunds of which no news came, mail; what was mailed is worth no line."""
    for errand in run_due(at=at):
        if errand.last_failure or (errand.done_at and errand.kind not in POST):
            yield Tick(errand.key, errand.last_failure, done=errand.kind)


def _sweeps(at: datetime) -> Iterator[Tick]:
    """Sessions that expired, errands done long ago, private files and looks at lists that were kept as long as they may."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    Errand.objects.filter(done_at__lt=at - timedelta(days=setting("ERRANDS_KEPT_DAYS"))).delete()
    yield from (Tick(name, done="deleted") for name in sweep(at=at))
    if count := looks_over_time(at).delete()[0]:
        yield Tick(f"{count} looks at lists of people", done="deleted")


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


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: how a person reads it, and what it does."""

    label: Any
    look: Callable[[datetime], Iterator[Tick]]


STEPS: dict[str, Step] = {
    "group_orders": Step(_("Close group orders"), _group_orders),
    "silent_vendors": Step(_("Take back unanswered orders"), _silent_vendors),
    "sessions": Step(_("Close the booking of sessions"), _sessions),
    "vouchers": Step(_("Announce vouchers that end"), _vouchers),
    "certificates": Step(_("Announce certificates that end"), _certificates),
    # What was paid is heard of before what was not is taken back.
    "errands": Step(_("Do what waits: payments, refunds, mail"), _errands),
    "unpaid": Step(_("Take back unpaid private purchases"), _unpaid_private_purchases),
    "names": Step(_("Give organisations their new names"), _names),
    "hand_overs": Step(_("Pass roles to successors"), _hand_overs),
    "mergers": Step(_("Merge organisations"), _mergers),
    "sweeps": Step(_("Sweep what was kept long enough"), _sweeps),
}


def _attempt(reference: str, done: str, step: Callable[[], Any]) -> Tick:
    try:
        step()
    except (Refused, Failed) as refusal:
        return Tick(reference, str(refusal))
    except Exception as problem:
        log.exception("The clock could not move %s", reference)
        return Tick(reference, f"{type(problem).__name__}: {problem}", is_failure=True)
    return Tick(reference, done=done)

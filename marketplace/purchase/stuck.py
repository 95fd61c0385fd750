"""What does not go on by itself: for the operator, who can call somebody, mend something, or try again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import Listing
from ..conf import setting
from ..errands.actions import POST
from ..errands.models import ClockProblem, ClockStep, Errand
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..payments.models import Checkout, Refund
from ..reports.selectors import overdue, reports_about
from .clock import STEPS
from .late import late_orders
from .tracking import track

AT_MOST = 50  # of one kind: whoever has more has one thing to mend first
PATIENCE = 3  # attempts in vain after which an errand is worth showing


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that stands still: which, why, and since when. ``pk`` is its row's, for a button or a link."""

    kind: str
    reference: str
    why: str
    since: datetime | None
    pk: int


def stuck(*, at: datetime) -> dict[str, list[Stuck]]:
    """Everything that stands still, by kind; a kind of which nothing does is left out."""
    found = {kind: list(islice(look(at), AT_MOST)) for kind, (_label, look) in KINDS.items()}
    return {kind: rows for kind, rows in found.items() if rows}


def _errands(at: datetime) -> Iterator[Stuck]:
    return _tired(Errand.objects.exclude(kind__in=POST), "errands")


def _mail(at: datetime) -> Iterator[Stuck]:
    return _tired(Errand.objects.filter(kind__in=POST), "mail")


def _tired(errands: Any, kind: str) -> Iterator[Stuck]:
    for row in (errands.given_up() | errands.waiting().filter(attempts__gte=PATIENCE)).order_by("asked_at", "pk"):
        reference = row.key.split(":")[1] if ":" in row.key else row.key
        yield Stuck(kind, reference, row.last_failure, row.asked_at, row.pk)


def _clock_steps(at: datetime) -> Iterator[Stuck]:
    for row in ClockStep.objects.exclude(failure="").filter(name__in=STEPS):
        yield Stuck("clock_steps", str(STEPS[row.name].label), row.failure, row.ended_at, row.pk)


def _clock_problems(at: datetime) -> Iterator[Stuck]:
    for row in ClockProblem.objects.exclude(step__name="errands"):
        yield Stuck("clock_problems", row.reference, row.sentence, row.first_met_at, row.step_id)


def _mismatches(at: datetime) -> Iterator[Stuck]:
    for row in Checkout.objects.exclude(mismatch="").filter(completed_at=None):
        yield Stuck("mismatches", row.reference, row.mismatch, row.opened_at, row.pk)


def _refunds(at: datetime) -> Iterator[Stuck]:
    old = at - timedelta(days=setting("DAYS_TO_REFUND"))
    waiting = Refund.objects.filter(done_at=None, failed_at=None, requested_at__lt=old)
    for row in waiting.select_related("invoice__organisation"):
        yield Stuck(
            "refunds", row.reference, f"{row.invoice.organisation.name} · {row.amount}", row.requested_at, row.pk
        )


def _reviews(at: datetime) -> Iterator[Stuck]:
    old = at - timedelta(days=setting("DAYS_TO_REVIEW"))
    rows = Listing.objects.filter(workflow_states__status="in_progress", workflow_states__created_at__lt=old)
    for row in rows.annotate(since=Min("workflow_states__created_at")).select_related("vendor").order_by("since", "pk"):
        yield Stuck("reviews", row.title, row.vendor.name, row.since, row.pk)


def _reports(at: datetime) -> Iterator[Stuck]:
    """Reports of prices and goods that no officer took up or decided in time."""
    for row in overdue(reports_about(Listing.objects.all()), office_day(at)):
        yield Stuck("reports", row.reference, row.listing.vendor.name, row.made_at, row.pk)


def _orders(at: datetime) -> Iterator[Stuck]:
    """Orders whose next step is overdue by ``DAYS_TO_WORRY`` days and more."""
    day = office_day(at) - timedelta(days=setting("DAYS_TO_WORRY") - 1)  # late on this day is late by as many today
    rows = late_orders(day).select_related("requisition__group_order", "requisition__invoice", "organisation")
    for tracking in track(rows[:AT_MOST], today=day).values():
        if step := tracking.next:
            order: PurchaseOrder = tracking.order
            why = f"{tracking.status} · {order.vendor_name if step.side == 'vendor' else order.organisation.name}"
            yield Stuck("orders", order.reference, why, order.placed_at, order.pk)


KINDS: dict[str, tuple[Any, Callable[[datetime], Iterator[Stuck]]]] = {
    "clock_steps": (_("Steps of the clock that broke off"), _clock_steps),
    "clock_problems": (_("What the clock could not move"), _clock_problems),
    "errands": (_("Errands in vain"), _errands),
    "mail": (_("Mail that does not go out"), _mail),
    "mismatches": (_("Payments that do not agree"), _mismatches),
    "refunds": (_("Refunds that wait"), _refunds),
    "reviews": (_("Listings long in review"), _reviews),
    "reports": (_("Reports of prices and goods past their day"), _reports),
    "orders": (_("Orders on which nobody acts"), _orders),
}

"""The clock's rounds: a step begins only where no other clock is at it, and leaves behind what it met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from .locks import lock_step
from .models import ClockProblem, ClockStep

CLAIM = timedelta(minutes=15)  # after which a step belongs to a clock that died


@dataclass(frozen=True, slots=True)
class Met:
    """A document that could not be moved, and why."""

    reference: str
    sentence: str
    is_failure: bool = False


def begin(*, name: str, at: datetime) -> ClockStep | None:
    """Take a step in hand; ``None`` while another clock is at it."""
    ClockStep.objects.get_or_create(name=name)
    with transaction.atomic():
        step = lock_step(name)
        if step is None or (step.claimed_until and step.claimed_until > at):
            return None
        step.claimed_until, step.began_at = at + CLAIM, at
        step.save(update_fields=["claimed_until", "began_at"])
    return step


@transaction.atomic
def finish(*, step: ClockStep, done: int, met: Iterable[Met], failure: str = "", at: datetime) -> ClockStep:
    """Lay a step down with what it did and met; problems of earlier rounds that are gone are forgotten."""
    rows = [
        ClockProblem(
            step=step,
            reference=found.reference[:40],
            sentence=found.sentence[:300],
            is_failure=found.is_failure,
            first_met_at=at,
            last_met_at=at,
        )
        for found in met
    ]
    if not failure:  # a step that broke off has not looked at everything
        step.problems.exclude(reference__in=[row.reference for row in rows]).delete()
    ClockProblem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["step", "reference"],
        update_fields=["sentence", "is_failure", "last_met_at"],
    )
    step.claimed_until, step.ended_at, step.done, step.failure = None, at, done, failure[:300]
    step.save(update_fields=["claimed_until", "ended_at", "done", "failure"])
    return step

"""Whoever holds the row may claim it: a worker takes an errand nobody else is taking, a clock a step nobody is at."""

from __future__ import annotations

from datetime import datetime

from .models import ClockStep, Errand


def lock_errand(kind: str, key: str, at: datetime) -> Errand | None:
    """This errand, if it is due and in nobody's hands; ``None`` at once where somebody else is taking it."""
    rows = Errand.objects.due(at).filter(kind=kind, key=key)
    return rows.select_for_update(skip_locked=True).first()


def hold_errand(pk: int) -> Errand:
    """This errand whatever its state, held until commit."""
    return Errand.objects.select_for_update().get(pk=pk)


def lock_next_errand(at: datetime) -> Errand | None:
    """The errand that has been due longest, of those nobody else is taking."""
    return Errand.objects.due(at).select_for_update(skip_locked=True).order_by("due_at", "pk").first()


def lock_step(name: str) -> ClockStep | None:
    """The clock's step; ``None`` where another clock is taking it at this moment."""
    return ClockStep.objects.select_for_update(skip_locked=True).filter(name=name).first()

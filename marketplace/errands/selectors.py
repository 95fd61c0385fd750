"""Questions about errands and the clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from .models import ClockStep


def last_round() -> datetime | None:
    """When the clock last finished a step; ``None`` where it never ran."""
    found: datetime | None = ClockStep.objects.aggregate(last=Max("ended_at"))["last"]
    return found

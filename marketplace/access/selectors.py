"""Questions about complaints and wishes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, QuerySet

from .models import BarrierComplaint, DisplayWish


def wish_of(person: Any) -> bool | None:
    """Whether this person wants elder mode; nothing where they never said."""
    return DisplayWish.objects.filter(person=person).values_list("is_elder", flat=True).first()


def complaint_by(reference: str) -> BarrierComplaint | None:
    """The complaint with this tracking number, however its letters were typed."""
    return BarrierComplaint.objects.filter(reference=reference.strip().upper()).first()


def complaints() -> QuerySet[BarrierComplaint]:
    """Those without an answer first, the most urgent on top; then those answered, the latest first."""
    rows = BarrierComplaint.objects.select_related("answered_by")
    return rows.order_by(F("answered_at").desc(nulls_first=True), "due_on", "pk")


def late_complaints(today: date) -> int:
    """How many should have been answered before today."""
    return BarrierComplaint.objects.filter(answered_at=None, due_on__lt=today).count()

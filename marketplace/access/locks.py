"""The lock on a complaint: one answer only."""

from __future__ import annotations

from .models import BarrierComplaint


def lock_complaint(complaint: BarrierComplaint) -> BarrierComplaint:
    """The complaint as it stands, held until commit."""
    return BarrierComplaint.objects.select_for_update().get(pk=complaint.pk)

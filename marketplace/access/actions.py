"""Keep a person's wish; take a complaint in; answer it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from .. import audit
from ..conf import setting
from ..references import unique_references
from .errors import ComplaintAnswered
from .locks import lock_complaint
from .models import BarrierComplaint, DisplayWish


def keep_wish(*, person: Any, is_elder: bool) -> DisplayWish:
    """Remember how this person wants pages shown."""
    wish, _made = DisplayWish.objects.update_or_create(person=person, defaults={"is_elder": is_elder})
    return wish


@transaction.atomic
def file_complaint(
    *, hindrance: str, address: str = "", contact: str = "", by: Any = None, at: datetime
) -> BarrierComplaint:
    """Take a complaint in, from anybody (``by`` is nobody for a visitor); answered within the days of the setting."""
    day = at.astimezone(ZoneInfo(setting("TIME_ZONE"))).date()
    complaint = BarrierComplaint.objects.create(
        reference=unique_references("AC", 1, at=at)[0],
        address=address,
        hindrance=hindrance,
        contact=contact,
        made_at=at,
        made_by=by,
        due_on=day + timedelta(days=setting("DAYS_TO_ANSWER_COMPLAINT")),
    )
    audit.record("marketplace.file_complaint", [complaint], by=by, at=at)
    return complaint


@transaction.atomic
def answer_complaint(*, complaint: BarrierComplaint, answer: str, by: Any, at: datetime) -> BarrierComplaint:
    """Answer it once. Refused when somebody has already (``ComplaintAnswered``)."""
    complaint = lock_complaint(complaint)
    if complaint.answered_at:
        raise ComplaintAnswered(complaint=complaint)
    complaint.answer, complaint.answered_at, complaint.answered_by = answer, at, by
    complaint.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("marketplace.answer_complaint", [complaint], by=by, at=at)
    return complaint

"""Who looked at lists of people: written once for a look, read by the administrator and the operator, swept in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from ..conf import setting
from .models import AccessLog, BuyerOrganisation


def note_look(
    *,
    people_list: str,
    organisation: BuyerOrganisation | None,
    rows: int,
    subject: str = "",
    is_export: bool = False,
    screen: str = "",
    by: Any,
    at: datetime,
) -> AccessLog:
    """One look at ``rows`` people; ``by`` is ``None`` for a member who came by a personal link."""
    return AccessLog.objects.create(
        seen_at=at,
        seen_by=by,
        organisation=organisation,
        people_list=people_list,
        subject=subject[:80],
        rows=rows,
        is_export=is_export,
        screen=screen[:80],
    )


def looks(organisation: BuyerOrganisation | None = None) -> QuerySet[AccessLog]:
    """The looks, the latest first; of all organisations when none is named."""
    found = AccessLog.objects.select_related("seen_by", "organisation")
    return found if organisation is None else found.filter(organisation=organisation)


def looks_over_time(at: datetime) -> QuerySet[AccessLog]:
    """Those older than ``ACCESS_LOG_DAYS``."""
    return AccessLog.objects.filter(seen_at__lte=at - timedelta(days=setting("ACCESS_LOG_DAYS")))

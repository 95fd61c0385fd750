"""What buyers looked for in vain, told to the county's officers. Kept without a name or an address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from .. import audit
from .errors import WishWithoutWords
from .words import ProduceWish


@transaction.atomic
def tell_wish(*, words: str, note: str = "", by: Any = None, at: datetime) -> ProduceWish:
    """Keep what somebody misses. ``by`` (nobody for a visitor) stands in the log alone."""
    if not words.strip() and not note.strip():
        raise WishWithoutWords()
    wish = ProduceWish.objects.create(words=words.strip()[:80], note=note.strip()[:500], told_at=at)
    audit.record("marketplace.tell_wish", [wish], by=by, at=at)
    return wish


def wishes() -> QuerySet[ProduceWish]:
    """What is missed, the latest first."""
    return ProduceWish.objects.all()


def most_missed(*, count: int) -> list[tuple[str, int]]:
    """The words told more than once, most often first."""
    rows = ProduceWish.objects.order_by().values_list("words").annotate(times=Count("pk")).filter(times__gt=1)
    return list(rows.order_by("-times", "words")[:count])

"""Asking for an errand, and asking again for one that was given up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from .. import audit
from ..conf import setting
from ..rows import insert_rows
from .locks import hold_errand
from .models import Errand
from .tasks import run_errands

TELL, LETTER = POST = ("tell", "letter")


def schedule(kind: str, keys: Iterable[str], *, at: datetime, due_at: datetime | None = None) -> None:
    """Write errands in the transaction of their cause: one statement. What is due is started on commit.

    Asked for twice, an errand is done once. ``due_at`` in the future leaves it to the clock.
    """
    asked, due = list(keys), due_at or at
    columns = ("kind", "key", "asked_at", "due_at")
    insert_rows(Errand, columns, ((kind, key, at, due) for key in asked), unless_there=True)
    if asked and due <= at:
        transaction.on_commit(partial(run_errands.enqueue, kind, asked), robust=True)


def tell(*news: tuple[str, str], at: datetime) -> None:
    """Have letters (name, reference of the document) written to whoever has the next step; the texts are in ``letters``."""
    if setting("MAIL"):
        schedule(TELL, [f"{letter}:{reference}:{int(at.timestamp())}" for letter, reference in news], at=at)


@transaction.atomic
def try_again(*, errand: Errand, by: Any, at: datetime) -> Errand:
    """An errand that failed or was given up is due now, with all its attempts before it. By the operator."""
    errand = hold_errand(errand.pk)
    if errand.done_at is None:
        errand.due_at, errand.given_up_at, errand.attempts = at, None, 0
        errand.save(update_fields=["due_at", "given_up_at", "attempts"])
        audit.record("marketplace.try_again", [errand], by=by, at=at)
        transaction.on_commit(partial(run_errands.enqueue, errand.kind, [errand.key]), robust=True)
    return errand

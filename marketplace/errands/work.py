"""Doing errands: claim, do, and remember what came of it. What each kind does is registered by whoever knows.

A claim is committed before the work begins and runs out by itself, so a killed worker's errand is taken up again; hence
every kind of errand may be done twice and must come to the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction

from ..conf import setting
from ..errors import Failed, Refused
from .backoff import wait_after
from .locks import lock_errand, lock_next_errand
from .models import Errand

log = logging.getLogger(__name__)

Doing = Callable[[str, datetime], timedelta | None]
CLAIM = timedelta(minutes=10)
AT_ONCE = 500  # errands of one round; the rest waits for the next

_kinds: dict[str, Doing] = {}


def add_kind(kind: str, doing: Doing) -> None:
    """Errands of this kind are done by ``doing(key, at)``: ``None`` when done, or the time after which to look again."""
    _kinds[kind] = doing


def run(*, kind: str, key: str, at: datetime) -> Errand | None:
    """Do this errand now; ``None`` when it is not due, done already, or in somebody else's hands."""
    with transaction.atomic():
        errand = _claim(lock_errand(kind, key, at), at)
    return _do(errand, at) if errand else None


def run_due(*, at: datetime) -> Iterator[Errand]:
    """Do everything that is due, one errand after the other, as they stand after it."""
    for _ in range(AT_ONCE):
        with transaction.atomic():
            errand = _claim(lock_next_errand(at), at)
        if errand is None:
            return
        yield _do(errand, at)


def _claim(errand: Errand | None, at: datetime) -> Errand | None:
    if errand is not None:
        errand.claimed_until, errand.attempts = at + CLAIM, errand.attempts + 1
        errand.save(update_fields=["claimed_until", "attempts"])
    return errand


def _do(errand: Errand, at: datetime) -> Errand:
    try:
        doing = _kinds[errand.kind]
        again_after = doing(errand.key, at)
    except (Failed, Refused) as problem:
        _fail(errand, str(problem), at)
    except Exception as problem:  # whatever it is, the next errand must not wait for it
        log.exception("The errand %s failed", errand)
        _fail(errand, f"{type(problem).__name__}: {problem}", at)
    else:
        errand.last_failure = ""
        if again_after is None:
            errand.done_at = at
        else:
            errand.due_at, errand.attempts = at + again_after, 0
    errand.claimed_until = None
    errand.save(update_fields=["claimed_until", "attempts", "due_at", "last_failure", "done_at", "given_up_at"])
    return errand


def _fail(errand: Errand, why: str, at: datetime) -> None:
    errand.last_failure = why[:300]
    if errand.attempts >= setting("ERRAND_ATTEMPTS"):
        errand.given_up_at = at
        log.error("The errand %s was given up: %s", errand, why)
    else:
        errand.due_at = at + wait_after(errand.attempts)

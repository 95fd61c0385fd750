"""Running steps at the same moment, and taking a lock away to see the harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

TRIES = 10


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Start all ``steps`` at one moment in threads of their own; the results, or the exceptions they raised."""
    barrier = threading.Barrier(len(steps))
    answers: list[Any] = [None] * len(steps)

    def run(place: int, step: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            answers[place] = step()
        except Exception as problem:
            answers[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, step)) for place, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@contextmanager
def lingering(target: str) -> Iterator[None]:
    """Wait a moment after the named lock was taken, so that the steps really overlap."""
    module, name = target.rsplit(".", 1)
    original = getattr(__import__(module, fromlist=[name]), name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        time.sleep(0.08)
        return found

    with patch(target, slow):
        yield


@contextmanager
def without_locks() -> Iterator[None]:
    """The negative control: ``select_for_update`` locks nothing."""
    with patch.object(QuerySet, "select_for_update", lambda self, *args, **kwargs: self):
        yield


def failures(scenario: Callable[[int], None]) -> int:
    """How often a scenario fails in ten tries."""
    failed = 0
    for attempt in range(TRIES):
        try:
            scenario(attempt)
        except (AssertionError, IntegrityError, OperationalError):
            failed += 1
    return failed

"""Running steps at the same moment, and taking a lock away to see the harm."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

TRIES = 10


def together(*steps: Callable[[], Any]) -> list[Any]:
    """Start all ``steps`` at one moment in threads of their own; the results, or the exceptions they raised."""
    barrier = threading.Barrier(len(steps))
    MEETING.open(len(steps))
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


class Meeting:
    """Where steps wait for each other once they hold what they took; with the lock taken away, all of them get here."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.expected = self.arrived = 0
        self.patience = 0.08  # seconds; a step that holds a lock must not wait for those that wait for it

    def open(self, people: int) -> None:
        """Expect so many."""
        self.expected, self.arrived = people, 0

    def wait(self) -> None:
        """Until everybody is here, or patience ends."""
        with self.changed:
            self.arrived += 1
            self.changed.notify_all()
            self.changed.wait_for(lambda: self.arrived >= self.expected, timeout=self.patience)


MEETING = Meeting()


@contextmanager
def lingering(target: str) -> Iterator[None]:
    """Wait for the others after the named lock was taken, so that the steps really overlap."""
    module, name = target.rsplit(".", 1)
    original = getattr(__import__(module, fromlist=[name]), name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        found = original(*args, **kwargs)
        MEETING.wait()
        return found

    with patch(target, slow):
        yield


@contextmanager
def without_locks(target: str = "") -> Iterator[None]:
    """The negative control: ``select_for_update`` locks nothing; with a ``target`` as of ``lingering``, only in that lock."""
    blind, lock = threading.local(), QuerySet.select_for_update

    def look_only(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self if not target or getattr(blind, "is_on", False) else lock(self, *args, **kwargs)

    with ExitStack() as stack:
        stack.enter_context(patch.object(QuerySet, "select_for_update", look_only))
        stack.enter_context(patch.object(MEETING, "patience", 5))
        if target:
            module, name = target.rsplit(".", 1)
            original = getattr(__import__(module, fromlist=[name]), name)

            def unlocked(*args: Any, **kwargs: Any) -> Any:
                blind.is_on = True
                try:
                    return original(*args, **kwargs)
                finally:
                    blind.is_on = False

            stack.enter_context(patch(target, unlocked))
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

"""Two clocks and many workers at one moment, on PostgreSQL; with the locks taken away, an errand is done twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest

from marketplace.errands import work
from marketplace.errands.actions import schedule
from marketplace.errands.models import ClockProblem, Errand
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.models import GroupOrder
from marketplace.management.books import CHECKS
from marketplace.purchase.clock import Tick, tick
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import world as factory
from tests.factories.world import build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def did(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The keys of the errands that were done, one entry a time."""
    done: list[str] = []
    lock = threading.Lock()

    def doing(key: str, at: datetime) -> None:
        with lock:
            done.append(key)

    monkeypatch.setitem(work._kinds, "test", doing)
    return done


def workers_meet(now: datetime, did: list[str], attempt: int) -> None:
    """Four workers want the same errand at once; it is done once."""
    schedule("test", [f"e{attempt}"], at=now, due_at=now + timedelta(seconds=1))
    later = now + timedelta(seconds=1)
    steps = [partial(work.run, kind="test", key=f"e{attempt}", at=later) for _ in range(4)]
    with lingering("marketplace.errands.work.lock_errand"):
        answers = together(*steps)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert did.count(f"e{attempt}") == 1


def test_one_errand_is_done_by_one_of_four_workers(transactional_db: None, now: datetime, did: list[str]) -> None:
    workers_meet(now, did, 0)
    assert Errand.objects.get().done_at is not None


def test_without_the_lock_an_errand_is_done_more_than_once(
    transactional_db: None, now: datetime, did: list[str]
) -> None:
    with without_locks():
        assert failures(partial(workers_meet, now, did)) >= 9


def test_two_sweeps_share_forty_errands_and_do_each_once(transactional_db: None, now: datetime, did: list[str]) -> None:
    schedule("test", [str(n) for n in range(40)], at=now, due_at=now + timedelta(seconds=1))

    def sweep() -> list[Errand]:
        return list(work.run_due(at=now + timedelta(seconds=1)))

    first, second = together(sweep, sweep)
    assert sorted(did, key=int) == [str(n) for n in range(40)]
    assert len(first) + len(second) == 40


def clocks_meet(due: datetime) -> list[Tick]:
    """What two clocks did together."""
    with lingering("marketplace.errands.rounds.lock_step"):
        answers = together(lambda: list(tick(at=due)), lambda: list(tick(at=due)))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    return [one for answer in answers for one in answer]


@pytest.fixture
def due(transactional_db: None, now: datetime) -> datetime:
    """The moment at which two group orders with choices are to be closed."""
    world = build_world(now)
    for _ in range(2):
        group_order = factory.open_group_order(world, count=1)
        for participant in factory.participants(group_order):
            grouporders.choose(participant=participant, quantities={world.rice_pack.pk: 1}, at=now)
    Errand.objects.all().delete()
    return now + timedelta(days=60)


def test_two_clocks_close_each_group_order_once_and_meet_no_refusal(due: datetime) -> None:
    found = clocks_meet(due)
    references = sorted(GroupOrder.objects.values_list("reference", flat=True))
    assert sorted(one.reference for one in found) == references
    assert [one.refusal for one in found] == ["", ""]
    assert not ClockProblem.objects.exists()
    assert [line for check in CHECKS.values() for line in check()] == []


def test_without_the_lock_two_clocks_do_the_same_work(due: datetime) -> None:
    with without_locks():
        found = clocks_meet(due)
    assert len(found) > 2  # both looked at the same documents

"""Errands: written with their cause, done once, tried again with longer waits, and never in the way of each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from marketplace.errands import work
from marketplace.errands.actions import schedule, try_again
from marketplace.errands.backoff import wait_after
from marketplace.errands.models import Errand
from marketplace.errors import Failed
from marketplace.purchase.clock import tick
from tests.conftest import NOW
from tests.factories import world as factory

pytestmark = pytest.mark.django_db


class Helper:
    """Does errands of the kind ``test``, and what is asked of it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.raises: dict[str, Exception] = {}
        self.waits: list[timedelta] = []

    def __call__(self, key: str, at: Any) -> timedelta | None:
        self.did.append(key)
        if key in self.raises:
            raise self.raises[key]
        return self.waits.pop(0) if self.waits else None


@pytest.fixture
def helper(monkeypatch: pytest.MonkeyPatch) -> Iterator[Helper]:
    found = Helper()
    monkeypatch.setitem(work._kinds, "test", found)
    return found


def ask(*keys: str, **more: Any) -> None:
    with transaction.atomic():
        schedule("test", keys, at=NOW, **more)


def the_errand(key: str = "a") -> Errand:
    return Errand.objects.get(kind="test", key=key)


def run_all(minutes: float = 0) -> list[Errand]:
    return list(work.run_due(at=NOW + timedelta(minutes=minutes)))


def test_an_errand_is_done_once_however_often_it_is_asked_for(helper: Helper) -> None:
    ask("a")
    ask("a", "b")
    assert [row.key for row in run_all()] == ["a", "b"]
    ask("a")
    assert run_all(600) == []
    assert helper.did == ["a", "b"]
    assert the_errand().done_at == NOW


def test_an_errand_is_started_on_commit_and_not_before(
    helper: Helper, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    with django_capture_on_commit_callbacks(execute=True):
        ask("a")
        ask("later", due_at=NOW + timedelta(minutes=5))
        assert helper.did == []
    assert helper.did == ["a"]
    assert [row.key for row in run_all(5)] == ["later"]


def test_what_is_rolled_back_leaves_no_errand(helper: Helper) -> None:
    with transaction.atomic():
        ask("a")
        transaction.set_rollback(True)
    assert not Errand.objects.exists()


def test_a_failed_errand_waits_longer_each_time_and_is_given_up_in_the_end(helper: Helper, settings: Any) -> None:
    settings.MARKETPLACE_ERRAND_ATTEMPTS = 4
    helper.raises["a"] = Failed()
    ask("a")
    minute = 0.0
    for wait in (1, 2, 4):
        (row,) = run_all(minute)
        assert row.due_at == NOW + timedelta(minutes=minute + wait)
        assert run_all(minute + wait - 0.1) == []
        minute += wait
    (row,) = run_all(minute)
    assert (row.attempts, row.given_up_at) == (4, NOW + timedelta(minutes=minute))
    assert row.last_failure == str(Failed())
    assert run_all(100_000) == []
    assert len(helper.did) == 4


def test_the_wait_never_exceeds_six_hours() -> None:
    assert [wait_after(n) for n in (1, 2, 9)] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=256)]
    assert {wait_after(n) for n in (10, 50, 10_000)} == {timedelta(hours=6)}


def test_what_nobody_expected_is_kept_and_stops_no_other_errand(
    helper: Helper, caplog: pytest.LogCaptureFixture
) -> None:
    helper.raises["a"] = ZeroDivisionError("division by zero")
    ask("a", "b")
    assert [row.key for row in run_all()] == ["a", "b"]
    assert the_errand("a").last_failure == "ZeroDivisionError: division by zero"
    assert the_errand("b").done_at == NOW
    assert "The errand test a failed" in caplog.text


def test_an_errand_of_a_killed_worker_is_taken_up_again_when_its_claim_runs_out(helper: Helper) -> None:
    ask("a")
    Errand.objects.update(claimed_until=NOW + work.CLAIM, attempts=1)  # as a worker leaves it that dies at this moment
    assert run_all(9.9) == []
    assert work.run(kind="test", key="a", at=NOW + timedelta(minutes=9)) is None
    assert [row.key for row in run_all(10)] == ["a"]
    assert the_errand().done_at is not None


def test_an_errand_that_has_to_wait_is_looked_at_again_and_never_given_up(helper: Helper, settings: Any) -> None:
    settings.MARKETPLACE_ERRAND_ATTEMPTS = 2
    helper.waits = [timedelta(minutes=15)] * 5
    ask("a")
    for round_of_clock in range(5):
        (row,) = run_all(15 * round_of_clock)
        assert (row.done_at, row.attempts, row.last_failure) == (None, 0, "")
    (row,) = run_all(75)
    assert row.done_at == NOW + timedelta(minutes=75)


def test_an_errand_nobody_knows_how_to_do_says_so(helper: Helper) -> None:
    with transaction.atomic():
        schedule("unheard-of", ["a"], at=NOW)
    (row,) = run_all()
    assert row.last_failure == "KeyError: 'unheard-of'"
    assert row.done_at is None


def test_an_errand_given_up_is_tried_again_with_all_its_attempts(helper: Helper) -> None:
    ask("a")
    Errand.objects.update(attempts=12, given_up_at=NOW)
    operator = factory.user("operator", is_superuser=True)
    try_again(errand=the_errand(), by=operator, at=NOW)
    assert (the_errand().attempts, the_errand().given_up_at) == (0, None)
    assert [row.done_at for row in run_all()] == [NOW]
    assert try_again(errand=the_errand(), by=operator, at=NOW + timedelta(days=1)).done_at == NOW
    assert run_all(100_000) == []


def test_the_clock_does_what_is_due_and_forgets_what_was_done_long_ago(helper: Helper) -> None:
    helper.raises["b"] = Failed()
    ask("a", "b")
    found = [(one.reference, one.done, one.refusal) for one in tick(at=NOW)]
    assert found == [("a", "test", ""), ("b", "test", str(Failed()))]
    helper.raises.clear()
    list(tick(at=NOW + timedelta(days=90)))
    assert Errand.objects.count() == 2
    list(tick(at=NOW + timedelta(days=91)))
    assert [row.key for row in Errand.objects.all()] == ["b"]

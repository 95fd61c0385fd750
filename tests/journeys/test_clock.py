"""The clock closes what is due, once, and leaves to people what needs people."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from marketplace.catalogue.actions import set_stock
from marketplace.errands import rounds
from marketplace.errands.models import ClockProblem, ClockStep
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.models import GroupOrder
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.purchase.clock import STEPS, Tick, go_round, is_late, tick
from tests.factories import world as factory
from tests.factories.world import World


@pytest.fixture(autouse=True)
def _nothing_to_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of other tests, rolled back with their rows, are none of this one's; the sweep has tests of its own."""
    monkeypatch.setattr("marketplace.purchase.clock.sweep", lambda at: ())


@pytest.fixture
def clicking(world: World, settings: object) -> World:
    settings.MARKETPLACE_CLOCK_CLOSES_AFTER_HOURS = 24
    return world


def test_a_group_order_is_closed_a_day_after_its_time_and_not_before(clicking: World) -> None:
    world, group_order = clicking, factory.open_group_order(clicking, count=2)
    for participant in factory.participants(group_order):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 3}, at=world.now)
    assert list(tick(at=group_order.closes_at + timedelta(hours=23))) == []
    due = group_order.closes_at + timedelta(hours=24)
    assert list(tick(at=due)) == [Tick(group_order.reference)]
    assert list(tick(at=due)) == []
    group_order.refresh_from_db()
    assert (group_order.state, group_order.closed_at, group_order.closed_by) == ("closed", due, None)
    assert factory.participants(group_order)[0].allowance.held == yuan(270)


def test_an_order_is_taken_back_on_the_sixteenth_day_of_silence_and_an_answered_one_never(world: World) -> None:
    tea, rice = factory.placed(world)
    factory.answered(rice, world.now)
    assert list(go_round(name="silent_vendors", at=world.now + timedelta(days=15))) == []
    due = world.now + timedelta(days=16)
    assert list(go_round(name="silent_vendors", at=due)) == [Tick(tea.reference, done="cancelled")]
    assert list(go_round(name="silent_vendors", at=due + timedelta(days=30))) == []
    tea.refresh_from_db()
    rice.refresh_from_db()
    assert (tea.cancelled_at, tea.cancelled_by, rice.cancelled_at) == (due, None, None)
    assert [line for check in CHECKS.values() for line in check()] == []


def test_choices_above_the_stock_are_left_to_the_organiser(clicking: World) -> None:
    world, group_order = clicking, factory.open_group_order(clicking, count=2)
    for participant in factory.participants(group_order):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 3}, at=world.now)
    set_stock(pack=world.tea_pack, on_hand=5, by=world.users["teaco"], at=world.now)
    (found,) = tick(at=group_order.closes_at + timedelta(days=2))
    assert "舒城小兰花" in found.refusal
    group_order.refresh_from_db()
    assert group_order.state == "open"


def test_the_command_says_what_it_did(clicking: World) -> None:
    world, group_order = clicking, factory.open_group_order(clicking, count=1)
    (participant,) = factory.participants(group_order)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=world.now)
    output = io.StringIO()
    with patch("django.utils.timezone.now", return_value=group_order.closes_at + timedelta(days=2)):
        call_command("run_clock", stdout=output)
    assert output.getvalue() == f"{group_order.reference}  closed\n"


@pytest.mark.django_db
def test_a_ready_site_says_so_and_one_without_its_database_does_not() -> None:
    assert Client().get("/healthz").json() == {"process": "ok"}
    well = {"database": "ok", "migrations": "ok", "cache": "ok", "clock": "ok"}
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        well | {"clock": "is late"},
    )  # said, and no reason to stop serving
    list(tick(at=timezone.now()))
    assert Client().get("/readyz").json() == well
    with patch("marketplace.purchase.health.MigrationExecutor", side_effect=DatabaseError):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, well | {"migrations": "does not answer (DatabaseError)"})
    with patch("marketplace.purchase.health.cache.get", return_value=None):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, well | {"cache": "forgets what it is given"})


def two_due(world: World) -> tuple[GroupOrder, GroupOrder, datetime]:
    """Two group orders with one choice each, and a moment at which both are due."""
    made = [factory.open_group_order(world, count=1) for _ in range(2)]
    for group_order in made:
        participant = factory.participants(group_order)[0]
        grouporders.choose(participant=participant, quantities={world.rice_pack.pk: 1}, at=world.now)
    return made[0], made[1], made[0].closes_at + timedelta(days=2)


def test_a_document_that_fails_stops_no_other_and_is_kept_until_it_is_mended(
    clicking: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, due = two_due(clicking)

    def close(*, group_order: GroupOrder, **more: object) -> object:
        if group_order.pk == first.pk:
            raise ZeroDivisionError("division by zero")
        return close_group_order(group_order=group_order, **more)

    with monkeypatch.context() as broken:
        broken.setattr("marketplace.purchase.clock.close_group_order", close)
        why = "ZeroDivisionError: division by zero"
        assert list(tick(at=due)) == [Tick(first.reference, why, is_failure=True), Tick(second.reference)]
        assert len(list(tick(at=due + timedelta(minutes=5)))) == 1
    kept = ClockProblem.objects.get()
    assert (kept.reference, kept.sentence, kept.is_failure) == (first.reference, why, True)
    assert (kept.first_met_at, kept.last_met_at) == (due, due + timedelta(minutes=5))
    assert f"The clock could not move {first.reference}" in caplog.text
    step = ClockStep.objects.get(name="group_orders")
    assert (step.ended_at, step.done) == (due + timedelta(minutes=5), 0)
    assert list(tick(at=due + timedelta(minutes=10))) == [Tick(first.reference)]
    assert not ClockProblem.objects.exists()


def test_a_step_that_breaks_off_stops_no_other_and_says_so(clicking: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, due = two_due(clicking)

    def broken(at: datetime) -> Iterator[Tick]:
        yield Tick("X-1")
        raise OSError("no")

    with monkeypatch.context() as changed:
        changed.setitem(STEPS, "silent_vendors", replace(STEPS["silent_vendors"], look=broken))
        found = [one.reference for one in tick(at=due)]
    assert found == [first.reference, second.reference, "X-1", "silent_vendors"]
    step = ClockStep.objects.get(name="silent_vendors")
    assert (step.failure, step.done, step.claimed_until) == ("OSError: no", 1, None)
    list(tick(at=due))
    step.refresh_from_db()
    assert (step.failure, step.done) == ("", 0)


def test_a_clock_leaves_alone_what_another_is_at_unless_that_one_died(clicking: World) -> None:
    first, _second, due = two_due(clicking)
    assert rounds.begin(name="group_orders", at=due) is not None
    assert list(tick(at=due + timedelta(minutes=14))) == []
    assert next(one.reference for one in tick(at=due + timedelta(minutes=15))) == first.reference


def test_the_clock_is_late_until_every_step_has_been_through_lately(clicking: World) -> None:
    now = clicking.now
    assert is_late(at=now)
    list(tick(at=now))
    assert not is_late(at=now + timedelta(minutes=30))
    assert is_late(at=now + timedelta(minutes=31))
    ClockStep.objects.filter(name="sweeps").delete()
    assert is_late(at=now)

"""The clock closes what is due, once, and leaves to people what needs people."""

from __future__ import annotations

import io
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from marketplace.catalogue.actions import set_stock
from marketplace.grouporders import actions as grouporders
from marketplace.money import yuan
from marketplace.purchase.clock import Tick, tick
from tests.factories import world as factory
from tests.factories.world import World


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
    assert Client().get("/readyz").json() == {"database": "ok"}
    with patch("website.health.MigrationExecutor", side_effect=DatabaseError):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": "does not answer"})

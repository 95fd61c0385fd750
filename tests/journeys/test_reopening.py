"""A closed group order goes back to its members, and its prices are reckoned anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.models import ChoiceLine
from marketplace.money import yuan
from marketplace.orders.actions import request_from_group_order
from marketplace.purchase.reopen import reopen
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def test_a_tier_that_is_lost_after_reopening_gives_everybody_the_same_price_again(world: World) -> None:
    clerk, pack = world.users["clerk"], world.tea_pack
    group_order = factory.open_group_order(world, count=2)
    first, second = factory.participants(group_order)
    for participant in (first, second):
        grouporders.choose(participant=participant, quantities={pack.pk: 3}, at=world.now)
    close_group_order(group_order=group_order, by=clerk, at=world.now)
    first.allowance.refresh_from_db()
    assert first.allowance.held == yuan(270)  # six tins reach the tier of ¥90

    reopen(group_order=group_order, closes_at=world.now + timedelta(days=1), by=clerk, at=world.now)
    first.allowance.refresh_from_db()
    assert first.allowance.held == yuan(300)
    grouporders.choose(participant=second, quantities={pack.pk: 1}, at=world.now)
    close_group_order(group_order=group_order, by=clerk, at=world.now)

    prices = ChoiceLine.objects.filter(choice__replaced_at=None).values_list("unit_price", flat=True)
    assert set(prices) == {yuan(100)}
    assert request_from_group_order(group_order=group_order, by=clerk, at=world.now).amount == yuan(400)

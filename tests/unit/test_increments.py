"""Many counters move in one statement, each by its own steps."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from marketplace.catalogue.models import Stock
from marketplace.increments import add_to_rows
from tests.factories.world import World


def stocks() -> list[tuple[int, int]]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", "reserved"))


def test_every_row_moves_by_its_own_steps(world: World, django_assert_num_queries: object) -> None:
    changes = {world.tea_pack.pk: (-3, 2), world.rice_pack.pk: (4, 0), 10**9: (1, 1)}
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        add_to_rows(Stock, key="pack_id", columns=["on_hand", "reserved"], changes=changes)
    assert stocks() == [(47, 2), (104, 0)]


def test_a_constraint_that_refuses_one_row_refuses_all(world: World) -> None:
    changes = {world.tea_pack.pk: (0, 1), world.rice_pack.pk: (0, 101)}
    with pytest.raises(IntegrityError), transaction.atomic():
        add_to_rows(Stock, key="pack_id", columns=["on_hand", "reserved"], changes=changes)
    assert stocks() == [(50, 0), (100, 0)]


def test_nothing_to_add_asks_nothing(world: World, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # pytest-django's fixture
        add_to_rows(Stock, key="pack_id", columns=["on_hand"], changes={})

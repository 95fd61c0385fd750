"""Prices of a comparable weight, notices before a last day, and licence numbers: arithmetic alone."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from marketplace.catalogue.certificates import due_notice
from marketplace.catalogue.facts import JIN, KILOGRAM, price_per
from marketplace.catalogue.harvests import plan_problem
from marketplace.catalogue.sc_numbers import has_check_digit, sc_class
from marketplace.money import Money, yuan

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("fen", "net", "grams", "expected"),
    [
        (26800, 250, JIN, 53600),
        (4800, 5000, JIN, 480),
        (4800, 5000, KILOGRAM, 960),
        (100, 300, JIN, 167),
        (1, 1000, JIN, 1),
    ],
    ids=["half a pack", "a tenth", "a fifth", "rounded up", "half a fen"],
)
def test_a_price_of_500_grams_or_a_kilogram_is_rounded_half_up(fen: int, net: int, grams: int, expected: int) -> None:
    assert price_per(Money(fen), net, grams) == Money(expected)


def test_without_a_net_weight_there_is_no_price_to_compare() -> None:
    assert price_per(yuan(10), 0, JIN) is None


@pytest.mark.parametrize(
    ("left", "notice"),
    [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, 0), (-400, 0)],
)
def test_the_nearest_notice_is_given_and_none_before_thirty_days(left: int, notice: int | None) -> None:
    assert due_notice(DAY + timedelta(left), DAY) == notice
    assert due_notice(None, DAY) is None


def test_a_licence_says_its_class_and_its_check_digit() -> None:
    assert (sc_class("SC11434152300017"), has_check_digit("SC11434152300017")) == ("114", True)
    assert (sc_class("sc11434152300018"), has_check_digit("SC11434152300018")) == ("114", False)
    assert (sc_class("QS340000000000"), has_check_digit("QS340000000000")) == ("", False)


def test_days_of_a_harvest_that_contradict_each_other_are_named() -> None:
    names = ("harvest_from", "harvest_until", "advance_from", "advance_until", "ships_from", "ships_until")
    fits = dict(zip(names, [DAY + timedelta(n) for n in (20, 30, 0, 10, 22, 40)], strict=True))
    assert plan_problem(SimpleNamespace(**fits)) == ""
    assert plan_problem(SimpleNamespace(**fits | {"harvest_until": DAY})) == "harvest_until"
    assert plan_problem(SimpleNamespace(**fits | {"ships_from": DAY})) == "ships_from"
    assert (
        plan_problem(SimpleNamespace(**fits | {"ships_until": DAY + timedelta(5), "ships_from": None})) == "ships_until"
    )

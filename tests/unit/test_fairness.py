"""A price beside its own past and the middle of like goods: exact values, and what holds for any history."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.fairness import (
    FEWEST,
    Level,
    Market,
    Past,
    Priced,
    levels,
    lowest_of,
    market,
    middle,
    past,
    per_weight,
    percent_above,
)
from marketplace.plots import BASE, step_line

TODAY = date(2026, 11, 23)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("price", "grams", "expected"),
    [(4800, 5000, 480), (1, 3, 167), (2, 3, 333), (100, 0, None)],
    ids=["whole", "rounded up", "rounded down", "no weight"],
)
def test_a_weight_is_rounded_half_up(price: int, grams: int, expected: int | None) -> None:
    assert per_weight(price, grams) == expected


def test_the_cheapest_offered_pack_is_compared_and_packs_without_a_weight_are_left_out() -> None:
    packs = [
        Priced(TODAY, 1, 500, 500),
        Priced(TODAY, 2, 900, 1000),
        Priced(TODAY, 3, 1, 0),
        Priced(TODAY, 4, 100, 1000, is_offered=False),
    ]
    assert lowest_of(packs, by_weight=True) == 450
    assert lowest_of(packs, by_weight=False) == 1
    assert lowest_of([], by_weight=True) is None


def test_levels_follow_each_pack_and_skip_days_on_which_nothing_to_compare_moved() -> None:
    changes = [
        Priced(ago(90), 1, 500, 500),
        Priced(ago(60), 2, 1200, 1000),  # dearer by weight: no new level
        Priced(ago(30), 1, 400, 500),
        Priced(ago(10), 1, 400, 500, is_offered=False),
    ]
    assert levels(changes, by_weight=True) == [Level(ago(90), 500), Level(ago(30), 400), Level(ago(10), 600)]


def test_the_last_of_several_changes_on_a_day_counts() -> None:
    changes = [Priced(ago(5), 1, 500, 500), Priced(ago(5), 1, 450, 500)]
    assert levels(changes, by_weight=True) == [Level(ago(5), 450)]


def test_what_held_within_a_year_counts_though_it_began_before() -> None:
    history = [Level(ago(900), 100), Level(ago(800), 900), Level(ago(200), 500)]
    assert past(history, on=TODAY) == Past(now=500, since=ago(200), lowest=500, highest=900, previous=900)


def test_a_price_that_never_moved_has_no_one_before() -> None:
    assert past([Level(ago(500), 300)], on=TODAY) == Past(300, ago(500), 300, 300, None)
    assert past([], on=TODAY) is None
    assert past([Level(TODAY + timedelta(1), 300)], on=TODAY) is None


@pytest.mark.parametrize(
    ("price", "others", "expected"),
    [
        (200, [100, 100, 100], Market(3, 100, 100)),
        (95, [100, 90, 110, 100], Market(4, 100, -5)),
        (100, [99, 101, 100], Market(3, 100, 0)),
        (100, [1, 2], None),
    ],
    ids=["double", "below", "as much", "too few"],
)
def test_the_market_is_said_with_how_many_are_compared(price: int, others: list[int], expected: Market | None) -> None:
    assert market(price, others) == expected


fen = st.integers(1, 10**7)


@given(st.lists(fen, min_size=1, max_size=50))
def test_the_middle_has_half_on_either_side(prices: list[int]) -> None:
    found = middle(prices)
    assert min(prices) <= found <= max(prices)
    assert sum(price < found for price in prices) <= len(prices) / 2
    assert sum(price > found for price in prices) <= len(prices) / 2
    assert middle(sorted(prices, reverse=True)) == found


@given(fen, fen)
def test_percents_never_exaggerate(price: int, median: int) -> None:
    percent = percent_above(price, median)
    assert abs(percent) * median <= abs(price - median) * 100 < (abs(percent) + 1) * median
    assert percent <= 0 or price > median


priced = st.builds(
    Priced,
    since=st.integers(0, 900).map(ago),
    pack=st.integers(1, 4),
    price=fen,
    grams=st.sampled_from([0, 250, 500, 5000]),
    is_offered=st.booleans(),
)


@given(st.lists(priced, max_size=20), st.booleans())
def test_any_history_has_levels_in_order_that_differ_and_a_present_between_its_extremes(
    changes: list[Priced], by_weight: bool
) -> None:
    found = levels(sorted(changes, key=lambda row: row.since), by_weight=by_weight)
    assert all(one.since < other.since and one.price != other.price for one, other in pairwise(found))
    known = past(found, on=TODAY)
    assert (known is None) == (not found)
    if known:
        assert known.lowest <= known.now <= known.highest
        assert known.previous is None or known.lowest <= known.previous <= known.highest
        assert known.now == found[-1].price


@given(fen, st.lists(fen, min_size=FEWEST, max_size=30))
def test_a_market_says_below_only_of_what_is_below(price: int, others: list[int]) -> None:
    found = market(price, others)
    assert found is not None
    assert found.count == len(others)
    assert (found.percent < 0) <= (price < found.median)


def test_a_line_begins_at_nothing_and_runs_level_to_the_end() -> None:
    line = step_line([(ago(400), 100), (ago(100), 200)], first=ago(365), last=TODAY)
    assert [step.value for step in line.steps] == [100, 200]
    assert line.steps[0].x == 76
    assert BASE - line.steps[1].y == 2 * (BASE - line.steps[0].y)
    assert line.path.count("H") == 2
    assert line.ticks[0].label == "¥0"


def test_a_line_of_one_day_is_drawn_too() -> None:
    assert step_line([(TODAY, 100)], first=TODAY, last=TODAY).path.startswith("M76.0")

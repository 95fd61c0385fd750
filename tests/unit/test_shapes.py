"""The geometry of the drawn components."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.utils import translation

from marketplace import shapes
from marketplace.money import yuan
from marketplace.templatetags.marketplace_design import season_words


@pytest.mark.parametrize(
    ("months", "runs"),
    [
        ([3, 4, 5], [(3, 5)]),
        ([11, 12, 1, 4], [(11, 1), (4, 4)]),
        ([2, 6, 10], [(2, 2), (6, 6), (10, 10)]),
        ([1, 12], [(12, 1)]),
    ],
    ids=["one run", "over the turn of the year", "single months", "only the turn"],
)
def test_months_are_told_as_runs(months: list[int], runs: list[tuple[int, int]]) -> None:
    assert shapes.month_runs(months) == runs


@pytest.mark.parametrize(
    ("months", "language", "words"),
    [
        ([3, 4, 5, 10], "en", "On offer in March to May, October."),
        ([3, 4, 5, 10], "zh-hans", "三月至五月、十月有货。"),
        ([], "en", "On offer all year."),
        (list(range(1, 13)), "en", "On offer all year."),
    ],
)
def test_the_season_is_said_in_words(months: list[int], language: str, words: str) -> None:
    with translation.override(language):
        assert season_words(months) == words


def test_a_wheel_has_twelve_months_and_marks_those_on_offer_and_this_one() -> None:
    wheel = shapes.wheel([3, 10], current=11)
    assert [piece.month for piece in wheel if piece.is_on] == [3, 10]
    assert [piece.month for piece in wheel if piece.is_now] == [11]
    assert len({piece.path for piece in wheel}) == 12
    assert (wheel[0].x > 0, wheel[0].y < 0) == (True, True)  # January: right of the top


def test_no_months_fill_the_whole_wheel() -> None:
    assert all(piece.is_on for piece in shapes.wheel([]))


def test_shares_lie_side_by_side_and_fill_the_whole() -> None:
    parts = [SimpleNamespace(amount=yuan(amount)) for amount in (50, 30, 20)]
    assert [(one.start, one.width) for one in shapes.shares(parts)] == [(0, 50), (50, 30), (80, 20)]


def test_a_whole_of_nothing_draws_nothing() -> None:
    assert [one.width for one in shapes.shares([SimpleNamespace(amount=yuan(0))])] == [0]


def test_stars_are_rounded_to_halves() -> None:
    assert [star.fill for star in shapes.stars(3.4)] == ["full", "full", "full", "half", "none"]
    assert [star.fill for star in shapes.stars(5)] == ["full"] * 5


def test_every_second_row_of_a_tile_map_is_set_half_a_tile_in() -> None:
    drawn = shapes.tile_map([SimpleNamespace(column=0, row=0), SimpleNamespace(column=1, row=1)])
    assert [(one.x, one.y) for one in drawn.tiles] == [(0, 0), (120, 60)]
    assert (drawn.width, drawn.height) == (200, 120)

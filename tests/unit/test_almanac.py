"""The year's festivals and the county's tiles, as shipped."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.programme.almanac import festivals_from, festivals_of, tile_places


def days(year: int) -> dict[str, date]:
    return {one.name: one.day for one in festivals_of(year)}


def test_the_festivals_of_this_year_stand_on_their_days() -> None:
    assert days(2026) == {
        "元旦": date(2026, 1, 1),
        "春节": date(2026, 2, 17),
        "三八妇女节": date(2026, 3, 8),
        "清明": date(2026, 4, 5),
        "劳动节": date(2026, 5, 1),
        "端午": date(2026, 6, 19),
        "中秋": date(2026, 9, 25),
        "国庆": date(2026, 10, 1),
    }


@pytest.mark.parametrize("year", range(2025, 2031))
def test_the_lunar_days_of_a_year_keep_their_distance(year: int) -> None:
    found = days(year)
    spring = found["春节"]
    assert date(year, 1, 21) <= spring <= date(year, 2, 20)
    # The fifth of the fifth and the fifteenth of the eighth month: whole lunar months later, give or take a leap month.
    assert round((found["端午"] - spring).days / 29.53, 1) in (4.1, 5.2, 4.2, 5.1)
    assert (found["中秋"] - found["端午"]).days in (98, 99, 97, 127, 128)


def test_a_year_without_lunar_days_shows_those_that_are_fixed() -> None:
    assert list(days(2099)) == ["元旦", "三八妇女节", "劳动节", "国庆"]


def test_the_next_festivals_reach_into_the_next_year() -> None:
    assert [one.name for one in festivals_from(date(2026, 11, 24), count=2)] == ["元旦", "春节"]


def test_no_two_townships_stand_on_one_tile() -> None:
    places = tile_places("341523")
    assert len(places) == 22
    assert len(set(places.values())) == 22
    assert tile_places("000000") == {}

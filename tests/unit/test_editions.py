"""Editions of the trading rules: a change is announced for seven days, however it came to be published."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.storefront.editions import Edition, in_force_from, standing

FIRST = Edition(date(2026, 1, 1), date(2026, 1, 1), "first")
SECOND = Edition(date(2026, 6, 15), date(2026, 6, 1), "second")
HASTY = Edition(date(2026, 6, 2), date(2026, 6, 1), "hasty")


def test_the_first_edition_needs_no_notice() -> None:
    assert in_force_from(FIRST, is_first=True) == date(2026, 1, 1)


def test_a_change_holds_from_the_day_it_names_when_that_is_late_enough() -> None:
    assert in_force_from(SECOND, is_first=False) == date(2026, 6, 15)


def test_a_change_published_too_late_waits_for_its_seven_days() -> None:
    assert in_force_from(HASTY, is_first=False) == date(2026, 6, 8)


@pytest.mark.parametrize(
    ("day", "in_force", "coming", "past"),
    [
        (date(2025, 12, 31), None, ["first", "second"], []),
        (date(2026, 6, 1), "first", ["second"], []),
        (date(2026, 6, 14), "first", ["second"], []),
        (date(2026, 6, 15), "second", [], ["first"]),
    ],
    ids=["before all", "announced", "the day before", "on its day"],
)
def test_what_holds_on_a_day(day: date, in_force: str | None, coming: list[str], past: list[str]) -> None:
    found = standing([SECOND, FIRST], on=day)
    assert (found.in_force[1].what if found.in_force else None) == in_force
    assert [edition.what for _day, edition in found.coming] == coming
    assert [edition.what for _day, edition in found.past] == past


def test_two_editions_announced_come_in_their_order() -> None:
    third = Edition(date(2026, 8, 1), date(2026, 6, 2), "third")
    found = standing([third, SECOND, FIRST], on=date(2026, 6, 3))
    assert [(day, edition.what) for day, edition in found.coming] == [
        (date(2026, 6, 15), "second"),
        (date(2026, 8, 1), "third"),
    ]

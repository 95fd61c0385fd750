"""The harvest calendar: what is on offer in which month, with the union festivals of the year laid over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from ..catalogue.edition import edition
from ..catalogue.facets import NAMED
from ..catalogue.tally import Tally, tally_of
from ..parties.actions import office_day
from ..programme.almanac import Festival, festivals_from, festivals_of
from . import linked_data

COMING = 4
YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Month:
    """A column: its number and name, and the festivals that fall into it."""

    number: int
    name: str
    festivals: list[Festival]
    is_now: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """How many listings of a kind of produce are on offer in a month, and the list of them."""

    month: Month
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of produce over the year."""

    name: str
    address: str
    cells: list[Cell]


def calendar(request: HttpRequest) -> HttpResponse:
    """The year as a table. Two statements when the catalogue is counted already."""
    today = office_day(timezone.now())
    years = range(today.year, today.year + YEARS_AHEAD)
    year = next((one for one in years if str(one) == request.GET.get("year")), today.year)
    tally = tally_of(edition())
    months = list(_months(year, today))
    seasonal, always = _rows(tally, months)
    trail = [
        (reverse("marketplace:catalogue"), _("Catalogue")),
        (reverse("marketplace:calendar"), _("Harvest calendar")),
    ]
    context = {
        "year": year,
        "years": years,
        "months": months,
        "rows": seasonal,
        "always": always,
        "coming": [(one, _list(month=str(one.day.month))) for one in festivals_from(today, count=COMING)],
        "linked": [linked_data.breadcrumbs(trail, request)],
    }
    return render(request, "marketplace/storefront/calendar.html", context)


def _months(year: int, today: date) -> Iterator[Month]:
    festivals = festivals_of(year)
    for number, name in MONTHS.items():
        falls = [one for one in festivals if one.day.month == number]
        yield Month(number, str(name), falls, (year, number) == (today.year, today.month))


def _rows(tally: Tally, months: list[Month]) -> tuple[list[Row], list[Row]]:
    """The produce that has a season, by the month it begins in; and what is on offer all year."""
    every, by_month = tally.bits["product"], tally.bits["month"]
    seasonal: list[Row] = []
    always: list[Row] = []
    for slug, bits in every.items():
        counts = [(bits & by_month.get(str(month.number), 0)).bit_count() for month in months]
        has_season = any(count < bits.bit_count() for count in counts)
        (seasonal if has_season else always).append(_row(slug, counts, months, tally))
    return sorted(seasonal, key=_begins), sorted(always, key=lambda row: row.name)


def _row(slug: str, counts: list[int], months: list[Month], tally: Tally) -> Row:
    cells = [
        Cell(month, count, _list(product=slug, month=str(month.number)) if count else "")
        for month, count in zip(months, counts, strict=True)
    ]
    return Row(NAMED["product"].name_of(slug, tally.world), _list(product=slug), cells)


def _begins(row: Row) -> tuple[int, str]:
    """The month the season begins in: on offer then and not the month before."""
    counts = [cell.count for cell in row.cells]
    begins = next((at for at, count in enumerate(counts) if count and not counts[at - 1]), 0)
    return begins, row.name


def _list(**query: Any) -> str:
    return f"{reverse('marketplace:catalogue')}?{urlencode(query)}"

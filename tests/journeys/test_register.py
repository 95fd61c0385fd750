"""The register as a sheet of a month and as lines of a year: the same rows and sums, read once and sent as they come."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.backoffice.register import HEAD
from tests.factories import elsewhere
from tests.factories.ratings import completed
from tests.factories.world import World
from tests.journeys.test_elsewhere_screens import client_of
from tests.journeys.test_odd_input import signed_in

AMOUNT = HEAD.index("金额（元）")


def lines_of(world: World, year: int) -> list[list[str]]:
    answer: Any = client_of(world, "district").get(reverse("marketplace_backoffice:register_lines", args=[year]))
    assert answer.streaming
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def sheet_of(world: World, month: str) -> list[list[Any]]:
    answer = client_of(world, "district").get(reverse("marketplace_backoffice:register", args=[month]))
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]


def test_the_lines_of_a_year_are_those_of_its_sheets(world: World) -> None:
    completed(world, quantity=2)
    elsewhere.confirmed(world, elsewhere.entry(world, channel="832", external_reference="DD88"))
    elsewhere.confirmed(world, elsewhere.helped(world, seller_name="=别家"))
    head, *lines = lines_of(world, 2026)
    sheet = sheet_of(world, "2026-11")[2:]
    assert head == HEAD
    assert len(lines) == len(sheet) == 3 + 4
    for line, row in zip(lines, sheet, strict=True):
        assert all(is_same(*cells) for cells in zip(line[2:], row[2:], strict=True)), (line, row)
    assert lines[0][1] == f"{sheet[0][1]:%Y-%m-%d}"
    assert {line[9] for line in lines} >= {"'=别家"}, "no cell begins a formula"
    assert sum(float(line[AMOUNT]) for line in lines[:3]) == float(lines[3][AMOUNT])
    assert lines_of(world, 2025)[1:] == [
        ["", "", "合计", *[""] * (AMOUNT - 3), "0.00", *[""] * (len(HEAD) - AMOUNT - 1)]
    ]


def is_same(text: str, cell: Any) -> bool:
    """Whether a line's text is a sheet's cell: amounts are numbers there."""
    return float(text) == cell if isinstance(cell, int | float) else text == (cell or "")


@pytest.mark.parametrize(("year", "status"), [(9999, 200), (0, 404), (10000, 404)])
def test_only_a_year_has_a_register(world: World, year: int, status: int) -> None:
    assert signed_in(world, "officer").get(f"/admin/marketplace/register/{year}/lines/").status_code == status

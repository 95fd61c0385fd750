"""What the year and the county look like: union festivals by year, and the tiles of a county's schematic map.

Both are data shipped beside this module; nothing is computed that a calendar office announces.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Festival:
    """A day for which unions give something."""

    name: str
    name_en: str
    day: date

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name


def festivals_of(year: int) -> list[Festival]:
    """The festivals of a year whose day is known, in their order."""
    found = [(row, day) for row in _read("festivals.toml")["festival"] if (day := _day(row, year))]
    return sorted((Festival(row["name"], row["name_en"], day) for row, day in found), key=lambda one: one.day)


def _day(row: dict[str, Any], year: int) -> date | None:
    if "on" in row:
        month, day = row["on"].split("-")
        return date(year, int(month), int(day))
    return next((day for day in row["days"] if day.year == year), None)


def festivals_from(day: date, *, count: int) -> list[Festival]:
    """The next festivals from a day on."""
    coming = [*festivals_of(day.year), *festivals_of(day.year + 1)]
    return [one for one in coming if one.day >= day][:count]


def tile_places(county_code: str) -> dict[str, tuple[int, int]]:
    """Where a county's townships stand on its map, by code: (column, row)."""
    placed = _read("tiles.toml").get(county_code, {})
    return {code: (column, row) for code, (column, row) in placed.items()}


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))

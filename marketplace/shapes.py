"""Geometry of the drawn components: season wheel, share meter, tile map, stars. Pure; ``plots`` holds the bars."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

INNER, OUTER, LABEL = 50.0, 100.0, 76.0
GAP = 0.02  # radians of paper between two months
TILE_WIDTH, TILE_HEIGHT = 80, 60


@dataclass(frozen=True, slots=True)
class Slice:
    """One month of the wheel: its outline, where its number stands, and whether something is on offer."""

    month: int
    path: str
    x: float
    y: float
    is_on: bool
    is_now: bool


def wheel(months: Collection[int], current: int | None = None) -> list[Slice]:
    """Twelve slices, January at the top; no months means all year."""
    return [
        Slice(month, _outline(month), *_at(month - 0.5, LABEL), not months or month in months, month == current)
        for month in range(1, 13)
    ]


def _outline(month: int) -> str:
    (ax, ay), (bx, by) = (_at(month - 1, OUTER, GAP / 2), _at(month, OUTER, -GAP / 2))
    (cx, cy), (dx, dy) = (_at(month, INNER, -GAP), _at(month - 1, INNER, GAP))
    return f"M{ax} {ay}A{OUTER:g} {OUTER:g} 0 0 1 {bx} {by}L{cx} {cy}A{INNER:g} {INNER:g} 0 0 0 {dx} {dy}Z"


def _at(twelfths: float, radius: float, turned: float = 0) -> tuple[float, float]:
    angle = math.tau * twelfths / 12 - math.pi / 2 + turned
    return round(radius * math.cos(angle), 2), round(radius * math.sin(angle), 2)


def month_runs(months: Collection[int]) -> list[tuple[int, int]]:
    """Months as runs, over the turn of the year too: 11, 12, 1, 4 is (11, 1) and (4, 4)."""
    found = [(month, _last_of_run(month, months)) for month in sorted(months) if _before(month) not in months]
    return sorted(found, key=lambda run: run[0] > run[1], reverse=True)


def _before(month: int) -> int:
    return (month - 2) % 12 + 1


def _last_of_run(month: int, months: Collection[int]) -> int:
    while month % 12 + 1 in months:
        month = month % 12 + 1
    return month


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole, from ``start`` on, ``width`` of a hundred wide."""

    part: Any
    start: float
    width: float


def shares(parts: Sequence[Any]) -> Iterator[Share]:
    """Parts (each with an ``amount`` of money) side by side; a whole of nothing draws nothing."""
    whole, passed = sum(max(0, part.amount.amount) for part in parts), 0
    for part in parts:
        own = max(0, part.amount.amount)
        yield Share(part, round(100 * passed / whole, 3) if whole else 0, round(100 * own / whole, 3) if whole else 0)
        passed += own


@dataclass(frozen=True, slots=True)
class Placed:
    """A tile with its corner and the places of its two lines of text."""

    tile: Any
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + (TILE_WIDTH - 4) // 2

    @property
    def name_y(self) -> int:
        return self.y + 24

    @property
    def text_y(self) -> int:
        return self.y + 43


@dataclass(frozen=True, slots=True)
class TileMap:
    """Placed tiles and the size of the drawing."""

    tiles: list[Placed]
    width: int
    height: int


def tile_map(tiles: Sequence[Any]) -> TileMap:
    """Tiles (each with ``column`` and ``row`` from 0) on their grid, every second row set half a tile in."""
    placed = [
        Placed(tile, int(tile.column * TILE_WIDTH + tile.row % 2 * TILE_WIDTH / 2), tile.row * TILE_HEIGHT)
        for tile in tiles
    ]
    return TileMap(
        placed,
        max((one.x + TILE_WIDTH for one in placed), default=TILE_WIDTH),
        max((one.y + TILE_HEIGHT for one in placed), default=TILE_HEIGHT),
    )


@dataclass(frozen=True, slots=True)
class Star:
    """A star at ``x``: ``full``, ``half`` or ``none``."""

    x: int
    fill: str


def stars(value: float) -> list[Star]:
    """Five stars, rounded to halves."""
    halves = round(value * 2)
    fills = ["full" if halves >= 2 * n else "half" if halves == 2 * n - 1 else "none" for n in range(1, 6)]
    return [Star(24 * place, fill) for place, fill in enumerate(fills)]

"""Geometry for the plots, worked out on the server: they print, pass a strict content policy and carry a table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT, LEFT, BASE = 640, 240, 76, 200


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it stands, how high, and what it says; positions in the plot's own units."""

    x: float
    y: float
    width: float
    height: float
    label: str
    label_x: float
    value: int
    series: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the plot with its value in whole major units."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars side by side per label, with ticks."""

    bars: list[Bar]
    ticks: list[Tick]
    labels: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT


def grouped_bars(labels: Sequence[str], series: Sequence[Sequence[int]]) -> Plot:
    """``series`` of minor units, one value per label; negative values are drawn as nothing (the table has them)."""
    top = _nice(max([1, *(value for values in series for value in values)]))
    slot = (WIDTH - LEFT - 8) / max(1, len(labels))
    width = min(46.0, slot * 0.78 / max(1, len(series)))
    bars = []
    for number, values in enumerate(series):
        for place, value in enumerate(values):
            height = max(0.0, value / top * (BASE - 16))
            middle = LEFT + slot * (place + 0.5)
            x = middle + (number - len(series) / 2) * width
            bars.append(Bar(x, BASE - height, width - 2, height, labels[place], middle, value, number))
    ticks = [Tick(BASE - (BASE - 16) * part / 4, _short(top * part // 4)) for part in range(5)]
    every = max(1, len(labels) // 12 + (len(labels) % 12 > 0 and len(labels) > 12))
    marks = [(LEFT + slot * (i + 0.5), label) for i, label in enumerate(labels) if i % every == 0]
    return Plot(bars, ticks, marks)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a line begins to run level, and what it says there."""

    x: float
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class StepLine:
    """A value over time that jumps: the outline of the line, its steps, ticks, and the days below."""

    path: str
    steps: list[Step]
    ticks: list[Tick]
    days: list[tuple[float, date, str]]  # position, day, and where the text is anchored
    width: int = WIDTH
    height: int = HEIGHT


def step_line(values: Sequence[tuple[date, int]], *, first: date, last: date) -> StepLine:
    """Values in minor units, each from its day on, between two days; the scale begins at nothing, so no step looks larger.

    What began before ``first`` is drawn from there.
    """
    span, width = max(1, (last - first).days), WIDTH - LEFT - 16
    top = _nice(max([1, *(value for _day, value in values)]))
    steps = [
        Step(LEFT + width * max(0, (day - first).days) / span, BASE - value / top * (BASE - 16), value)
        for day, value in values
    ]
    begin = [f"M{step.x:.1f} {step.y:.1f}" for step in steps[:1]]
    jumps = [f"H{step.x:.1f}V{step.y:.1f}" for step in steps[1:]]
    path = "".join([*begin, *jumps, f"H{LEFT + width:.1f}"]) if steps else ""
    ticks = [Tick(BASE - (BASE - 16) * part / 4, _short(top * part // 4)) for part in range(5)]
    middle = first + (last - first) / 2
    days = [(float(LEFT), first, "start"), (LEFT + width / 2, middle, "middle"), (float(LEFT + width), last, "end")]
    return StepLine(path, steps, ticks, days)


def _nice(value: int) -> int:
    unit = 1
    while unit * 10 <= value:
        unit *= 10
    return next(unit * step for step in (1, 2, 4, 5, 8, 10) if unit * step >= value)


def _short(minor: int) -> str:
    major = minor / 100
    return f"¥{major:,.0f}" if major >= 10 or major == 0 else f"¥{major:,.2f}"

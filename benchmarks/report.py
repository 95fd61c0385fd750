"""Figures of one run, as ratios, beside the aims they were measured for. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Aim:
    """One line of the table: what was found, and the bound it is held to (``None``: only told)."""

    name: str
    found: float
    bound: float | None = None
    at_least: bool = False
    unit: str = "×"

    @property
    def verdict(self) -> str:
        """``met``, ``not met``, or nothing where there is no bound."""
        if self.bound is None:
            return ""
        is_met = self.found >= self.bound if self.at_least else self.found <= self.bound
        return "met" if is_met else "NOT MET"

    def row(self) -> tuple[str, str, str, str]:
        """Name, figure, aim and verdict, for the table."""
        sign = "≥" if self.at_least else "≤"
        aim = "" if self.bound is None else f"{sign} {_short(self.bound)} {self.unit}"
        return self.name, f"{_short(self.found)} {self.unit}", aim, self.verdict


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


@dataclass
class Report:
    """What was measured, row by row, and the aims at its end."""

    heading: str
    rows: list[tuple[str, ...]] = field(default_factory=list)
    aims: list[Aim] = field(default_factory=list)

    def text(self) -> str:
        """All of it as aligned text."""
        parts = [self.heading, table(self.rows)]
        if self.aims:
            parts += ["", table([("ratio or figure", "found", "aim", ""), *(aim.row() for aim in self.aims)])]
        return "\n".join(parts) + "\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned, the first to the left, the others to the right; wide characters count as two."""
    if not rows:
        return ""
    widths = [max(width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join("  ".join(_cell(cell, widths[place], place) for place, cell in enumerate(row)) for row in rows)


def _cell(text: str, wide: int, place: int) -> str:
    space = " " * (wide - width(text))
    return text + space if place == 0 else space + text


def width(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0–1) of them lie, by the nearest rank; of none it is an error."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)

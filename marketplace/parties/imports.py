"""A member roster as a file: reading its rows and planning what they change. Pure.

Meets real office files with sense: a title above the header, merged cells,
full-width digits, stray spaces, formulas, dates as text, the same name twice.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

COLUMNS = {
    "name": ("姓名", "名字", "会员姓名", "name"),
    "department": ("部门", "科室", "所在部门", "department"),
    "staff_number": ("工号", "会员编号", "职工号", "编号", "staffnumber", "staffno"),
    "phone": ("手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"),
    "joined_on": ("入会日期", "入会时间", "在册日期", "joinedon", "ontherollfrom"),
}
HEADER_ROWS_SEARCHED = 10
# What the library says of files that are no workbook, are cut off, or hold no sheet of cells.
UNREADABLE = (
    InvalidFileException, BadZipFile, KeyError, ValueError, OSError, SyntaxError, AttributeError, IndexError, TypeError,
    EOFError,
)  # fmt: skip


class Unreadable(ValueError):
    """The file as a whole is no roster; ``reason`` is a code: not_xlsx, no_header, no_rows, too_many_rows."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the file has them; ``line`` is the sheet's row number, ``problem`` a code or ''."""

    line: int
    name: str = ""
    department: str = ""
    staff_number: str = ""
    phone: str = ""
    joined_on: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class OnRoll:
    """A member already known, as the plan needs to know them."""

    pk: int
    name: str
    department: str
    staff_number: str
    phone: str
    joined_on: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What one row does: new, changed, unchanged, left or refused, with what differs or why."""

    outcome: str
    row: RosterRow
    member_pk: int | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes of a roster, in the file's order, those who left at the end."""

    changes: tuple[Change, ...] = field(default=())

    def of(self, outcome: str) -> list[Change]:
        """The changes with this outcome."""
        return [change for change in self.changes if change.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each outcome."""
        tally = Counter(change.outcome for change in self.changes)
        return {name: tally[name] for name in ("new", "changed", "unchanged", "left", "refused")}

    @property
    def digest(self) -> str:
        """A fingerprint: the same digest means the same effect on the roll."""
        body = json.dumps([asdict(change) for change in self.changes], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()


def tidy(value: Any) -> str:
    """A cell as plain text: half-width, single spaces, no spaces inside a Chinese name, whole numbers bare."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = " ".join(unicodedata.normalize("NFKC", str(value)).split())
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the headings: its number, its cells by column, and whether a formula in it has no stored value."""

    line: int
    cells: dict[str, Any]
    is_uncalculated: bool


def read_rows(content: bytes, *, limit: int) -> list[RosterRow]:
    """The people in an XLSX file; ``Unreadable`` when it is none, has no header, no rows or over ``limit``."""
    return [_row(row) for row in read_sheet(content, columns=COLUMNS, needed="name", limit=limit)]


def read_sheet(content: bytes, *, columns: Mapping[str, Sequence[str]], needed: str, limit: int) -> list[SheetRow]:
    """The rows of an XLSX file's first sheet, by columns (name → accepted headings), of which ``needed`` must be there."""
    try:
        values = load_workbook(io.BytesIO(content), data_only=True)
        formulas = load_workbook(io.BytesIO(content), data_only=False)
        grid = _grid(values.worksheets[0])
        raw = [[cell.value for cell in row] for row in formulas.worksheets[0].iter_rows()]
    except UNREADABLE as problem:
        raise Unreadable("not_xlsx") from problem
    header, places = _header(grid, columns, needed)
    rows = [
        SheetRow(
            index + 1, {name: grid[index][i] for name, i in places.items()}, _lacks(grid[index], raw[index], places)
        )
        for index in range(header + 1, len(grid))
        if any(tidy(cell) for cell in grid[index]) or _has_formula(raw[index])
    ]
    if not rows:
        raise Unreadable("no_rows")
    if len(rows) > limit:
        raise Unreadable("too_many_rows")
    return rows


def _grid(sheet: Any) -> list[list[Any]]:
    grid = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for block in sheet.merged_cells.ranges:
        value = grid[block.min_row - 1][block.min_col - 1]
        for row in range(block.min_row - 1, block.max_row):
            for column in range(block.min_col - 1, block.max_col):
                grid[row][column] = value
    return grid


def _header(grid: list[list[Any]], columns: Mapping[str, Sequence[str]], needed: str) -> tuple[int, dict[str, int]]:
    for index, row in enumerate(grid[:HEADER_ROWS_SEARCHED]):
        headings = [_spellings(cell) for cell in row]
        found = {
            column: places[0]
            for column, accepted in columns.items()
            if (places := [i for i, spellings in enumerate(headings) if not spellings.isdisjoint(accepted)])
        }
        if needed in found and len(set(found.values())) == len(found):
            return index, found
    raise Unreadable("no_header")


def _spellings(cell: Any) -> set[str]:
    """A heading without what stands in brackets or after a star: written together, and its first word alone."""
    text = re.sub(r"[*（(].*$", "", tidy(cell).lower()).replace("_", " ").strip()
    return {text.replace(" ", ""), text.split(" ")[0]}


def _has_formula(row: Iterable[Any]) -> bool:
    return any(isinstance(cell, str) and cell.startswith("=") for cell in row)


def _lacks(cells: Sequence[Any], raw: Sequence[Any], places: dict[str, int]) -> bool:
    return any(isinstance(raw[i], str) and raw[i].startswith("=") and cells[i] is None for i in places.values())


def _row(row: SheetRow) -> RosterRow:
    found = {column: tidy(cell) for column, cell in row.cells.items() if column != "joined_on"}
    found["phone"] = re.sub(r"[\s-]", "", found.get("phone", ""))
    found["staff_number"] = found.get("staff_number", "").replace(" ", "")
    joined, date_is_bad = read_day(row.cells.get("joined_on"))
    problem = _problem(found, row.is_uncalculated, date_is_bad)
    return RosterRow(line=row.line, joined_on=joined, problem=problem, **found)


def _problem(found: dict[str, str], uncalculated: bool, date_is_bad: bool) -> str:
    if uncalculated:
        return "formula"
    if not found["name"]:
        return "no_name"
    if len(found["name"]) > 60 or len(found.get("department", "")) > 80 or len(found["staff_number"]) > 30:
        return "too_long"
    if found["phone"] and not re.fullmatch(r"\+?[0-9]{6,19}", found["phone"]):
        return "phone"
    return "date" if date_is_bad else ""


def read_day(value: Any) -> tuple[str, bool]:
    """A cell as an ISO day ('' for none), and whether it holds something that is no day."""
    if isinstance(value, datetime):
        return value.date().isoformat(), False
    if isinstance(value, date):
        return value.isoformat(), False
    numbers = re.findall(r"\d+", tidy(value))
    if not numbers:
        return "", bool(tidy(value))
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    try:
        year, month, day = (int(number) for number in [*numbers, "1", "1"][:3])
        return date(year, month, day).isoformat(), False
    except (ValueError, OverflowError):
        return "", True


def plan(rows: Sequence[RosterRow], roll: Sequence[OnRoll], *, is_complete: bool) -> Plan:
    """What ``rows`` would do to ``roll``; with ``is_complete`` whoever is missing has left."""
    claimed: dict[int, int] = {}
    newcomers: dict[tuple[str, ...], int] = {}
    changes = [_change(row, roll, claimed, newcomers) for row in rows]
    if is_complete and not any(change.outcome == "refused" for change in changes):
        changes += [
            Change("left", RosterRow(0, m.name, m.department, m.staff_number, m.phone), m.pk)
            for m in roll
            if m.pk not in claimed and not m.has_left
        ]
    return Plan(tuple(changes))


def _change(
    row: RosterRow, roll: Sequence[OnRoll], claimed: dict[int, int], newcomers: dict[tuple[str, ...], int]
) -> Change:
    if row.problem:
        return Change("refused", row, problem=row.problem)
    matches = _matches(row, roll)
    if len(matches) > 1:
        return Change("refused", row, problem="ambiguous")
    if not matches:
        return _newcomer(row, newcomers)
    member = matches[0]
    if member.pk in claimed:
        return Change("refused", row, member.pk, problem="repeated")
    claimed[member.pk] = row.line
    differences = _differences(row, member)
    if row.staff_number and row.staff_number != member.staff_number and not _newly(row, newcomers):
        return Change("refused", row, member.pk, problem="repeated")
    return Change("changed" if differences else "unchanged", row, member.pk, differences)


def _newly(row: RosterRow, newcomers: dict[tuple[str, ...], int]) -> bool:
    """Whether no other row of the file brings this staff number to the roll; it is taken from now on."""
    return newcomers.setdefault(("number", row.staff_number), row.line) == row.line


def _newcomer(row: RosterRow, newcomers: dict[tuple[str, ...], int]) -> Change:
    key = ("number", row.staff_number) if row.staff_number else ("name", row.name, row.phone)
    if key in newcomers:
        return Change("refused", row, problem="repeated")
    newcomers[key] = row.line
    return Change("new", row)


def _matches(row: RosterRow, roll: Sequence[OnRoll]) -> list[OnRoll]:
    if row.staff_number:
        by_number = [m for m in roll if m.staff_number == row.staff_number]
        return by_number or [m for m in roll if not m.staff_number and m.name == row.name and m.phone == row.phone]
    same_name = [m for m in roll if m.name == row.name]
    if len(same_name) > 1 and row.phone:
        return [m for m in same_name if m.phone == row.phone]
    if len(same_name) == 1 and row.phone and same_name[0].phone not in ("", row.phone):
        return []
    return same_name


def _differences(row: RosterRow, member: OnRoll) -> tuple[tuple[str, str, str], ...]:
    found = [
        (name, getattr(member, name), getattr(row, name))
        for name in ("name", "department", "staff_number", "phone", "joined_on")
        if getattr(row, name) and getattr(row, name) != getattr(member, name)
    ]
    if member.has_left:
        found.append(("on_roll", "no", "yes"))
    return tuple(found)

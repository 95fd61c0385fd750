"""Spreadsheets out: readable file names, a bold head, sensible widths, and no cell that starts a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, repeat
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from .money import Money

SENT_AT_ONCE = 500  # lines of a stream
MEASURED = 500  # rows by which the columns get their widths
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(value: Any) -> Any:
    """A cell's value: amounts as numbers, and text that a spreadsheet would take for a formula kept as text."""
    if isinstance(value, Money):
        return value.decimal
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its title, a head, and rows of cells."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]

    @property
    def labelled(self) -> list[list[tuple[str, Any]]]:
        """The rows with each cell beside its heading, for a narrow screen."""
        return [list(zip(map(str, self.head), row, strict=True)) for row in self.rows]


def make_workbook(
    title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, above: Sequence[str] = ()
) -> bytes:
    """One sheet with lines ``above``, a head and rows, as the bytes of an XLSX file."""
    return make_book([Table(title, head, rows)], above=above)


def make_book(tables: Sequence[Table], *, above: Sequence[str] = ()) -> bytes:
    """A sheet for each table, as the bytes of an XLSX file."""
    book = Workbook(write_only=True)  # a row is written when it is there, and forgotten
    for table in tables:
        sheet = book.create_sheet(re.sub(r"[\\\\/*?:\[\]]", " ", table.title)[:31])
        _fill(sheet, table.head, table.rows, above)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Any, head: Sequence[str], rows: Iterable[Sequence[Any]], above: Sequence[str]) -> None:
    rows, first = iter(rows), len(above) + 1
    begun = list(islice(rows, MEASURED))
    for place, width in enumerate(_widths(head, begun), 1):
        sheet.column_dimensions[get_column_letter(place)].width = min(60, max(8, width + 2))
    sheet.freeze_panes = f"A{first + 1}"
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{first}:{first}"
    for line in above:
        sheet.append([safe(line)])
    sheet.append([_heading(sheet, str(cell)) for cell in head])
    for row in chain(begun, rows):
        sheet.append([_amount(sheet, cell) if isinstance(cell, Money) else safe(cell) for cell in row])


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8F1EA")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _amount(sheet: Any, amount: Money) -> Any:
    cell = WriteOnlyCell(sheet, amount.decimal)
    cell.number_format = "#,##0.00"
    return cell


def _widths(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """How wide each column has to be for its heading and the rows that are measured."""
    columns = zip(*rows, strict=True) if rows else repeat(())
    return [
        max([len(str(cell)) * 2, *(_width(safe(value)) for value in column)])
        for cell, column in zip(head, columns, strict=False)
    ]


def _width(value: Any) -> int:
    return sum(2 if ord(character) > 255 else 1 for character in str(value))


def workbook_response(
    filename: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], *, above: Sequence[str] = ()
) -> HttpResponse:
    """The workbook as a download whose Chinese name every browser can read."""
    return file_response(filename, make_workbook(title, head, rows, above=above))


def lines_response(filename: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Rows as CSV, sent while they are made, marked as UTF-8 so that spreadsheets read the Chinese."""
    response = StreamingHttpResponse(_csv(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename=\"download.csv\"; filename*=UTF-8''{quote(filename)}"
    return response


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    written = io.StringIO("\ufeff", newline="")
    written.seek(0, io.SEEK_END)
    writer = csv.writer(written)
    writer.writerow(head)
    for number, row in enumerate(rows):
        writer.writerow([safe(cell) for cell in row])
        if number % SENT_AT_ONCE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def file_response(filename: str, content: bytes) -> HttpResponse:
    """The bytes of a workbook as a download whose Chinese name every browser can read."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"download.xlsx\"; filename*=UTF-8''{quote(filename)}"
    return response

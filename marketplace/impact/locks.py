"""The one upsert that adds to totals.

A step may post more than once, so sorting the rows of one statement is not enough to keep two steps from waiting in a
circle: on PostgreSQL the first statement of a transaction takes one lock for all totals, held until it commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from .attribution import TotalKey

TOTALS = 0x4A44  # the advisory lock's number; nobody else's in this database
COLUMNS = (
    "%s::varchar[], %s::varchar[], %s::date[], %s::varchar[], %s::varchar[], %s::varchar[], %s::bigint[], %s::bigint[]"
)
ROWS_PER_STATEMENT = 4000  # 8 values each, below SQLite's 32,766


def add_to_totals(deltas: Sequence[tuple[TotalKey, int, int]]) -> None:
    """Add each (key, amount, quantity) to its total, making the row when it is new; one statement."""
    rows = [(*place, amount, quantity) for place, amount, quantity in deltas]
    with connection.cursor() as cursor:
        _lock_totals(cursor)
        for start in range(0, len(rows), ROWS_PER_STATEMENT):
            given, parameters = _given(rows[start : start + ROWS_PER_STATEMENT])
            cursor.execute(
                "INSERT INTO marketplace_impacttotal "
                "(dimension, key, month, measure, mode, channel, amount, quantity) "
                f"{given} ON CONFLICT (dimension, key, month, measure, mode, channel) DO UPDATE SET "
                "amount = marketplace_impacttotal.amount + excluded.amount, "
                "quantity = marketplace_impacttotal.quantity + excluded.quantity",
                parameters,
            )


def _given(rows: Sequence[tuple[Any, ...]]) -> tuple[str, list[Any]]:
    """The rows as a source for INSERT: eight arrays on PostgreSQL, where hundreds of marks take longer to read than to run."""
    if connection.vendor == "postgresql":
        return f"SELECT * FROM UNNEST({COLUMNS})", [list(column) for column in zip(*rows, strict=True)]
    marks = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    return f"VALUES {marks}", [value for row in rows for value in row]


def _lock_totals(cursor: CursorWrapper) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TOTALS])

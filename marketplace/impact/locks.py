"""The one upsert that adds to totals.

A step may post more than once, so sorting the rows of one statement is not enough to keep two steps from waiting in a
circle: on PostgreSQL the first statement of a transaction takes one lock for all totals, held until it commits.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from .attribution import TotalKey

TOTALS = 0x4A44  # the advisory lock's number; nobody else's in this database
ROWS_PER_STATEMENT = 4000  # 8 values each, below SQLite's 32,766


def add_to_totals(deltas: Sequence[tuple[TotalKey, int, int]]) -> None:
    """Add each (key, amount, quantity) to its total, making the row when it is new; one statement."""
    with connection.cursor() as cursor:
        _lock_totals(cursor)
        for start in range(0, len(deltas), ROWS_PER_STATEMENT):
            rows = deltas[start : start + ROWS_PER_STATEMENT]
            values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(rows))
            cursor.execute(
                "INSERT INTO marketplace_impacttotal "
                "(dimension, key, month, measure, mode, channel, amount, quantity) "
                f"VALUES {values} ON CONFLICT (dimension, key, month, measure, mode, channel) DO UPDATE SET "
                "amount = marketplace_impacttotal.amount + excluded.amount, "
                "quantity = marketplace_impacttotal.quantity + excluded.quantity",
                [value for place, amount, quantity in rows for value in (*place, amount, quantity)],
            )


def _lock_totals(cursor: CursorWrapper) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TOTALS])

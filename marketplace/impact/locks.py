"""The one upsert that adds to totals. Rows come sorted by key, so that writers never wait in a circle."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from .attribution import TotalKey

ROWS_PER_STATEMENT = 4000  # 6 values each, below SQLite's 32,766


def add_to_totals(deltas: Sequence[tuple[TotalKey, int, int]]) -> None:
    """Add each (key, amount, quantity) to its total, making the row when it is new; one statement."""
    with connection.cursor() as cursor:
        for start in range(0, len(deltas), ROWS_PER_STATEMENT):
            rows = deltas[start : start + ROWS_PER_STATEMENT]
            values = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
            cursor.execute(
                "INSERT INTO marketplace_impacttotal (dimension, key, month, measure, amount, quantity) "
                f"VALUES {values} ON CONFLICT (dimension, key, month, measure) DO UPDATE SET "
                "amount = marketplace_impacttotal.amount + excluded.amount, "
                "quantity = marketplace_impacttotal.quantity + excluded.quantity",
                [value for place, amount, quantity in rows for value in (*place, amount, quantity)],
            )

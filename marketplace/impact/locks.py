"""The one upsert that adds to totals.

A step may post more than once, so sorting the rows of one statement is not enough to keep two steps from waiting in a
circle: on PostgreSQL the first statement of a transaction takes one lock for all totals, held until it commits.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.backends.utils import CursorWrapper

from ..rows import as_text, selection
from .attribution import TotalKey
from .models import ImpactTotal

TOTALS = 0x4A44  # the advisory lock's number; nobody else's in this database
COLUMNS = ("dimension", "key", "month", "measure", "mode", "channel", "amount", "quantity")


def add_to_totals(deltas: Sequence[tuple[TotalKey, int, int]]) -> None:
    """Add each (key, amount, quantity) to its total, making the row when it is new; one statement."""
    with connection.cursor() as cursor:
        _lock_totals(cursor)
        cursor.execute(
            f"INSERT INTO marketplace_impacttotal ({', '.join(COLUMNS)}) {selection(ImpactTotal, COLUMNS)} "
            f"ON CONFLICT ({', '.join(COLUMNS[:6])}) DO UPDATE SET "
            "amount = marketplace_impacttotal.amount + excluded.amount, "
            "quantity = marketplace_impacttotal.quantity + excluded.quantity",
            [as_text([(*place, amount, quantity) for place, amount, quantity in deltas])],
        )


def _lock_totals(cursor: CursorWrapper) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TOTALS])

"""Adding to counters of many rows in one statement; check constraints stand behind it.

Django would write it as one ``CASE`` of as many branches as rows for each column, and takes a time that grows
with their square to build it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection, models

ROWS_PER_STATEMENT = 5000  # a few values each, below SQLite's 32,766


def add_to_rows(
    model: type[models.Model], *, key: str, columns: Sequence[str], changes: Mapping[int, Sequence[int]]
) -> None:
    """Add to ``columns`` of the rows whose ``key`` column has the value: value → one whole number per column.

    Lock the rows in primary-key order before, or two such statements may wait for each other.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    given = ", ".join(f"step_{number}" for number in range(len(columns)))
    names = [connection.ops.quote_name(column) for column in columns]
    where = connection.ops.quote_name(key)
    sets = ", ".join(f"{name} = {table}.{name} + given.step_{number}" for number, name in enumerate(names))
    rows = sorted(changes.items())
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_PER_STATEMENT):
            part = rows[start : start + ROWS_PER_STATEMENT]
            marks = ", ".join([f"({', '.join(['%s'] * (len(columns) + 1))})"] * len(part))
            cursor.execute(
                f"WITH given (given_key, {given}) AS (VALUES {marks}) "
                f"UPDATE {table} SET {sets} FROM given WHERE {table}.{where} = given.given_key",
                [value for pk, steps in part for value in (pk, *steps)],
            )

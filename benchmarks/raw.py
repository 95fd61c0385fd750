"""The plain limit of placing: the same rows in set-based statements by hand, without a rule, a name or a check.

Tables of their own, written to disk like the others: ten orders with twenty lines, their stock, journal, postings, effects,
invoice and log, and as many totals as one placing moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TABLES = {
    "document": "id {key}, kind int, at {time}, label varchar(80), amount bigint",
    "line": "id {key}, document_id int, pack int, quantity int, price bigint, label varchar(80)",
    "stock": "pack int PRIMARY KEY, on_hand int, reserved int",
    "total": "place int PRIMARY KEY, amount bigint, quantity bigint",
}
TOTALS = 100  # what one placing of twenty lines over ten vendors moves
PACKS = 20


def prepare(cursor: Any, vendor: str) -> None:
    """The tables, empty but for the stock."""
    words = {
        "key": "bigserial PRIMARY KEY" if vendor == "postgresql" else "integer PRIMARY KEY",
        "time": "timestamptz" if vendor == "postgresql" else "datetime",
    }
    for name, columns in TABLES.items():
        cursor.execute(f"DROP TABLE IF EXISTS bench_{name}")
        cursor.execute(f"CREATE TABLE bench_{name} ({columns.format(**words)})")
    cursor.execute("CREATE INDEX bench_line_document ON bench_line (document_id)")
    marks = ", ".join(f"({pack}, 1000000000, 0)" for pack in range(PACKS))
    cursor.execute(f"INSERT INTO bench_stock VALUES {marks}")


def remove(cursor: Any) -> None:
    """No trace of them."""
    for name in TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS bench_{name}")


def placing(atomic: Callable[[], Any], cursor_of: Callable[[], Any], at: Any) -> Callable[[], None]:
    """One transaction in five statements: requisition, orders, invoice, entries and log; lines of each; stock; totals."""
    documents = [(kind, at, f"reference {kind} {n}", 12_300) for kind in range(4) for n in range(10)]
    insert_documents = _insert("bench_document (kind, at, label, amount)", 4, len(documents)) + " RETURNING id"
    insert_lines = _insert("bench_line (document_id, pack, quantity, price, label)", 5, 80)
    stock = ", ".join(["(%s, %s)"] * PACKS)
    take = (
        f"WITH given (pack, step) AS (VALUES {stock}) UPDATE bench_stock SET reserved = bench_stock.reserved + given.step "
        "FROM given WHERE bench_stock.pack = given.pack"
    )
    add = _insert("bench_total (place, amount, quantity)", 3, TOTALS) + (
        " ON CONFLICT (place) DO UPDATE SET amount = bench_total.amount + excluded.amount, "
        "quantity = bench_total.quantity + excluded.quantity"
    )

    def step() -> None:
        with atomic(), cursor_of() as cursor:
            cursor.execute("SELECT pack FROM bench_stock ORDER BY pack" + _for_update(cursor))
            cursor.fetchall()
            cursor.execute(take, [value for pack in range(PACKS) for value in (pack, 1)])
            cursor.execute(insert_documents, [value for row in documents for value in row])
            pks = [pk for (pk,) in cursor.fetchall()]
            lines = [(pks[n % 40], n % PACKS, 1, 1230, f"line {n}") for n in range(80)]
            cursor.execute(insert_lines, [value for row in lines for value in row])
            cursor.execute(add, [value for place in range(TOTALS) for value in (place, 1230, 1)])

    return step


def _insert(table: str, columns: int, rows: int) -> str:
    marks = f"({', '.join(['%s'] * columns)})"
    return f"INSERT INTO {table} VALUES {', '.join([marks] * rows)}"


def _for_update(cursor: Any) -> str:
    return " FOR UPDATE" if cursor.db.vendor == "postgresql" else ""

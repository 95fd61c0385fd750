"""Many rows in one statement: given to the database as one JSON text, which it reads as a table.

Django makes an object of every row and a mark of every value; for the hundreds of rows of one step that takes several
times as long as the database needs for them (``docs/adr/0030-rows-of-a-step-are-given-as-one-text.md``). Constraints and triggers stand behind these
statements as behind any other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from .money import Money

Row = TypeVar("Row", bound=models.Model)


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]], *, unless_there: bool = False
) -> list[int]:
    """Write rows (values in the order of ``names``, as attributes are called: ``line_id``); their primary keys, in order.

    Columns not named take the default of their field. No signal is sent and no object is made. ``unless_there`` leaves
    out, with its key, a row that a unique constraint refuses; anything else refused is an ``IntegrityError`` as ever.
    """
    statement, rest = _insertion(connection.vendor, model, tuple(names), unless_there)
    given = [(*row, *rest) for row in rows]
    if not given:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_text(given)])
        return [pk for (pk,) in cursor.fetchall()]


def insert_objects(objects: Sequence[Row]) -> list[Row]:
    """Write objects of one model that somebody goes on with; each knows its primary key afterwards."""
    if not objects:
        return []
    names = _columns_but_key(type(objects[0]))
    for row, pk in zip(objects, insert_rows(type(objects[0]), names, map(attrgetter(*names), objects)), strict=True):
        row.pk, row._state.adding, row._state.db = pk, False, connection.alias
    return list(objects)


def add_to_rows(
    model: type[models.Model], *, key: str, columns: Sequence[str], changes: Mapping[int, Sequence[int]]
) -> None:
    """Add to ``columns`` of the rows whose ``key`` column has the value: value → one whole number per column.

    Check constraints stand behind it. Lock the rows in primary-key order before, or two such statements may wait for
    each other.
    """
    if not changes:
        return
    table, where = _quoted(model._meta.db_table), _quoted(key)
    sets = ", ".join(f"{_quoted(name)} = {table}.{_quoted(name)} + given.{_quoted(name)}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH given AS ({selection(model, (key, *columns))}) "
            f"UPDATE {table} SET {sets} FROM given WHERE {table}.{where} = given.{where}",
            [as_text([(value, *steps) for value, steps in sorted(changes.items())])],
        )


def selection(model: type[models.Model], names: Sequence[str]) -> str:
    """A ``SELECT`` of these columns of the model, in the order of the rows, from its one parameter: what ``as_text`` writes."""
    return _selection(connection.vendor, model, tuple(names))


def as_text(rows: Sequence[tuple[Any, ...]]) -> str:
    """Rows as the one parameter of a ``selection``; ``TypeError`` for what is no column's value."""
    return _write(rows)


_write = json.JSONEncoder(ensure_ascii=False, default=lambda value: _plain(value)).encode


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    if isinstance(value, date):
        return str(connection.ops.adapt_datefield_value(value))
    if isinstance(value, UUID):
        return str(value) if connection.features.has_native_uuid_field else value.hex
    raise TypeError(f"{value!r} is no value of a column")


@lru_cache(maxsize=64)
def _insertion(
    vendor: str, model: type[models.Model], names: tuple[str, ...], unless_there: bool
) -> tuple[str, tuple[Any, ...]]:
    """The statement, and the values of the columns that ``names`` leaves out."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    left_out = [name for name, field in fields.items() if name not in names and not field.primary_key]
    columns = (*names, *left_out)
    quoted = ", ".join(_quoted(fields[name].column) for name in columns)
    conflict = "ON CONFLICT DO NOTHING " if unless_there else ""
    statement = (
        f"INSERT INTO {_quoted(model._meta.db_table)} ({quoted}) {_selection(vendor, model, columns)} {conflict}"
        f"RETURNING {_quoted(fields['id'].column)}"
    )
    return statement, tuple(_constant(fields[name]) for name in left_out)


def _constant(field: models.Field[Any, Any]) -> Any:
    is_made = field.has_default() and callable(field.default)
    if is_made or getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        raise TypeError(f"{field} is made anew for each row: name it")
    return field.get_default()


@lru_cache(maxsize=64)
def _selection(vendor: str, model: type[models.Model], names: tuple[str, ...]) -> str:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if vendor == "postgresql":
        picked = [
            f"(given_rows.item->>{place})::{_kind(fields[name])} AS {_quoted(name)}" for place, name in enumerate(names)
        ]
        source = "jsonb_array_elements(%s) WITH ORDINALITY AS given_rows (item, place)"
        return f"SELECT {', '.join(picked)} FROM {source} ORDER BY given_rows.place"
    picked = [f"json_extract(given_rows.value, '$[{place}]') AS {_quoted(name)}" for place, name in enumerate(names)]
    return f"SELECT {', '.join(picked)} FROM json_each(%s) AS given_rows WHERE true ORDER BY given_rows.key"


def _kind(field: models.Field[Any, Any]) -> str:
    """The column's type without its length: a cast to varchar(10) cuts in silence what the column itself refuses."""
    return str(field.db_type(connection)).partition("(")[0]


@lru_cache(maxsize=64)
def _columns_but_key(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


def _quoted(name: str | None) -> str:
    return str(connection.ops.quote_name(name or ""))

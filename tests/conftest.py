"""What every test may use: a clock that stands still, and a small world made by the real actions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories.world import World, build_world

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture
def now() -> datetime:
    """The moment the test takes place."""
    return NOW


@pytest.fixture
def world(db: Any, now: datetime) -> World:
    """A union, a social organisation, two vendors and an officer, ready to trade."""
    with disable_reference_index_auto_update():  # what refers to what is looked at by nobody here, and costs a third
        return build_world(now)


@pytest.fixture(autouse=True)
def _small_renditions(settings: Any) -> None:
    settings.WAGTAILIMAGES_JPEG_QUALITY = 50


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """No piece of a page is kept from another test's world."""
    caches["fragments"].clear()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked ``pg`` or ``concurrency`` run only where the database is PostgreSQL."""
    is_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
    skip = pytest.mark.skip(reason="runs in the PostgreSQL lane")
    for item in items:
        if not is_postgresql and (item.get_closest_marker("pg") or item.get_closest_marker("concurrency")):
            item.add_marker(skip)


BOOK_GUARDS = {
    "marketplace_posting_not_changed": "BEFORE UPDATE ON marketplace_posting BEGIN"
    " SELECT RAISE(ABORT, 'postings are never changed'); END",
    "marketplace_posting_not_deleted": "BEFORE DELETE ON marketplace_posting BEGIN"
    " SELECT RAISE(ABORT, 'postings are never deleted'); END",
}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let Django empty the book between tests with real commits on SQLite, where emptying is DELETE."""
    if connection.vendor != "sqlite":
        return
    flush = type(connection.ops).sql_flush

    def unguarded_flush(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        drop = [f"DROP TRIGGER IF EXISTS {name}" for name in BOOK_GUARDS]
        make = [f"CREATE TRIGGER {name} {body}" for name, body in BOOK_GUARDS.items()]
        statements = flush(self, style, tables, **kwargs)
        return [*drop, *statements, *make] if "marketplace_posting" in tables else statements

    type(connection.ops).sql_flush = unguarded_flush


@pytest.fixture
def captured_commits(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    """Run what waits for the commit."""
    with django_capture_on_commit_callbacks(execute=True):
        yield

"""What every test may use: a clock that stands still, and a small world made by the real actions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection, transaction
from django.db.migrations.graph import MigrationGraph
from django.utils import translation
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests.factories.world import World, build_world

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture
def now() -> datetime:
    """The moment the test takes place."""
    return NOW


class StandingWorld:
    """The world of all tests that roll back: made once in a transaction around theirs, gone before any other test."""

    made: World | None = None
    blocker: Any = None  # pytest-django's, which opens the database

    def __init__(self) -> None:
        self.around = ExitStack()

    def stand(self, blocker: Any) -> None:
        """Make it, unless it stands."""
        if self.made is None:
            self.blocker = blocker
            with blocker.unblock():
                self.around.enter_context(transaction.atomic())
                with disable_reference_index_auto_update():  # nobody here asks what refers to what; it costs a third
                    self.made = build_world(NOW)

    def fall(self) -> None:
        """Leave nothing of it."""
        if self.made is not None:
            with self.blocker.unblock():
                transaction.set_rollback(True)
                self.around.close()
            self.made = None


STANDING = StandingWorld()


def commits(item: Any) -> bool:
    """Whether the test commits for everybody to see, so that the database is emptied after it."""
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction", False)
    return asked or not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames)


def stands_in_the_world(item: Any) -> bool:
    """Whether the test is one of those that share the standing world."""
    return "world" in item.fixturenames and not commits(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """It falls before any fixture of another test is made, those of whole modules among them."""
    if not stands_in_the_world(item):
        STANDING.fall()


@pytest.fixture(scope="session")
def _nothing_left_standing(django_db_setup: None) -> Iterator[None]:
    yield
    STANDING.fall()


@pytest.fixture(autouse=True, scope="class")  # before the fixtures of functions, the test's own transaction among them
def _standing_world(request: pytest.FixtureRequest) -> None:
    if stands_in_the_world(request.node):
        request.getfixturevalue("_nothing_left_standing")
        STANDING.stand(request.getfixturevalue("django_db_blocker"))


@pytest.fixture
def world(db: Any) -> World:
    """A union, a social organisation, two vendors and an officer, ready to trade."""
    return deepcopy(STANDING.made) or build_world(NOW)


@pytest.fixture(autouse=True)
def _small_renditions(settings: Any) -> None:
    settings.WAGTAILIMAGES_JPEG_QUALITY = 50


@pytest.fixture(autouse=True)
def _first_language() -> None:
    """The language that a request of another test asked for is not this one's."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """No piece of a page is kept from another test's world."""
    caches["fragments"].clear()


def needs_a_database(item: Any) -> bool:
    """Whether the test itself says so, by its fixtures or its markers."""
    asks = not {"db", "transactional_db", "live_server"}.isdisjoint(item.fixturenames)
    return asks or any(item.get_closest_marker(name) for name in ("django_db", "pg", "concurrency"))


@pytest.hookimpl(wrapper=True, tryfirst=True)  # marks before ``-m`` chooses, and sorts after all others have
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Those of the standing world come first; tests marked ``pg`` or ``concurrency`` run only on PostgreSQL."""
    for item in items:
        if not needs_a_database(item):
            item.add_marker("pure")
    yield
    items.sort(key=lambda item: (commits(item), not stands_in_the_world(item)))
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
    "marketplace_pricechange_not_changed": "BEFORE UPDATE ON marketplace_pricechange BEGIN"
    " SELECT RAISE(ABORT, 'price changes are never changed'); END",
    "marketplace_pricechange_not_deleted": "BEFORE DELETE ON marketplace_pricechange BEGIN"
    " SELECT RAISE(ABORT, 'price changes are never deleted'); END",
}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database is made, and emptied between tests with real commits, in the quicker of two ways."""
    libraries_first()
    operations: Any = type(connection.ops)
    operations.sql_flush = {"sqlite": emptying_sqlite, "postgresql": emptying_postgresql}[connection.vendor](
        operations.sql_flush
    )


def libraries_first() -> None:
    """Migrate the libraries before our own apps: they alter models, which takes Django long once ours stand beside them.

    Every database made by ``manage.py migrate`` in a test keeps Django's own order.
    """
    leaves = MigrationGraph.leaf_nodes

    def ordered(self: Any, app: str | None = None) -> list[tuple[str, str]]:
        own = [config.label for config in apps.get_app_configs() if "site-packages" not in config.path]
        return sorted(leaves(self, app), key=lambda leaf: (leaf[0] in own, leaf))

    MigrationGraph.leaf_nodes = ordered  # type: ignore[method-assign]  # what this is for


def emptying_sqlite(flush: Any) -> Any:
    """Emptying is DELETE there, which the book and the price history refuse."""

    def unguarded_flush(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        drop = [f"DROP TRIGGER IF EXISTS {name}" for name in BOOK_GUARDS]
        make = [f"CREATE TRIGGER {name} {body}" for name, body in BOOK_GUARDS.items()]
        statements = flush(self, style, tables, **kwargs)
        return [*drop, *statements, *make] if "marketplace_posting" in tables else statements

    return unguarded_flush


def emptying_postgresql(flush: Any) -> Any:
    """Django truncates all tables, which takes seconds; a test fills a quarter of them, with few rows each."""

    def deleting_flush(self: Any, style: Any, tables: Any, **kwargs: Any) -> list[str]:
        if kwargs.get("reset_sequences"):
            return list(flush(self, style, tables, **kwargs))
        guarded = [name for name in tables if name in ("marketplace_posting", "marketplace_pricechange")]
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables)
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            filled = [name for (name,) in cursor.fetchall() if name not in guarded]
        truncate = [f"TRUNCATE {', '.join(guarded)}"] if guarded else []  # nothing is ever deleted from these
        return [*truncate, *(f'DELETE FROM "{name}"' for name in filled)]  # references are looked at on commit

    return deleting_flush


@pytest.fixture
def captured_commits(django_capture_on_commit_callbacks: Any) -> Iterator[None]:
    """Run what waits for the commit."""
    with django_capture_on_commit_callbacks(execute=True):
        yield

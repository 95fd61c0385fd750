"""Whether the parts that a purchase stands on work: database, migrations, cache, storage, search and the clock.

Each check is a fact in a few words, never a secret, an address or a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ..catalogue.finding import matching
from ..catalogue.models import Listing
from ..files import private_storage
from .clock import is_late


@dataclass(frozen=True, slots=True)
class Part:
    """One part: ``fault`` is '' when it works."""

    name: str
    label: Any
    fault: Any = ""

    @property
    def is_well(self) -> bool:
        return not self.fault


def parts(*, at: datetime, names: tuple[str, ...] = ()) -> list[Part]:
    """The parts of these names, or all of them, looked at now; a check that raises is a fault."""
    chosen = {name: CHECKS[name] for name in names or CHECKS}
    return [Part(name, label, _fault(check, at)) for name, (label, check) in chosen.items()]


def _fault(check: Callable[[datetime], Any], at: datetime) -> Any:
    try:
        return check(at)
    except Exception as problem:  # a part that is broken breaks in its own way
        return _("does not answer (%(problem)s)") % {"problem": type(problem).__name__}


def _database(at: datetime) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations(at: datetime) -> Any:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    sentence = ngettext_lazy("%(count)s migration is not applied", "%(count)s migrations are not applied", waiting)
    return sentence % {"count": waiting} if waiting else ""


def _cache(at: datetime) -> Any:
    key, value = "marketplace-health", token_hex(4)
    cache.set(key, value, 10)
    return "" if cache.get(key) else _("forgets what it is given")


def _storage(storage: Any) -> Any:
    name = storage.save("health.txt", ContentFile(b"ok"))
    with storage.open(name) as written:
        kept = written.read()
    storage.delete(name)
    return "" if kept == b"ok" else _("gives back something else")


def _search(at: datetime) -> Any:
    newest = Listing.objects.published().order_by("-pk").first()
    if newest is None or matching(Listing.objects.filter(pk=newest.pk), newest.title).exists():
        return ""
    return _("does not find the newest listing: run update_index")


def _clock(at: datetime) -> Any:
    return _("is late") if is_late(at=at) else ""


CHECKS: dict[str, tuple[Any, Callable[[datetime], Any]]] = {
    "database": (_("Database"), _database),
    "migrations": (_("Migrations"), _migrations),
    "cache": (_("Cache"), _cache),
    "files": (_("Public files"), lambda at: _storage(default_storage)),
    "private_files": (_("Private files"), lambda at: _storage(private_storage())),
    "search": (_("Search index"), _search),
    "clock": (_("Clock"), _clock),
}
READY = ("database", "migrations", "cache", "clock")  # what is cheap enough to ask every few seconds

"""References printed for people, such as ``PO-2026-7K3F9Q`` and ``INV-2026-000123``.

Invoices and acceptance certificates are counted without gaps, because an office
counts them; everything else only needs to be unique and hard to mistype.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction

from .conf import setting

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8  # characters drawn


class ReferenceCounter(models.Model):
    """The last number given for one prefix and year."""

    prefix = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "marketplace"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="one_counter_per_prefix_and_year")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}: {self.last}"


def local_year(at: datetime) -> int:
    """The calendar year of ``at`` where the office is (Asia/Shanghai unless set otherwise)."""
    return at.astimezone(ZoneInfo(setting("TIME_ZONE"))).year


def unique_references(prefix: str, count: int, *, at: datetime) -> list[str]:
    """``count`` fresh references, unique by chance (30^8) and by the column's constraint."""
    year = local_year(at)
    return [f"{prefix}-{year}-{_drawn()}" for _ in range(count)]


def _drawn() -> str:
    number, drawn = secrets.randbelow(len(ALPHABET) ** LENGTH), ""
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        drawn += ALPHABET[place]
    return drawn


def counted_references(prefix: str, count: int, *, at: datetime) -> list[str]:
    """The next ``count`` numbers without gaps. Take them late: the counter stays locked until commit."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("counted references are taken inside the document's transaction")
    year = local_year(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO marketplace_referencecounter (prefix, year, last) VALUES (%s, %s, %s) "
            "ON CONFLICT (prefix, year) DO UPDATE SET last = marketplace_referencecounter.last + excluded.last "
            "RETURNING last",
            [prefix, year, count],
        )
        last = cursor.fetchone()[0]
    return [f"{prefix}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]

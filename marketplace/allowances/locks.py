"""Conditional updates of allowances: nothing is held or committed beyond what was granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import BigIntegerField, Case, F, Value, When

from ..money import Money
from .models import Allowance


def shift(changes: Mapping[int, tuple[Money, Money]]) -> None:
    """Add (held, committed) to many allowances in one statement; check constraints refuse an overspend.

    The statement's row locks are taken after ``lock_many`` in primary-key order.
    """
    held = [When(pk=pk, then=Value(change[0].amount)) for pk, change in changes.items()]
    committed = [When(pk=pk, then=Value(change[1].amount)) for pk, change in changes.items()]
    zero = Value(0)
    field = BigIntegerField()
    Allowance.objects.filter(pk__in=changes).update(
        held=F("held") + Case(*held, default=zero, output_field=field),
        committed=F("committed") + Case(*committed, default=zero, output_field=field),
    )


def lock_many(pks: Sequence[int]) -> list[Allowance]:
    """The allowances' rows in primary-key order, held until commit."""
    return list(Allowance.objects.select_for_update().filter(pk__in=pks).order_by("pk"))

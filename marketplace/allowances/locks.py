"""Conditional updates of allowances: nothing is held or committed beyond what was granted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..money import Money
from ..rows import add_to_rows
from .models import Allowance


def shift(changes: Mapping[int, tuple[Money, Money]]) -> None:
    """Add (held, committed) to many allowances in one statement; check constraints refuse an overspend.

    The statement's row locks are taken after ``lock_many`` in primary-key order.
    """
    add_to_rows(
        Allowance,
        key="id",
        columns=["held", "committed"],
        changes={pk: (held.amount, committed.amount) for pk, (held, committed) in changes.items()},
    )


def lock_many(pks: Sequence[int]) -> list[Allowance]:
    """The allowances' rows in primary-key order, held until commit."""
    return list(Allowance.objects.select_for_update().filter(pk__in=pks).order_by("pk"))

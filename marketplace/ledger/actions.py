"""Posting to the book: the only way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ..money import Money, total
from ..rows import insert_rows
from .models import Account, JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry to be posted: ``lines`` are (account key, amount), debits positive, summing to zero."""

    source: str
    memo: str
    lines: tuple[tuple[str, Money], ...]


def post(drafts: Sequence[EntryDraft], *, by: Any, at: datetime) -> None:
    """Post all drafts in four statements however many there are.

    Lines of amount zero are left out. ``ValueError`` when a draft does not
    balance; ``IntegrityError`` when a source was posted before.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the book is posted inside the document's transaction")
    drafts = [draft for draft in drafts if any(amount for _key, amount in draft.lines)]
    if not drafts:
        return
    for draft in drafts:
        if total(amount for _key, amount in draft.lines):
            raise ValueError(f"{draft.source} does not balance")
    accounts = _accounts({key for draft in drafts for key, _amount in draft.lines})
    entries = insert_rows(
        JournalEntry,
        ("source", "memo", "posted_at", "posted_by_id"),
        ((draft.source, draft.memo, at, getattr(by, "pk", None)) for draft in drafts),
    )
    insert_rows(
        Posting,
        ("entry_id", "account_id", "amount"),
        (
            (entry, accounts[key], amount)
            for entry, draft in zip(entries, drafts, strict=True)
            for key, amount in draft.lines
            if amount
        ),
    )


def _accounts(keys: set[str]) -> dict[str, int]:
    found = dict(Account.objects.filter(key__in=keys).values_list("key", "pk"))
    if missing := sorted(keys - found.keys()):
        Account.objects.bulk_create([Account(key=key) for key in missing], ignore_conflicts=True)
        found |= dict(Account.objects.filter(key__in=missing).values_list("key", "pk"))
    return found

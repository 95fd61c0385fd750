"""Posting to the book: the only way in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from ..money import Money, total
from .models import Account, JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One entry to be posted: ``lines`` are (account key, amount), debits positive, summing to zero."""

    source: str
    memo: str
    lines: tuple[tuple[str, Money], ...]


def post(drafts: Sequence[EntryDraft], *, by: Any, at: datetime) -> list[JournalEntry]:
    """Post all drafts in four statements however many there are.

    Lines of amount zero are left out. ``ValueError`` when a draft does not
    balance; ``IntegrityError`` when a source was posted before.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("the book is posted inside the document's transaction")
    drafts = [draft for draft in drafts if any(amount for _key, amount in draft.lines)]
    if not drafts:
        return []
    for draft in drafts:
        if total(amount for _key, amount in draft.lines):
            raise ValueError(f"{draft.source} does not balance")
    accounts = _accounts({key for draft in drafts for key, _amount in draft.lines})
    entries = JournalEntry.objects.bulk_create(
        JournalEntry(source=draft.source, memo=draft.memo, posted_at=at, posted_by=by) for draft in drafts
    )
    Posting.objects.bulk_create(
        Posting(entry=entry, account=accounts[key], amount=amount)
        for entry, draft in zip(entries, drafts, strict=True)
        for key, amount in draft.lines
        if amount
    )
    return entries


def _accounts(keys: set[str]) -> dict[str, Account]:
    found = {account.key: account for account in Account.objects.filter(key__in=keys)}
    if missing := sorted(keys - found.keys()):
        Account.objects.bulk_create([Account(key=key) for key in missing], ignore_conflicts=True)
        found |= {account.key: account for account in Account.objects.filter(key__in=missing)}
    return found

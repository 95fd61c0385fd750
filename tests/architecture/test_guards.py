"""The book guards itself: with real commits, either database refuses what would falsify it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F

from marketplace.ledger.actions import EntryDraft, post
from marketplace.ledger.models import Account, JournalEntry, LedgerZero, Posting
from marketplace.money import Money, yuan

pytestmark = pytest.mark.django_db(transaction=True)

Row = tuple[int, int]


@pytest.fixture
def entry(now: datetime) -> JournalEntry:
    """A balanced entry over two accounts, committed."""
    with transaction.atomic():
        lines = (("bank", yuan(5)), ("payable:1", yuan(-5)))
        post([EntryDraft("test:1", "memo", lines)], by=None, at=now)
    return JournalEntry.objects.get(source="test:1")


def raw(statement: str, *values: Any) -> None:
    """One statement past all of our code."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw_entry(source: str, *amounts: int, now: datetime) -> None:
    """An entry with postings of these amounts (fen), written by SQL in one transaction."""
    account = Account.objects.get_or_create(key="bank")[0].pk
    with transaction.atomic():
        raw(
            "INSERT INTO marketplace_journalentry (source, memo, posted_at, balance) VALUES (%s, 'raw', %s, 0)",
            source,
            now,
        )
        pk = JournalEntry.objects.values_list("pk", flat=True).get(source=source)
        for amount in amounts:
            raw(
                "INSERT INTO marketplace_posting (entry_id, account_id, amount) VALUES (%s, %s, %s)",
                pk,
                account,
                amount,
            )


@transaction.atomic
def two_entries(now: datetime) -> None:
    """One that balances, and one that does not."""
    raw_entry("raw:1", 300, -300, now=now)
    raw_entry("raw:2", 300, now=now)


def test_an_entry_that_sums_to_zero_is_kept(now: datetime) -> None:
    raw_entry("raw:1", 300, -100, -200, now=now)
    assert sorted(Posting.objects.values_list("amount", flat=True)) == [Money(-200), Money(-100), Money(300)]


@pytest.mark.parametrize("amounts", [(300,), (300, -299), (1, 1, -1)], ids=["one side", "a fen short", "twice"])
def test_an_entry_that_does_not_sum_to_zero_is_refused_at_commit(now: datetime, amounts: Row) -> None:
    with pytest.raises(IntegrityError):
        raw_entry("raw:1", *amounts, now=now)
    assert not Posting.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_sum_is_asked_at_commit_and_not_before(now: datetime) -> None:
    with transaction.atomic():
        raw_entry("raw:1", 300, now=now)
        assert Posting.objects.count() == 1  # half an entry may stand inside the transaction
        transaction.set_rollback(True)


def test_one_false_entry_takes_the_whole_transaction_with_it(now: datetime) -> None:
    with pytest.raises(IntegrityError):
        two_entries(now)
    assert not JournalEntry.objects.exists()


def test_a_line_added_later_to_a_balanced_entry_is_refused(entry: JournalEntry) -> None:
    account = Account.objects.get(key="bank")
    with pytest.raises(IntegrityError):
        Posting.objects.create(entry=entry, account=account, amount=yuan(1))
    assert Posting.objects.count() == 2


CHANGES: dict[str, Callable[[], Any]] = {
    "update by SQL": lambda: raw("UPDATE marketplace_posting SET amount = amount * 2"),
    "update of nothing but the account": lambda: raw("UPDATE marketplace_posting SET account_id = account_id"),
    "update of both sides": lambda: Posting.objects.update(amount=F("amount") * 2),
    "save of a row": lambda: Posting.objects.first().save(),
    "delete by SQL": lambda: raw("DELETE FROM marketplace_posting"),
    "delete of one row": lambda: Posting.objects.first().delete(),
    "delete of all rows": lambda: Posting.objects.all().delete(),
    "delete of the entry by SQL": lambda: raw("DELETE FROM marketplace_journalentry"),
    "delete of an account by SQL": lambda: raw("DELETE FROM marketplace_account"),
    "another balance": lambda: raw("UPDATE marketplace_journalentry SET balance = 7"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_posted_is_never_changed_or_deleted(entry: JournalEntry, change: str) -> None:
    before = list(Posting.objects.order_by("pk").values())
    with pytest.raises(DatabaseError), transaction.atomic():
        CHANGES[change]()
    assert list(Posting.objects.order_by("pk").values()) == before
    assert JournalEntry.objects.get() == entry
    assert Account.objects.count() == 2


def test_a_source_is_posted_once(entry: JournalEntry, now: datetime) -> None:
    with pytest.raises(IntegrityError):
        raw_entry(entry.source, 100, -100, now=now)
    assert Posting.objects.count() == 2


def test_the_only_permitted_balance_is_zero() -> None:
    assert list(LedgerZero.objects.values_list("pk", flat=True)) == [0]


def test_the_guards_are_what_refuses(entry: JournalEntry) -> None:
    """The negative control: with the guard against changes taken away, the change goes through."""
    name = "marketplace_posting_not_changed"
    on_table = " ON marketplace_posting" if connection.vendor == "postgresql" else ""
    with transaction.atomic():
        raw(f"DROP TRIGGER {name}{on_table}")
        raw("UPDATE marketplace_posting SET amount = amount * 2")
        assert Posting.objects.filter(amount=yuan(10)).count() == 1
        transaction.set_rollback(True)
    assert Posting.objects.filter(amount=yuan(5)).count() == 1

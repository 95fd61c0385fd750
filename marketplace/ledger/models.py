"""The double-entry book: accounts, entries and postings that are never edited, only added.

The database itself holds every entry to a sum of zero (migration
``0002_book_guards``): on SQLite a trigger keeps ``balance``, a deferred foreign
key to a table whose only row is 0; on PostgreSQL a deferred constraint trigger.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField


class LedgerZero(models.Model):
    """The one permitted balance. Its single row, 0, is made by the migration."""

    id = models.IntegerField(primary_key=True)

    def __str__(self) -> str:
        return "0"


class Account(models.Model):
    """A heading of the book, found by a plain key such as ``receivable:12`` (an organisation's pk)."""

    key = models.CharField(_("key"), max_length=60, unique=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.key


class JournalEntry(models.Model):
    """One event in the book; ``source`` names the document that caused it, once per kind of event."""

    source = models.CharField(_("source"), max_length=80, unique=True)
    memo = models.CharField(_("memo"), max_length=200)
    posted_at = models.DateTimeField(_("posted at"))
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    balance = models.ForeignKey(LedgerZero, on_delete=models.PROTECT, default=0, db_column="balance", related_name="+")

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")

    def __str__(self) -> str:
        return self.source


class Posting(models.Model):
    """One line of an entry: a debit is positive, a credit negative."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

"""Questions to the book."""

from __future__ import annotations

from django.db.models import Sum

from ..conf import currency
from ..money import Money
from .models import Posting


def balance(key: str) -> Money:
    """The balance of the account ``key``: debit positive; zero when it was never used."""
    return Posting.objects.filter(account__key=key).aggregate(balance=Sum("amount"))["balance"] or Money(0, currency())

"""Announcements, sent after commit: for letting people know and for host sites to hook into.

A receiver never writes documents or money.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.dispatch import Signal

vendor_admitted = Signal()
catalogue_changed = Signal()  # something a buyer sees of a listing, its vendor, its place or its papers
listing_published = Signal()
listing_withdrawn = Signal()
stock_turned = Signal()  # a pack ran out, or came back
group_order_closed = Signal()
order_placed = Signal()
payment_received = Signal()
goods_accepted = Signal()
impact_recorded = Signal()
rating_changed = Signal()
recovery_confirmed = Signal()
account_recovered = Signal()


def announce(signal: Signal, *, sender: Any, **facts: Any) -> None:
    """Send ``signal`` once the transaction has committed; a failing receiver harms nobody."""
    transaction.on_commit(lambda: signal.send_robust(sender=sender, **facts))

"""A listing leaves the shelf in the midst of purchases: placed orders go on, open group orders are told and can change.

A group order with choices of it cannot close until its members, or the organiser for them, chose something else; nothing is
taken from anybody's choice behind their back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from ..catalogue.delist import delist_listing
from ..catalogue.delistings import Delisting
from ..catalogue.models import Listing
from ..errands.actions import tell
from ..files import Given
from ..grouporders.lifecycle import State
from ..grouporders.models import GroupOrder


@transaction.atomic
def delist(
    *, listing: Listing, reasons: Sequence[str], words: str, evidence: Given = None, by: Any, at: datetime
) -> Delisting:
    """Off the shelf; the vendor and the organisers of open group orders that have it are written to."""
    made = delist_listing(listing=listing, reasons=reasons, words=words, evidence=evidence, by=by, at=at)
    news = [("listing_delisted", str(made.pk)), *(("offer_delisted", row.reference) for row in affected(listing))]
    tell(*news, at=at)
    return made


def affected(listing: Listing) -> QuerySet[GroupOrder]:
    """Open group orders that offer a pack of the listing, each with ``chosen``: how many packs members have chosen."""
    rows = GroupOrder.objects.filter(state=State.OPEN, offers__pack__listing=listing)
    return (
        rows.annotate(chosen=Sum("offers__quantity_chosen")).select_related("organisation").order_by("closes_at", "pk")
    )

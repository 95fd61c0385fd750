"""A report about a listing is decided, and what follows for the listing with it: delisted at once, or put right by its vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ..catalogue.models import Listing
from ..catalogue.reasons import DelistingReason
from ..reports.actions import decide_report
from ..reports.models import ListingReport
from .delist import delist

WHY = {
    ListingReport.Reason.PRICE_TOO_HIGH: DelistingReason.PRICE_TOO_HIGH,
    ListingReport.Reason.PRICE_DIFFERS: DelistingReason.PRICE_TOO_HIGH,
    ListingReport.Reason.PRICE_RAISED: DelistingReason.PRICE_UNPROVEN,
    ListingReport.Reason.ORIGIN: DelistingReason.ORIGIN_FALSE,
    ListingReport.Reason.QUALITY: DelistingReason.QUALITY,
}


@transaction.atomic
def decide(*, report: ListingReport, outcome: str, finding: str, by: Any, at: datetime) -> ListingReport:
    """Decide a report; where it is upheld by taking the goods off the shelf, they go in the same step.

    A listing that is off the shelf already stays so: that is what was asked.
    """
    decided = decide_report(report=report, outcome=outcome, finding=finding, by=by, at=at)
    listing = Listing.objects.get(pk=decided.listing_id)
    if decided.outcome == ListingReport.Outcome.DELISTED and listing.live:
        reason = WHY.get(ListingReport.Reason(decided.reason), DelistingReason.OTHER)
        delist(listing=listing, reasons=[reason], words=decided.finding[:500], by=by, at=at)
    return decided

"""A vendor shows what proves its prices, and answers reports and ratings: who may is asked here, the rest is the market's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketplace.catalogue import evidencing
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.models import Listing
from marketplace.files import Given
from marketplace.ratings import actions as ratings
from marketplace.ratings.models import Rating
from marketplace.reports import actions as reports
from marketplace.reports.models import ListingReport

from ..people.selectors import require_seat


def enter_evidence(*, evidence: PriceEvidence, listing: Listing, paper: Given, by: Any, at: datetime) -> PriceEvidence:
    """Show what proves a price. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return evidencing.enter_evidence(evidence=evidence, listing=listing, paper=paper, by=by, at=at)


def withdraw_evidence(*, evidence: PriceEvidence, by: Any, at: datetime) -> PriceEvidence:
    """Take it back. By somebody seated at the listing's vendor."""
    require_seat(by, evidence.listing.vendor_id)
    return evidencing.withdraw_evidence(evidence=evidence, by=by, at=at)


def answer_report(*, report: ListingReport, words: str, by: Any, at: datetime) -> ListingReport:
    """Say the vendor's side of a report. By somebody seated at the listing's vendor."""
    require_seat(by, report.listing.vendor_id)
    return reports.answer_report(report=report, words=words, by=by, at=at)


def answer_rating(*, rating: Rating, words: str, by: Any, at: datetime) -> Rating:
    """Answer a buyer's rating once. By somebody seated at the listing's vendor."""
    require_seat(by, rating.listing.vendor_id)
    return ratings.answer_rating(rating=rating, words=words, by=by, at=at)

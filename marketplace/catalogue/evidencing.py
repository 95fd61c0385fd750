"""Price evidence is entered and taken back. Who at the vendor may is the vendors' side's business."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..files import Given, Kind, PrivateFile, keep
from ..parties.actions import office_day
from ..parties.selectors import is_officer_of
from .errors import EvidenceOfTheFuture, EvidenceShowsNothing
from .evidence import PriceEvidence
from .models import Listing


@transaction.atomic
def enter_evidence(
    *, evidence: PriceEvidence, listing: Listing, paper: Given = None, by: Any, at: datetime
) -> PriceEvidence:
    """Keep what proves a listing's price. ``EvidenceShowsNothing`` without a link or a paper, ``EvidenceOfTheFuture``."""
    if not evidence.link and paper is None:
        raise EvidenceShowsNothing()
    if evidence.seen_on > office_day(at):
        raise EvidenceOfTheFuture()
    evidence.paper = keep(kind=Kind.PRICE_EVIDENCE, upload=paper, by=by, at=at)
    evidence.listing, evidence.entered_at, evidence.entered_by = listing, at, by
    evidence.save(force_insert=True)
    audit.record("marketplace.enter_price_evidence", [evidence], by=by, at=at)
    return evidence


@transaction.atomic
def withdraw_evidence(*, evidence: PriceEvidence, by: Any, at: datetime) -> PriceEvidence:
    """Take it back; it stays in the books with its day. Twice is once."""
    if PriceEvidence.objects.standing().filter(pk=evidence.pk).update(withdrawn_at=at):
        audit.record("marketplace.withdraw_price_evidence", [evidence], by=by, at=at)
    evidence.refresh_from_db()
    return evidence


def officer_sees_evidence(user: Any, file: PrivateFile) -> bool:
    """Officers of the vendor's county see the papers behind a price; the operator at all."""
    found = PriceEvidence.objects.filter(paper=file).select_related("listing__vendor__home").first()
    return found is not None and (user.is_superuser or is_officer_of(user, found.listing.vendor.county_code))

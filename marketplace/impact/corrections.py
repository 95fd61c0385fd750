"""Corrections of attribution: asked for by the buyer or an officer, decided by another officer of the buyer's county.

The order is locked by the caller, and what has been counted is moved by the road.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .. import audit
from ..catalogue.errors import ReasonMissing
from ..errors import NotPermitted
from ..orders.models import PurchaseOrder
from ..parties.models import Membership, Role
from ..parties.selectors import counties_of, roles_of
from ..programme.models import Campaign
from ..references import unique_references
from .errors import (
    CampaignOfAnotherPairing,
    CorrectionClosed,
    CorrectionOpen,
    NothingCorrected,
    NotYoursToCorrect,
    PurposeOfAllowances,
)
from .models import AttributionCorrection

MAY_ASK = {Role.ORGANISER, Role.REQUESTER, Role.APPROVER}


@dataclass(frozen=True, slots=True)
class Attribution:
    """What an order is counted for."""

    campaign: Campaign | None
    purpose: str
    fund_source: str


def propose_correction(
    *, order: PurchaseOrder, to: Attribution, reason: str, by: Any, at: datetime
) -> AttributionCorrection:
    """Ask for another attribution of a locked order."""
    if not (roles_of(by, order.organisation) & MAY_ASK or _decides_for(order, by)):
        raise NotPermitted()
    if not reason.strip():
        raise ReasonMissing()
    if standing := order.corrections.filter(agreed_at=None, refused_at=None).first():
        raise CorrectionOpen(correction=standing.reference)
    if to == Attribution(order.campaign, order.purpose, order.fund_source):
        raise NothingCorrected()
    if to.campaign and to.campaign.pairing_id != order.pairing_id:
        raise CampaignOfAnotherPairing(campaign=to.campaign.label)
    is_for_members = order.requisition.group_order_id is not None
    if is_for_members and (to.purpose, to.fund_source) != (order.purpose, order.fund_source):
        raise PurposeOfAllowances()
    correction = AttributionCorrection.objects.create(
        reference=unique_references("AC", 1, at=at)[0],
        order=order,
        campaign=to.campaign,
        purpose=to.purpose,
        fund_source=to.fund_source,
        old_campaign=order.campaign,
        old_purpose=order.purpose,
        old_fund_source=order.fund_source,
        reason=reason.strip()[:300],
        proposed_at=at,
        proposed_by=by,
    )
    audit.record("marketplace.propose_correction", [order], by=by, at=at, reason=correction.reason)
    return correction


def _decides_for(order: PurchaseOrder, by: Any) -> bool:
    return bool(by.is_superuser or order.buyer_county in counties_of(by))


def decide(*, correction: AttributionCorrection, refusal: str | None, by: Any, at: datetime) -> AttributionCorrection:
    """Agree (``refusal`` is ``None``) or refuse with a reason, once; the correction's order is locked."""
    correction = AttributionCorrection.objects.select_related("order", "campaign").get(pk=correction.pk)
    order = correction.order
    works_there = Membership.objects.filter(user=by, organisation_id=order.organisation_id, ended_at=None).exists()
    if by.pk == correction.proposed_by_id or works_there or not _decides_for(order, by):
        raise NotYoursToCorrect()
    if not correction.is_open:
        raise CorrectionClosed(correction=correction.reference)
    if refusal is not None and not refusal.strip():
        raise ReasonMissing()
    correction.decided_by = by
    if refusal is None:
        correction.agreed_at = at
    else:
        correction.refused_at, correction.refusal = at, refusal.strip()[:300]
    correction.save(update_fields=["decided_by", "agreed_at", "refused_at", "refusal"])
    word = "agree_correction" if refusal is None else "refuse_correction"
    audit.record(f"marketplace.{word}", [order], by=by, at=at, correction=correction.reference)
    return correction

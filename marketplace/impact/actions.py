"""Posting impact: entries and their totals in two statements, inside the step's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .. import signals
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.actions import office_day
from .attribution import Facts, Movement, deltas
from .locks import add_to_totals
from .models import ImpactEntry


@dataclass(frozen=True, slots=True)
class Effect:
    """So many of an order line under one measure; a negative quantity takes back."""

    order: PurchaseOrder
    line: OrderLine
    measure: str
    quantity: int

    @property
    def amount(self) -> Money:
        return self.line.unit_price * self.quantity


def record(*, effects: Sequence[Effect], reason: str, at: datetime) -> list[ImpactEntry]:
    """Post all effects on the office's day of ``at`` and move every total they touch."""
    effects = [effect for effect in effects if effect.quantity]
    if not effects:
        return []
    day = office_day(at)
    facts = {effect.line.pk: _facts(effect) for effect in effects}
    entries = ImpactEntry.objects.bulk_create(
        ImpactEntry(
            line=effect.line,
            measure=effect.measure,
            reason=reason,
            amount=effect.amount,
            quantity=effect.quantity,
            posted_on=day,
            posted_at=at,
            **_attributed(facts[effect.line.pk]),
        )
        for effect in effects
    )
    add_to_totals(
        deltas(
            Movement(facts[effect.line.pk], effect.measure, effect.amount.amount, effect.quantity, day)
            for effect in effects
        )
    )
    signals.announce(signals.impact_recorded, sender=ImpactEntry, entries=entries)
    return entries


def _facts(effect: Effect) -> Facts:
    order, line = effect.order, effect.line
    return Facts(
        buyer_county=order.buyer_county,
        buyer=order.organisation_id,
        buyer_kind=order.buyer_kind,
        campaign=order.campaign_id,
        vendor=order.vendor_id,
        vendor_county=line.origin_code[:6],
        origin_code=line.origin_code,
        category=line.category_id,
        counted_for=order.counted_for_id,
    )


def _attributed(facts: Facts) -> dict[str, object]:
    return {
        "organisation_id": facts.buyer,
        "buyer_kind": facts.buyer_kind,
        "buyer_county": facts.buyer_county,
        "campaign_id": facts.campaign,
        "vendor_id": facts.vendor,
        "vendor_county": facts.vendor_county,
        "origin_code": facts.origin_code,
        "category_id": facts.category,
        "counted_for_id": facts.counted_for,
    }

"""Posting impact: entries and their totals in two statements, inside the step's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from .. import signals
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.actions import office_day
from ..rows import insert_rows
from .attribution import Facts, Movement, deltas
from .elsewhere.models import ElsewhereLine, ElsewherePurchase
from .locks import add_to_totals
from .models import ImpactEntry, Measure

ATTRIBUTED = {  # facts, and the columns that keep them
    "buyer": "organisation_id",
    "buyer_kind": "buyer_kind",
    "buyer_county": "buyer_county",
    "campaign": "campaign_id",
    "vendor": "vendor_id",
    "vendor_county": "vendor_county",
    "origin_code": "origin_code",
    "category": "category_id",
    "counted_for": "counted_for_id",
    "mode": "mode",
    "channel": "channel",
}
attributed_to = attrgetter(*ATTRIBUTED)


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

    @property
    def source(self) -> tuple[int | None, int | None]:
        """The line it belongs to: an order's, or one of a purchase made elsewhere."""
        return self.line.pk, None

    @property
    def facts(self) -> Facts:
        """What it is counted for."""
        order, line = self.order, self.line
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
            mode=order.mode,
            channel=order.channel,
        )


@dataclass(frozen=True, slots=True)
class ElsewhereEffect:
    """A line of a purchase made elsewhere counts (``sign`` 1), or no longer does (−1); *completed* alone."""

    purchase: ElsewherePurchase
    line: ElsewhereLine
    sign: int

    @property
    def measure(self) -> str:
        return Measure.COMPLETED

    @property
    def quantity(self) -> int:
        return self.sign * (self.line.quantity or 0)

    @property
    def amount(self) -> Money:
        return self.line.amount * self.sign

    @property
    def source(self) -> tuple[int | None, int | None]:
        """The line it belongs to: an order's, or one of a purchase made elsewhere."""
        return None, self.line.pk

    @property
    def facts(self) -> Facts:
        """What it is counted for."""
        purchase, line = self.purchase, self.line
        return Facts(
            buyer_county=purchase.buyer_county,
            buyer=purchase.organisation_id,
            buyer_kind=purchase.buyer_kind,
            campaign=purchase.campaign_id,
            vendor=purchase.vendor_id,
            vendor_county=line.origin_code[:6],
            origin_code=line.origin_code,
            category=line.category_id,
            mode=purchase.mode,
            channel=purchase.channel,
        )


def record(*, effects: Sequence[Effect | ElsewhereEffect], reason: str, at: datetime) -> list[int]:
    """Post all effects on the office's day of ``at`` and move every total they touch; the entries' primary keys."""
    effects = [effect for effect in effects if effect.quantity or effect.amount]
    if not effects:
        return []
    day = office_day(at)
    facts = [effect.facts for effect in effects]
    entries = insert_rows(
        ImpactEntry,
        (
            "line_id",
            "elsewhere_line_id",
            "measure",
            "amount",
            "quantity",
            "reason",
            "posted_on",
            "posted_at",
            *ATTRIBUTED.values(),
        ),
        (
            (*effect.source, effect.measure, effect.amount, effect.quantity, reason, day, at, *attributed_to(found))
            for effect, found in zip(effects, facts, strict=True)
        ),
    )
    add_to_totals(
        deltas(
            Movement(found, effect.measure, effect.amount.amount, effect.quantity, day)
            for effect, found in zip(effects, facts, strict=True)
        )
    )
    signals.announce(signals.impact_recorded, sender=ImpactEntry, entries=entries)
    return entries

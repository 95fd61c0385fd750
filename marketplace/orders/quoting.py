"""What each vendor asks for delivering its part of a wish, by the rules in force now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from ..catalogue.errors import NotDelivered
from ..catalogue.freight import quoted
from ..catalogue.freight_rules import FreightRule, FreightZone
from ..catalogue.models import Pack
from ..conf import currency
from ..money import Money, total
from ..parties.models import DeliveryPoint, Vendor
from .models import BasketLine, Requisition, RequisitionFreight, RequisitionLine


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods of one vendor for one place: their weight with packaging (g) and their amount with tax, without freight."""

    vendor: Vendor
    grams: int
    goods: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What a vendor asks for a parcel; ``amount`` is ``None`` when it does not deliver there."""

    parcel: Parcel
    rule: FreightRule | None
    zone: FreightZone | None
    amount: Money | None

    @property
    def reason(self) -> str:
        """Why it costs what it costs, in words."""
        if not self.parcel.grams:
            return gettext("nothing to send")
        return self.zone.terms if self.zone else gettext("free delivery")

    @property
    def missing_to_free(self) -> Money | None:
        """How much more of goods (with tax, without freight) makes delivery free; ``None`` when nothing does."""
        if not self.amount or self.zone is None or self.zone.free_from is None:
            return None
        return self.zone.free_from - self.parcel.goods


def parcels_of(lines: Iterable[BasketLine | RequisitionLine]) -> list[Parcel]:
    """The lines (with pack, listing and vendor at hand) as one parcel per vendor, in the vendors' key order."""
    by_vendor: dict[int, list[tuple[Pack, int, Money]]] = {}
    vendors: dict[int, Vendor] = {}
    for line in lines:
        grams = line.weight_grams if isinstance(line, RequisitionLine) else line.pack.grams_to_send
        vendors[line.pack.listing.vendor_id] = line.pack.listing.vendor
        by_vendor.setdefault(line.pack.listing.vendor_id, []).append((line.pack, grams * line.quantity, line.amount))
    return [
        Parcel(vendors[pk], sum(grams for _pack, grams, _ in rows), total(amount for _pack, _grams, amount in rows))
        for pk, rows in sorted(by_vendor.items())
    ]


def quotes(parcels: Sequence[Parcel], code: str) -> list[Quote]:
    """What each vendor asks for its parcel to a place (region code); two statements whatever their number."""
    rules = {
        rule.vendor_id: rule
        for rule in FreightRule.objects.filter(vendor__in=[parcel.vendor.pk for parcel in parcels]).in_force()
    }
    return [_quote(parcel, rules.get(parcel.vendor.pk), code) for parcel in parcels]


def _quote(parcel: Parcel, rule: FreightRule | None, code: str) -> Quote:
    if rule is None:
        return Quote(parcel, None, None, Money(0, currency()))
    amount = quoted(rule.areas, code, grams=parcel.grams, goods=parcel.goods)
    return Quote(parcel, rule, rule.zone_at(code), amount)


def freight_of(found: Iterable[Quote]) -> Money:
    """All that is asked together; vendors who do not deliver ask nothing."""
    return total((quote.amount for quote in found if quote.amount is not None), currency())


def require_delivered(found: Iterable[Quote], point: DeliveryPoint) -> None:
    """``NotDelivered`` when a vendor does not bring its goods to this place."""
    if away := [quote.parcel.vendor.name for quote in found if quote.amount is None]:
        raise NotDelivered(vendors="、".join(away), place=point.place.name)


def keep_quotes(requisition: Requisition, lines: Iterable[RequisitionLine]) -> None:
    """Write what the vendors ask now beside the requisition, in place of what they asked before.

    ``requisition.freight`` is set, not saved. ``NotDelivered``.
    """
    point = requisition.delivery_point
    found = quotes(parcels_of(lines), point.place.code)
    require_delivered(found, point)
    requisition.freights.all().delete()
    RequisitionFreight.objects.bulk_create(
        RequisitionFreight(
            requisition=requisition,
            vendor=quote.parcel.vendor,
            rule=quote.rule,
            region_code=point.place.code,
            weight_grams=quote.parcel.grams,
            amount=amount,
        )
        for quote, amount in ((quote, quote.amount) for quote in found)
        if amount is not None
    )
    requisition.freight = freight_of(found)

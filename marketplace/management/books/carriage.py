"""Freight: what the editions orders were placed under say of their lines, and whether every document says the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...catalogue.freight_rules import FreightZone
from ...fulfilment.models import Acceptance, GoodsReturnLine
from ...orders.models import PurchaseOrder, Requisition, RequisitionFreight
from ...payments.models import InvoiceAdjustment
from .due import DueLine, due_by_line
from .reading import Mismatches, differences, fen, in_fen, tally


@dataclass(frozen=True, slots=True)
class Freight:
    """The freight of an order in fen: as quoted, what of it counts now, and what a certificate says."""

    quoted: int
    now: int
    certified: int


def freight() -> Mismatches:
    """Orders show the freight their editions and lines say, requisitions what was asked for, adjustments the difference."""
    wanted = freight_by_order()
    yield from _on_orders(wanted)
    asked = tally(RequisitionFreight.objects.values_list("requisition_id", "amount"))
    yield from differences("freight of requisition", in_fen(Requisition.objects.values_list("pk", "freight")), asked)
    certificates = in_fen(Acceptance.objects.values_list("order_id", "freight"))
    certified = {order: wanted[order].certified for order in certificates}
    yield from differences("freight on the certificate of order", certificates, certified)


def _on_orders(wanted: Mapping[int, Freight]) -> Mismatches:
    back = tally(InvoiceAdjustment.objects.filter(reason="freight").values_list("order_id", "amount"))
    asked = tally(RequisitionFreight.objects.values_list("requisition_id", "vendor_id", "amount"))
    for row in PurchaseOrder.objects.all():
        found = wanted[row.pk]
        yield from differences(
            f"freight of {row.reference}",
            {
                "quoted": fen(row.freight_quoted), "counting": fen(row.freight), "approved": found.quoted,
                "given back": -back[row.pk],
            },
            {
                "quoted": found.quoted, "counting": found.now, "approved": asked[row.requisition_id, row.vendor_id],
                "given back": found.quoted - found.now,
            },
        )  # fmt: skip


def freight_by_order() -> dict[int, Freight]:
    """Order → its freight, from its lines and the edition it was placed under."""
    areas, by_order = _areas(), defaultdict(list)
    for line in due_by_line().values():
        by_order[line.order].append(line)
    fault = _returned_at_fault()
    return {
        pk: _freight(areas.get(rule, []), code, by_order[pk], fault[pk])
        for pk, rule, code in PurchaseOrder.objects.values_list("pk", "freight_rule_id", "delivery_code")
    }


def _areas() -> dict[int | None, list[FreightZone]]:
    """The areas of every edition, the narrowest first."""
    areas: dict[int | None, list[FreightZone]] = defaultdict(list)
    for zone in FreightZone.objects.order_by("-region_code"):
        areas[zone.rule_id].append(zone)
    return areas


def _returned_at_fault() -> Counter[int]:
    """Order → the quantity that went back at the vendor's fault."""
    rows = GoodsReturnLine.objects.filter(goods_return__returned_at__isnull=False, goods_return__fault="vendor")
    return tally(rows.values_list("line__order_id", "quantity"))


def _freight(zones: Sequence[FreightZone], code: str, lines: Sequence[DueLine], fault: int) -> Freight:
    quoted = _fee_for(zones, code, [(line, line.ordered) for line in lines])
    frozen = min(quoted, _fee_for(zones, code, [(line, line.answered) for line in lines]))
    certified = frozen if any(line.accepted for line in lines) else 0
    return Freight(quoted, 0 if _came_to_nothing(lines, fault) else frozen, certified)


def _fee_for(zones: Sequence[FreightZone], code: str, quantities: Sequence[tuple[DueLine, int]]) -> int:
    grams = sum(line.grams * quantity for line, quantity in quantities)
    goods = sum(line.price * quantity for line, quantity in quantities)
    return (_fee(zones, code, grams, goods) if zones and grams else 0) or 0


def _fee(zones: Sequence[FreightZone], code: str, grams: int, goods: int) -> int | None:
    """The fee in fen of so much goods (g, fen) for a place; ``None`` where nothing is delivered."""
    fits = [zone for zone in zones if code.startswith(_trunk(zone.region_code))]
    zone = max(fits, key=lambda zone: len(_trunk(zone.region_code)))
    if not zone.is_delivered:
        return None
    if zone.free_from is not None and goods >= fen(zone.free_from):
        return 0
    steps, weight = 0, grams - zone.first_grams
    while weight > 0:
        steps, weight = steps + 1, weight - zone.next_grams
    return fen(zone.first_fee) + steps * fen(zone.next_fee)


def _trunk(code: str) -> str:
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code


def _came_to_nothing(lines: Sequence[DueLine], fault: int) -> bool:
    """Nothing is to be sent, nothing arrived whole, or all of it went back at the vendor's fault."""
    accepted = sum(line.accepted or 0 for line in lines)
    is_accepted = any(line.accepted is not None for line in lines)
    return not any(line.confirmed for line in lines) or (is_accepted and accepted == fault)

"""The books recomputed from lines, payments and acceptances alone.

Imports no selector and no roll-up's arithmetic: what the stages keep beside
their rows is compared here with what the rows add up to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from ..allowances.models import Allowance, AllowanceEntry
from ..catalogue.capacity import SharedCapacity
from ..catalogue.decisions import ListingDecision
from ..catalogue.freight_rules import FreightZone
from ..catalogue.models import Pack, Stock
from ..catalogue.prices import PriceChange
from ..fulfilment.models import (
    Acceptance,
    AcceptanceLine,
    CancellationLine,
    ConsignmentLine,
    GoodsReceiptLine,
    GoodsReturnLine,
)
from ..fulfilment.vouchers import Voucher
from ..grouporders.models import ChoiceLine, GroupOrderOffer, MemberChoice
from ..impact.elsewhere.models import ElsewhereLine, ElsewherePurchase
from ..impact.models import ImpactEntry, ImpactTotal
from ..ledger.models import Posting
from ..orders.models import (
    DeliveryLine,
    OrderLine,
    PurchaseOrder,
    Requisition,
    RequisitionFreight,
    RequisitionLine,
    StockReservation,
)
from ..payments.models import Fapiao, Invoice, InvoiceAdjustment, InvoiceLine, Payment, Refund
from ..ratings.models import Rating, RatingTotal

Mismatches = Iterator[str]


def _fen(value: Any) -> int:
    return getattr(value, "amount", value) or 0


def _differences(what: str, kept: dict[Any, int], computed: dict[Any, int]) -> Mismatches:
    for key in sorted(kept.keys() | computed.keys(), key=str):
        if kept.get(key, 0) != computed.get(key, 0):
            yield f"{what} {key}: kept {kept.get(key, 0)}, rows say {computed.get(key, 0)}"


def ledger_entries() -> Mismatches:
    """Every journal entry sums to zero."""
    sums: Counter[str] = Counter()
    for source, amount in Posting.objects.values_list("entry__source", "amount"):
        sums[source] += _fen(amount)
    yield from (f"journal entry {source}: sums to {amount}" for source, amount in sorted(sums.items()) if amount)


def _due_by_line() -> dict[int, dict[str, Any]]:
    """Per order line: price, and the quantities ordered, declined, missing, accepted, returned."""
    lines: dict[int, dict[str, Any]] = {}
    rows = OrderLine.objects.values(
        "pk", "order_id", "unit_price", "quantity_ordered", "quantity_declined", "quantity_cancelled", "weight_grams",
        "order__organisation_id", "order__vendor_id", "order__requisition_id",
    )  # fmt: skip
    for row in rows:
        lines[row["pk"]] = {**row, "price": _fen(row["unit_price"]), "accepted": None, "returned": 0}
    for pk, quantity in AcceptanceLine.objects.values_list("line_id", "quantity"):
        lines[pk]["accepted"] = quantity
    for pk, quantity in _returned():
        lines[pk]["returned"] += quantity
    for line in lines.values():
        confirmed = line["quantity_ordered"] - line["quantity_declined"] - line["quantity_cancelled"]
        line["confirmed"] = confirmed
        line["payable"] = (confirmed if line["accepted"] is None else line["accepted"]) - line["returned"]
    return lines


def _areas() -> dict[int, list[FreightZone]]:
    """The areas of every edition, the narrowest first."""
    areas: dict[int, list[FreightZone]] = defaultdict(list)
    for zone in FreightZone.objects.order_by("-region_code"):
        areas[zone.rule_id].append(zone)
    return areas


def _freight(zones: list[FreightZone], code: str, grams: int, goods: int) -> int | None:
    """The fee in fen of so much goods (g, fen) for a place; ``None`` where nothing is delivered."""
    if not zones or not grams:
        return 0
    fits = [zone for zone in zones if code.startswith(_trunk(zone.region_code))]
    zone = max(fits, key=lambda zone: len(_trunk(zone.region_code)))
    if not zone.is_delivered:
        return None
    if zone.free_from is not None and goods >= _fen(zone.free_from):
        return 0
    steps, weight = 0, grams - zone.first_grams
    while weight > 0:
        steps, weight = steps + 1, weight - zone.next_grams
    return _fen(zone.first_fee) + steps * _fen(zone.next_fee)


def _trunk(code: str) -> str:
    while len(code) in (4, 6) and code.endswith("00"):
        code = code[:-2]
    return code


def _freight_by_order() -> dict[int, tuple[int, int, int]]:
    """Per order: the freight quoted, what of it counts now, and what a certificate says; from lines and editions."""
    areas, by_order = _areas(), defaultdict(list)
    for line in _due_by_line().values():
        by_order[line["order_id"]].append(line)
    fault = Counter[int]()
    for order, quantity in GoodsReturnLine.objects.filter(
        goods_return__returned_at__isnull=False, goods_return__fault="vendor"
    ).values_list("line__order_id", "quantity"):
        fault[order] += quantity
    found = {}
    for pk, rule, code in PurchaseOrder.objects.values_list("pk", "freight_rule_id", "delivery_code"):

        def fee(which: str, lines: list[dict[str, Any]], rule: Any = rule, code: str = code) -> int:
            grams, goods = (sum(line[what] * line[which] for line in lines) for what in ("weight_grams", "price"))
            return _freight(areas.get(rule, []), code, grams, goods) or 0

        lines = [line | {"answered": line["quantity_ordered"] - line["quantity_declined"]} for line in by_order[pk]]
        quote = fee("quantity_ordered", lines)
        frozen = min(quote, fee("answered", lines))
        certified = frozen if any(line["accepted"] for line in lines) else 0
        found[pk] = quote, 0 if _came_to_nothing(lines, fault[pk]) else frozen, certified
    return found


def _came_to_nothing(lines: list[dict[str, Any]], fault: int) -> bool:
    """Nothing is to be sent, nothing arrived whole, or all of it went back at the vendor's fault."""
    accepted = sum(line["accepted"] or 0 for line in lines)
    is_accepted = any(line["accepted"] is not None for line in lines)
    return not any(line["confirmed"] for line in lines) or (is_accepted and accepted == fault)


def freight() -> Mismatches:
    """Orders show the freight their editions and lines say, requisitions what was asked for, adjustments the difference."""
    wanted, back = _freight_by_order(), Counter[int]()
    for order, amount in InvoiceAdjustment.objects.filter(reason="freight").values_list("order_id", "amount"):
        back[order] -= _fen(amount)
    asked: Counter[int] = Counter()
    rows = RequisitionFreight.objects.values_list("requisition_id", "vendor_id", "amount")
    by_vendor = {(requisition, vendor): _fen(amount) for requisition, vendor, amount in rows}
    for (requisition, _vendor), fen in by_vendor.items():
        asked[requisition] += fen
    for row in PurchaseOrder.objects.all():
        quote, now, _certified = wanted[row.pk]
        kept = {"quoted": _fen(row.freight_quoted), "counting": _fen(row.freight), "approved": quote}
        computed = {"quoted": quote, "counting": now, "approved": by_vendor.get((row.requisition_id, row.vendor_id), 0)}
        computed["given back"], kept["given back"] = quote - now, back[row.pk]
        yield from _differences(f"freight of {row.reference}", kept, computed)
    requisitions = {pk: _fen(amount) for pk, amount in Requisition.objects.values_list("pk", "freight")}
    yield from _differences("freight of requisition", requisitions, dict(asked))
    certificates = {order: _fen(amount) for order, amount in Acceptance.objects.values_list("order_id", "freight")}
    certified = {order: wanted[order][2] for order in certificates}
    yield from _differences("freight on the certificate of order", certificates, certified)


def _returned() -> Any:
    """(order line, quantity) of every return that took effect."""
    return GoodsReturnLine.objects.filter(goods_return__returned_at__isnull=False).values_list("line_id", "quantity")


def _refunded() -> Counter[int]:
    """Per payment: what is going or has gone back."""
    sums: Counter[int] = Counter()
    for payment, amount in Refund.objects.filter(failed_at=None).values_list("payment_id", "amount"):
        sums[payment] += _fen(amount)
    return sums


def invoices() -> Mismatches:
    """What each invoice invoices, adjusts, has been paid and gives back; and whether it is settled."""
    due, ordered, paid, back = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    refunded = _refunded()
    for line in _due_by_line().values():
        ordered[line["order__requisition_id"]] += line["price"] * line["quantity_ordered"]
        due[line["order__requisition_id"]] += line["price"] * line["payable"]
    freights = _freight_by_order()
    for order, requisition in PurchaseOrder.objects.values_list("pk", "requisition_id"):
        ordered[requisition] += freights[order][0]
        due[requisition] += freights[order][1]
    for pk, requisition, amount, gone, reversed_at in Payment.objects.values_list(
        "pk", "invoice__requisition_id", "amount", "amount_refunded", "reversed_at"
    ):
        paid[requisition] += 0 if reversed_at else _fen(amount)
        back[requisition] += refunded[pk]
        yield from _differences("payment", {f"{pk} refunded": _fen(gone)}, {f"{pk} refunded": refunded[pk]})
    for row in Invoice.objects.all():
        pk = row.requisition_id
        yield from _differences(
            f"invoice {row.number}", {"invoiced": _fen(row.amount_invoiced)}, {"invoiced": ordered[pk]}
        )
        kept = _fen(row.amount_invoiced) + _fen(row.amount_adjusted)
        yield from _differences(f"invoice {row.number}", {"due": kept}, {"due": due[pk]})
        yield from _differences(f"invoice {row.number}", {"paid": _fen(row.amount_paid)}, {"paid": paid[pk]})
        yield from _differences(
            f"invoice {row.number}", {"refunded": _fen(row.amount_refunded)}, {"refunded": back[pk]}
        )
        if (row.settled_at is not None) != (paid[pk] - back[pk] >= due[pk]):
            yield f"invoice {row.number}: settled {row.settled_at}, paid {paid[pk] - back[pk]} of {due[pk]}"


def invoice_parts() -> Mismatches:
    """Invoice lines and adjustments agree with order lines."""
    lines = _due_by_line()
    by_order: Counter[int] = Counter()
    for line in lines.values():
        by_order[line["order_id"]] += line["price"] * line["quantity_ordered"]
    by_order.update({order: quote for order, (quote, _now, _certified) in _freight_by_order().items()})
    kept = {order: _fen(amount) for order, amount in InvoiceLine.objects.values_list("order_id", "amount")}
    yield from _differences("invoice line of order", kept, dict(by_order))
    lowered: Counter[int] = Counter()
    for pk, quantity in InvoiceAdjustment.objects.exclude(line=None).values_list("line_id", "quantity"):
        lowered[pk] += quantity
    wanted = {pk: line["quantity_ordered"] - line["payable"] for pk, line in lines.items()}
    yield from _differences("adjustments of order line", dict(lowered), {k: v for k, v in wanted.items() if v})


def ledger_balances() -> Mismatches:
    """The book's balances are what lines, acceptances and payments say."""
    wanted: Counter[str] = Counter()
    due, paid = Counter[int](), Counter[int]()
    for line in _due_by_line().values():
        vendor, value = line["order__vendor_id"], line["price"] * line["payable"]
        wanted[f"{'committed' if line['accepted'] is None else 'payable'}:{vendor}"] -= value
        due[line["order__requisition_id"]] += value
    freights = _freight_by_order()
    accepted = set(AcceptanceLine.objects.values_list("line__order_id", flat=True))
    for order, requisition, vendor in PurchaseOrder.objects.values_list("pk", "requisition_id", "vendor_id"):
        wanted[f"{'payable' if order in accepted else 'committed'}:{vendor}"] -= freights[order][1]
        due[requisition] += freights[order][1]
    for requisition, gateway, amount in Payment.objects.filter(reversed_at=None).values_list(
        "invoice__requisition_id", "gateway", "amount"
    ):
        paid[requisition] += _fen(amount)
        wanted["bank"] += 0 if gateway == "offset" else _fen(amount)
    for requisition, organisation, gateway, amount, done_at in Refund.objects.filter(failed_at=None).values_list(
        "invoice__requisition_id", "invoice__organisation_id", "gateway", "amount", "done_at"
    ):
        paid[requisition] -= _fen(amount)
        if done_at is None:
            wanted[f"refunding:{organisation}"] -= _fen(amount)
        elif gateway != "offset":
            wanted["bank"] -= _fen(amount)
    owners = dict(Invoice.objects.values_list("requisition_id", "organisation_id"))
    for requisition, organisation in owners.items():
        rest = due[requisition] - paid[requisition]
        wanted[f"receivable:{organisation}"] += max(0, rest)
        wanted[f"held:{organisation}"] -= max(0, -rest)
    kept: Counter[str] = Counter()
    for key, amount in Posting.objects.values_list("account__key", "amount"):
        kept[key] += _fen(amount)
    yield from _differences("account", dict(kept), dict(wanted))


def stock() -> Mismatches:
    """What is reserved is what order lines still wait for; no stock is oversold."""
    reserved: Counter[int] = Counter()
    rows = StockReservation.objects.values_list(
        "line_id", "line__pack_id", "quantity", "quantity_released", "quantity_consumed"
    )
    sent: Counter[int] = Counter()
    for line, quantity in ConsignmentLine.objects.values_list("line_id", "quantity"):
        sent[line] += quantity
    for line, pack, quantity, released, consumed in rows:
        reserved[pack] += quantity - released - consumed
        if consumed != sent[line]:
            yield f"reservation of order line {line}: consumed {consumed}, consignments say {sent[line]}"
    for row in Stock.objects.all():
        if row.reserved != reserved[row.pack_id]:
            yield f"stock of pack {row.pack_id}: kept reserved {row.reserved}, rows say {reserved[row.pack_id]}"
        if row.on_hand < row.reserved:
            yield f"stock of pack {row.pack_id}: oversold by {row.reserved - row.on_hand}"


def harvests() -> Mismatches:
    """What is promised of a harvest or session is what the packs that draw on it have promised; no harvest is oversold."""
    promised: dict[Any, int] = defaultdict(int)
    for pk, reserved, grams in Stock.objects.exclude(capacity=None).values_list("capacity", "reserved", "draws"):
        promised[pk] += reserved * grams
    kept = {row.pk: row.promised for row in SharedCapacity.objects.all()}
    yield from _differences("harvest promised", kept, promised)
    yield from (f"harvest {row.pk}: oversold by {-row.left}" for row in SharedCapacity.objects.all() if row.left < 0)


def sessions() -> Mismatches:
    """Places booked are what order lines of the session still hold or had carried out, person by person."""
    promised, used = Counter[int](), Counter[int]()
    rows = StockReservation.objects.exclude(line__session=None).values_list(
        "line__session__capacity_id", "line__pack__stock__draws", "quantity", "quantity_released", "quantity_consumed"
    )
    for capacity, draws, quantity, released, consumed in rows:
        promised[capacity] += draws * (quantity - released - consumed)
        used[capacity] += draws * consumed
    kept = {row.pk: row for row in SharedCapacity.objects.filter(measure="persons")}
    yield from _differences(
        "places promised of session", {pk: row.promised for pk, row in kept.items()}, dict(promised)
    )
    yield from _differences("places used of session", {pk: row.spent for pk, row in kept.items()}, dict(used))
    for line, session, of_pack in OrderLine.objects.exclude(session=F("pack__session")).values_list(
        "pk", "session_id", "pack__session_id"
    ):
        if session != of_pack:
            yield f"order line {line}: kept session {session}, its pack says {of_pack}"
    called_off = OrderLine.objects.filter(session__called_off_at__isnull=False, order__acceptance=None)
    sent: Counter[int] = Counter()
    for line, quantity in ConsignmentLine.objects.exclude(line__session=None).values_list("line_id", "quantity"):
        sent[line] += quantity
    for pk, ordered, declined, cancelled in called_off.values_list(
        "pk", "quantity_ordered", "quantity_declined", "quantity_cancelled"
    ):
        if waiting := ordered - declined - cancelled - sent[pk]:
            yield f"order line {pk}: {waiting} still booked of a session that was called off"


def vouchers() -> Mismatches:
    """Nobody holds more vouchers that work than their order still gives; only what is used already may be more."""
    due: Counter[int] = Counter()
    for line, quantity, released in DeliveryLine.objects.filter(line__is_redeemed=True).values_list(
        "line_id", "quantity", "quantity_released"
    ):
        due[line] += quantity - released
    used, unused = Counter[int](), Counter[int]()
    for line, redeemed_at in Voucher.objects.filter(voided_at=None).values_list("line_id", "redeemed_at"):
        (used if redeemed_at else unused)[line] += 1
    for line in sorted(unused):
        if used[line] + unused[line] > due[line]:
            yield f"vouchers of order line {line}: {used[line]} used and {unused[line]} to be used, due {due[line]}"


def prices() -> Mismatches:
    """A published pack costs what its history says last; whatever an officer approved has a history.

    The packs of a session are copies: the written ones have the history.
    """
    last = {row.pack_id: (row.unit_price, row.net_grams, row.is_offered) for row in PriceChange.objects.all()}
    approved = set(ListingDecision.objects.filter(is_approved=True).values_list("listing_id", flat=True))
    for pack in Pack.objects.filter(listing__first_published_at__isnull=False, session=None).order_by("pk"):
        stands = (pack.unit_price, pack.net_grams, pack.is_offered)
        known = last.get(pack.pk)
        is_missing = known is None and pack.is_offered and pack.listing_id in approved
        if is_missing or (known is not None and known != stands):
            yield f"price of pack {pack.pk}: {pack.unit_price}, its history says {known[0] if known else 'nothing'}"


def ratings() -> Mismatches:
    """A listing's total is the count and the stars of its ratings that are not hidden; what went back is marked."""
    counted, stars = Counter[int](), Counter[int]()
    for listing, given in Rating.objects.filter(hidden_at=None).values_list("listing_id", "stars"):
        counted[listing] += 1
        stars[listing] += given
    totals = list(RatingTotal.objects.all())
    yield from _differences("ratings of listing", {row.listing_id: row.count for row in totals}, dict(counted))
    yield from _differences("stars of listing", {row.listing_id: row.stars for row in totals}, dict(stars))
    back = set(
        GoodsReturnLine.objects.filter(goods_return__returned_at__isnull=False).values_list(
            "line__listing_id", "goods_return__order__organisation_id"
        )
    )
    for row in Rating.objects.order_by("pk"):
        if (row.returned_at is not None) != ((row.listing_id, row.organisation_id) in back):
            yield f"rating {row.pk}: returned {row.returned_at}, returns say otherwise"


def acceptances() -> Mismatches:
    """Accepted is what was received whole; certificates show what their lines add up to."""
    received: Counter[int] = Counter()
    for line, quantity in GoodsReceiptLine.objects.values_list("consigned__line_id", "quantity_received"):
        received[line] += quantity
    sums, kept, returned = Counter[str](), {}, Counter[int]()
    for line, quantity in _returned():
        returned[line] += quantity
    for row in AcceptanceLine.objects.select_related("acceptance", "line"):
        sums[row.acceptance.number] += _fen(row.line.unit_price) * row.quantity
        kept[row.acceptance.number] = _fen(row.acceptance.amount)
        if row.quantity != received[row.line_id]:
            yield f"acceptance of order line {row.line_id}: {row.quantity}, receipts say {received[row.line_id]}"
        if row.quantity_returned != returned[row.line_id]:
            yield f"acceptance of order line {row.line_id}: returned {row.quantity_returned}, returns say {returned[row.line_id]}"
    yield from _differences("certificate", kept, dict(sums))


def allowances() -> Mismatches:
    """Each allowance is the sum of its entries, and what choices and orders say."""
    entries: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pk, *changes in AllowanceEntry.objects.values_list(
        "allowance_id", "granted_change", "held_change", "committed_change"
    ):
        entries[pk] = [kept + _fen(change) for kept, change in zip(entries[pk], changes, strict=True)]
    served: Counter[int] = Counter()
    for pk, price, quantity, released in ChoiceLine.objects.filter(choice__replaced_at=None).values_list(
        "choice__participant__allowance_id", "unit_price", "quantity", "quantity_released"
    ):
        served[pk] += _fen(price) * (quantity - released)
    for row in Allowance.objects.select_related("participant__group_order"):
        kept = [_fen(row.granted), _fen(row.held), _fen(row.committed)]
        if kept != entries[row.pk]:
            yield f"allowance {row.pk}: kept {kept}, entries say {entries[row.pk]}"
        is_off = row.participant.group_order.state == "cancelled" if hasattr(row, "participant") else True
        if not is_off and kept[1] + kept[2] != served[row.pk]:
            yield f"allowance {row.pk}: spent {kept[1] + kept[2]}, choices say {served[row.pk]}"


def choices() -> Mismatches:
    """Choices add up to their amount, and offers to what was chosen."""
    chosen: Counter[tuple[int, int]] = Counter()
    amounts: Counter[int] = Counter()
    for choice, group_order, pack, quantity, price in ChoiceLine.objects.filter(choice__replaced_at=None).values_list(
        "choice_id", "choice__participant__group_order_id", "pack_id", "quantity", "unit_price"
    ):
        chosen[group_order, pack] += quantity
        amounts[choice] += _fen(price) * quantity
    kept = {
        (group_order, pack): quantity
        for group_order, pack, quantity in GroupOrderOffer.objects.values_list(
            "group_order_id", "pack_id", "quantity_chosen"
        )
    }
    yield from _differences("offer", kept, dict(chosen))
    standing = MemberChoice.objects.filter(replaced_at=None).values_list("pk", "amount")
    yield from _differences("choice", {pk: _fen(amount) for pk, amount in standing}, dict(amounts))


def requisitions() -> Mismatches:
    """A requisition asks for what its lines add up to, and for a group order for what its members chose."""
    asked: Counter[int] = Counter()
    for requisition, price, quantity in RequisitionLine.objects.values_list("requisition_id", "unit_price", "quantity"):
        asked[requisition] += _fen(price) * quantity
    chosen: Counter[int] = Counter()
    for group_order, amount in MemberChoice.objects.filter(replaced_at=None).values_list(
        "participant__group_order_id", "amount"
    ):
        chosen[group_order] += _fen(amount)
    for row in Requisition.objects.exclude(state="cancelled"):
        sums = {"lines": asked[row.pk]} | ({"choices": chosen[row.group_order_id]} if row.group_order_id else {})
        yield from _differences(f"requisition {row.reference}", dict.fromkeys(sums, _fen(row.amount)), sums)


def impact_measures() -> Mismatches:
    """Each order line's four measures are what happened to it."""
    lines = _due_by_line()
    settled = set(Invoice.objects.filter(settled_at__isnull=False).values_list("requisition_id", flat=True))
    matched = set(Fapiao.objects.filter(voided_at=None).values_list("order_id", flat=True))
    matched |= set(PurchaseOrder.objects.filter(fapiao_wanted=False).values_list("pk", flat=True))
    wanted: dict[tuple[int, str], int] = {}
    for pk, line in lines.items():
        kept = (line["accepted"] or 0) - line["returned"]
        is_paid = line["order__requisition_id"] in settled
        wanted[pk, "ordered"] = line["confirmed"]
        wanted[pk, "accepted"] = kept
        wanted[pk, "paid"] = line["payable"] if is_paid else 0
        wanted[pk, "completed"] = kept if is_paid and line["order_id"] in matched else 0
    posted: Counter[tuple[int, str]] = Counter()
    rows = ImpactEntry.objects.filter(line__isnull=False).values_list("line_id", "measure", "quantity", "amount")
    for pk, measure, quantity, amount in rows:
        posted[pk, measure] += quantity
        if _fen(amount) != quantity * lines[pk]["price"]:
            yield f"impact entry of order line {pk}: {measure} {_fen(amount)} for {quantity}"
    yield from _differences("impact of order line", dict(posted), wanted)
    yield from _under_another_campaign()


def _under_another_campaign() -> Mismatches:
    """What a line posted under another campaign than its order's has been taken back there."""
    sums: Counter[tuple[int, str, Any]] = Counter()
    strays = (
        ImpactEntry.objects.filter(line__isnull=False)
        .exclude(campaign=F("line__order__campaign"))
        .exclude(campaign=None, line__order__campaign=None)
    )
    for pk, measure, campaign, quantity in strays.values_list("line_id", "measure", "campaign_id", "quantity"):
        sums[pk, measure, campaign] += quantity
    yield from (
        f"impact of order line {key}: {n} under another campaign" for key, n in sorted(sums.items(), key=str) if n
    )


def purchases_elsewhere() -> Mismatches:
    """A purchase made elsewhere is the sum of its lines, and counts as completed exactly while it is confirmed."""
    lines = {
        row["pk"]: row
        for row in ElsewhereLine.objects.values(
            "pk", "amount", "quantity", "origin_code", "category_id", "purchase__reference", "purchase__state",
            "purchase__mode", "purchase__channel", "purchase__organisation_id", "purchase__campaign_id",
            "purchase__vendor_id", "purchase__buyer_kind", "purchase__buyer_county",
        )
    }  # fmt: skip
    sums: Counter[str] = Counter()
    wanted: dict[tuple[Any, ...], int] = {}
    for pk, line in lines.items():
        sums[line["purchase__reference"]] += _fen(line["amount"])
        counts = line["purchase__state"] == "confirmed"
        wanted[(pk, "completed", *_attribution(line))] = _fen(line["amount"]) if counts else 0
    kept = {
        reference: _fen(amount) for reference, amount in ElsewherePurchase.objects.values_list("reference", "amount")
    }
    yield from _differences("purchase made elsewhere", kept, dict(sums))
    posted: Counter[tuple[Any, ...]] = Counter()
    quantities: Counter[int] = Counter()
    for pk, measure, amount, quantity, *facts in ImpactEntry.objects.filter(elsewhere_line__isnull=False).values_list(
        "elsewhere_line_id", "measure", "amount", "quantity", "mode", "channel", "organisation_id", "campaign_id",
        "vendor_id", "buyer_kind", "buyer_county", "origin_code", "category_id",
    ):  # fmt: skip
        posted[(pk, measure, *facts)] += _fen(amount)
        quantities[pk] += quantity
    yield from _differences("impact of elsewhere line", dict(posted), wanted)
    due = {pk: (row["quantity"] or 0) * (row["purchase__state"] == "confirmed") for pk, row in lines.items()}
    yield from _differences("quantity of elsewhere line", dict(quantities), due)
    handed_in = dict(ElsewherePurchase.objects.filter(state="confirmed").values_list("fapiao_number", "reference"))
    for number, order in Fapiao.objects.filter(number__in=handed_in).values_list("number", "order__reference"):
        yield f"fapiao {number}: counted for {order} and for {handed_in[number]}"


def _attribution(line: Mapping[str, Any]) -> tuple[Any, ...]:
    of_purchase = ("mode", "channel", "organisation_id", "campaign_id", "vendor_id", "buyer_kind", "buyer_county")
    return (*(line[f"purchase__{name}"] for name in of_purchase), line["origin_code"], line["category_id"])


def impact_totals() -> Mismatches:
    """Every total is the sum of its entries, under every dimension that is offered, each way of buying apart."""
    wanted: Counter[tuple[str, str, date, str, str, str, str]] = Counter()
    for row in ImpactEntry.objects.values_list(
        "measure", "amount", "quantity", "posted_on", "organisation_id", "buyer_kind", "buyer_county", "campaign_id",
        "vendor_id", "vendor_county", "origin_code", "category_id", "counted_for_id", "mode", "channel",
    ):  # fmt: skip
        (
            measure,
            amount,
            quantity,
            day,
            buyer,
            kind,
            buyer_county,
            campaign,
            vendor,
            county,
            origin,
            category,
            union,
            *way,
        ) = row
        mode, where = way[0], "platform" if way[1] == "platform" else "elsewhere"
        found = {
            "buyer": buyer, "buyer_kind": kind, "buyer_county": buyer_county, "vendor_county": county,
            "category": category, "township": origin[:9], "buyer_township": f"{buyer}:{origin[:9]}",
        }  # fmt: skip
        if vendor:
            found["vendor"] = vendor
        if len(origin) == 12:
            found["village"] = origin
        if union:
            found["counted_for"] = union
        if campaign:
            found["campaign"] = campaign
        if campaign and vendor:
            found["campaign_vendor"] = f"{campaign}:{vendor}"
        for dimension, key in found.items():
            total = dimension, str(key), day.replace(day=1), measure, mode, where
            wanted[*total, "fen"] += _fen(amount)
            wanted[*total, "quantity"] += quantity
    kept: dict[Any, int] = {}
    for *key, amount, quantity in ImpactTotal.objects.values_list(
        "dimension", "key", "month", "measure", "mode", "channel", "amount", "quantity"
    ):
        kept[*key, "fen"], kept[*key, "quantity"] = _fen(amount), quantity
    yield from _differences("impact total", kept, dict(wanted))


def orders() -> Mismatches:
    """Orders show what their lines add up to, and lines what was agreed to be cancelled."""
    sums: Counter[str] = Counter()
    for reference, price, quantity in OrderLine.objects.values_list(
        "order__reference", "unit_price", "quantity_ordered"
    ):
        sums[reference] += _fen(price) * quantity
    kept = {reference: _fen(amount) for reference, amount in PurchaseOrder.objects.values_list("reference", "amount")}
    yield from _differences("order", kept, dict(sums))
    agreed: Counter[int] = Counter()
    for line, quantity in CancellationLine.objects.filter(cancellation__agreed_at__isnull=False).values_list(
        "line_id", "quantity"
    ):
        agreed[line] += quantity
    cancelled = dict(OrderLine.objects.filter(quantity_cancelled__gt=0).values_list("pk", "quantity_cancelled"))
    yield from _differences("cancelled of order line", cancelled, dict(agreed))


def deliveries() -> Mismatches:
    """What goes to an order's places is what was ordered and what is left of it; for members, what those there get."""
    asked, due = Counter[int](), Counter[int]()
    kept: dict[Any, int] = {}
    for line, pack, point, group_order, quantity, released in DeliveryLine.objects.values_list(
        "line_id", Coalesce("line__chosen_pack_id", "line__pack_id"), "delivery__delivery_point_id", "line__order__requisition__group_order_id", "quantity",
        "quantity_released",
    ):  # fmt: skip
        asked[line] += quantity
        due[line] += quantity - released
        if group_order:
            kept[group_order, pack, point] = quantity - released
    lines = _due_by_line()
    yield from _differences(
        "places of order line", dict(asked), {pk: line["quantity_ordered"] for pk, line in lines.items()}
    )
    yield from _differences(
        "due at the places of order line", dict(due), {pk: line["payable"] for pk, line in lines.items()}
    )
    served: Counter[Any] = Counter()
    for group_order, pack, point, own, quantity, released in ChoiceLine.objects.filter(
        choice__replaced_at=None, choice__participant__group_order__requisitions__state="placed"
    ).values_list(
        "choice__participant__group_order_id", "pack_id", "choice__participant__delivery_point_id",
        "choice__participant__group_order__delivery_point_id", "quantity", "quantity_released",
    ):  # fmt: skip
        served[group_order, pack, point or own] += quantity - released
    yield from _differences("due for members of group order, pack, point", kept, dict(served))
    sent: Counter[Any] = Counter()
    for delivery, line, quantity in ConsignmentLine.objects.values_list(
        "consignment__delivery_id", "line_id", "quantity"
    ):
        sent[delivery, line] += quantity
    for delivery, line, quantity in DeliveryLine.objects.values_list("delivery_id", "line_id", "quantity"):
        if sent[delivery, line] > quantity:
            yield f"delivery {delivery} of order line {line}: {sent[delivery, line]} sent, {quantity} asked for"


CHECKS: dict[str, Callable[[], Mismatches]] = {
    "journal entries sum to zero": ledger_entries,
    "account balances": ledger_balances,
    "requisitions, their lines and choices": requisitions,
    "orders and their lines": orders,
    "freight": freight,
    "deliveries and places": deliveries,
    "invoices": invoices,
    "invoice lines and adjustments": invoice_parts,
    "stock and reservations": stock,
    "harvests and what draws on them": harvests,
    "prices and their history": prices,
    "ratings and their totals": ratings,
    "sessions and their bookings": sessions,
    "vouchers and what they are for": vouchers,
    "acceptances and receipts": acceptances,
    "choices and offers": choices,
    "allowances": allowances,
    "impact of every line": impact_measures,
    "purchases made elsewhere": purchases_elsewhere,
    "impact totals": impact_totals,
}

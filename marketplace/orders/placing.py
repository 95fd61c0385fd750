"""Placing a requisition as one order per vendor, and the vendor's answer line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .. import audit
from ..catalogue import actions as catalogue
from ..catalogue.models import Pack
from ..catalogue.taking import require_bookable
from ..parties.models import Role
from ..parties.selectors import organisation_counted_for, require_role
from ..programme.models import Campaign, Pairing
from ..programme.selectors import pairings_of
from ..references import unique_references
from ..rows import insert_objects, insert_rows
from .delivering import freeze_deliveries
from .drafting import DraftLine, split_by_vendor
from .errors import (
    AlreadyAnswered,
    AnswerIncomplete,
    DeclineReasonMissing,
    NoPairing,
    OrderCancelled,
    PromiseMissing,
)
from .lifecycle import LIFE, State
from .locks import lock_order, lock_requisition, shift_reservations
from .models import OrderLine, PurchaseOrder, Requisition, RequisitionFreight, StockReservation
from .selectors import LineToPlace, lines_to_place


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """A vendor's answer to one line (by pk): so many confirmed, by which day, or why not all."""

    line_pk: int
    quantity: int
    promised_on: date | None = None
    reason: str = ""


def place_orders(*, requisition: Requisition, on: date, by: Any, at: datetime) -> list[PurchaseOrder]:
    """One order per vendor with everything frozen, stock reserved; all or nothing.

    ``InsufficientStock`` names each line and its shortfall. Inside the caller's transaction.
    """
    requisition = lock_requisition(requisition.pk)
    require_role(by, requisition.organisation, Role.APPROVER)
    LIFE.require(requisition, State.PLACED)
    wanted = lines_to_place(requisition)
    if booked := [line.pack for line in wanted if line.session]:
        require_bookable(Pack.objects.filter(pk__in=booked).select_related("session", "listing").order_by("pk"), on)
    catalogue.reserve_stock(
        wanted={line.pack: line.quantity for line in wanted}, labels={line.pack: line.label for line in wanted}
    )
    pairings = pairings_of(requisition.organisation.county_code, on)
    orders = _orders(requisition, wanted, pairings, by, at)
    lines = insert_objects(_order_lines(orders, wanted))
    insert_rows(StockReservation, ("line_id", "quantity"), ((line.pk, line.quantity_ordered) for line in lines))
    freeze_deliveries(requisition, orders, lines, to_several=any(line.to_several for line in wanted))
    for order in orders:
        order.placed_lines = [line for line in lines if line.order_id == order.pk]
    requisition.state, requisition.placed_by, requisition.placed_at = State.PLACED, by, at
    requisition.save(update_fields=["state", "placed_by", "placed_at"])
    return orders


def _orders(
    requisition: Requisition, wanted: Sequence[LineToPlace], pairings: Mapping[str, Pairing], by: Any, at: datetime
) -> list[PurchaseOrder]:
    vendors = {line.vendor: line for line in wanted}
    drafts = split_by_vendor([DraftLine(line.vendor, line.pack, line.quantity, line.unit_price) for line in wanted])
    references = unique_references("PO", len(drafts), at=at)
    freights = {freight.vendor_id: freight for freight in requisition.freights.all()}
    frozen = _frozen(requisition)
    orders = []
    for draft, reference in zip(drafts, references, strict=True):
        vendor = vendors[draft.vendor_pk]
        pairing = pairings.get(vendor.vendor_county)
        if pairing is None:
            raise NoPairing(buyer=requisition.organisation.name, vendor=vendor.vendor_name)
        orders.append(
            PurchaseOrder(
                reference=reference,
                requisition=requisition,
                vendor_id=vendor.vendor,
                vendor_name=vendor.vendor_name,
                pairing=pairing,
                campaign=_campaign_within(pairing, requisition),
                amount=draft.amount,
                placed_at=at,
                placed_by=by,
                **frozen,
                **_quoted(freights[draft.vendor_pk]),
            )
        )
    return insert_objects(orders)


def _campaign_within(pairing: Pairing, requisition: Requisition) -> Campaign | None:
    """A campaign counts what its own pairing bought; goods of another county are bought outside it."""
    campaign = requisition.campaign
    return campaign if campaign and campaign.pairing_id == pairing.pk else None


def _quoted(freight: RequisitionFreight) -> dict[str, Any]:
    """What was approved: a rule that has changed since does not touch it."""
    return {
        "freight_rule_id": freight.rule_id,
        "delivery_code": freight.region_code,
        "freight_quoted": freight.amount,
        "freight": freight.amount,
    }


def _frozen(requisition: Requisition) -> dict[str, Any]:
    organisation, point = requisition.organisation, requisition.delivery_point
    return {
        "organisation": organisation,
        "buyer_name": organisation.name,
        "buyer_kind": organisation.kind,
        "buyer_county": organisation.county_code,
        "fapiao_wanted": requisition.fapiao_wanted,
        "fapiao_title": requisition.fapiao_title or organisation.fapiao_title,
        "counted_for": organisation_counted_for(organisation),
        **{name: getattr(requisition, name) for name in ("purpose", "fund_source", "mode", "channel")},
        "delivery_name": point.name,
        "delivery_address": point.address,
        "delivery_contact": point.contact_name,
        "delivery_phone": point.phone,
    }


def _order_lines(orders: Sequence[PurchaseOrder], wanted: Sequence[LineToPlace]) -> list[OrderLine]:
    by_vendor = {order.vendor_id: order for order in orders}
    return [
        OrderLine(
            order=by_vendor[line.vendor],
            pack_id=line.pack,
            listing_id=line.listing,
            title=line.title,
            pack_name=line.pack_name,
            unit=line.unit,
            category_id=line.category,
            category_name=line.category_name,
            origin_id=line.origin,
            origin_code=line.origin_code,
            origin_name=line.origin_name,
            township_name=line.township_name,
            unit_price=line.unit_price,
            quantity_ordered=line.quantity,
            tax_rate=line.tax_rate,
            weight_grams=line.weight_grams,
            session_id=line.session,
            is_redeemed=line.is_redeemed or line.is_service,
        )
        for line in wanted
    ]


def answer_order(
    *, order: PurchaseOrder, answers: Sequence[LineAnswer], by: Any, at: datetime
) -> tuple[PurchaseOrder, list[OrderLine]]:
    """Confirm all, part or none of every line, once; what is declined releases its stock.

    Answers the locked order and its lines. Inside the caller's transaction; who may answer is the caller's question.
    """
    order = lock_order(order.pk)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    if order.answered_at is not None:
        raise AlreadyAnswered(order=order.reference)
    lines = list(order.lines.select_related("session"))
    given = {answer.line_pk: answer for answer in answers}
    for line in lines:
        _take_answer(line, given.get(line.pk))
    OrderLine.objects.bulk_update(lines, ["quantity_declined", "promised_on", "decline_reason"], batch_size=200)
    _release([(line, line.quantity_declined) for line in lines if line.quantity_declined])
    order.answered_at, order.answered_by = at, by
    order.save(update_fields=["answered_at", "answered_by"])
    audit.record("marketplace.answer", [order], by=by, at=at, declined=sum(line.quantity_declined for line in lines))
    return order, lines


def call_off(
    *, order: PurchaseOrder, quantities: Mapping[int, int], reason: str, by: Any, at: datetime
) -> list[tuple[OrderLine, int]]:
    """Take quantities (order line pk → quantity) out of a locked order; their stock is released.

    An order of which nothing is left is cancelled. Answers the lines with what was taken out. Who may, and whether the
    goods have left already, are the caller's questions.
    """
    lines = list(order.lines.all())
    taken = [(line, quantities[line.pk]) for line in lines if quantities.get(line.pk)]
    for line, quantity in taken:
        line.quantity_cancelled += quantity
    OrderLine.objects.bulk_update([line for line, _quantity in taken], ["quantity_cancelled"], batch_size=200)
    _release(taken)
    if not any(line.quantity_confirmed for line in lines):
        order.cancelled_at, order.cancelled_by, order.cancel_reason = at, by, reason
        order.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason"])
    audit.record("marketplace.cancel_order", [order], by=by, at=at, reason=reason)
    return taken


def _release(taken: Sequence[tuple[OrderLine, int]]) -> None:
    catalogue.release_stock(quantities={line.pack_id: quantity for line, quantity in taken})
    if taken:
        shift_reservations({line.pk: (quantity, 0) for line, quantity in taken})


def _take_answer(line: OrderLine, answer: LineAnswer | None) -> None:
    most = line.quantity_ordered - line.quantity_cancelled  # a session may have been called off before
    if most == 0:
        return
    if answer is None or not 0 <= answer.quantity <= most:
        raise AnswerIncomplete(line=str(line))
    day = line.session.starts_on if line.session else answer.promised_on
    if answer.quantity and day is None:
        raise PromiseMissing(line=str(line))
    if answer.quantity < most and not answer.reason.strip():
        raise DeclineReasonMissing(line=str(line))
    line.quantity_declined = most - answer.quantity
    line.promised_on = day if answer.quantity else None
    line.decline_reason = answer.reason.strip()[:200]

"""A vendor's steps on the road: who may take them is asked here, what they do is the marketplace's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from marketplace.files import Given
from marketplace.fulfilment import vouchering
from marketplace.fulfilment.models import Cancellation, Consignment, GoodsReturn, Side
from marketplace.fulfilment.vouchers import Voucher
from marketplace.money import Money
from marketplace.orders.models import OrderDelivery, PurchaseOrder
from marketplace.orders.placing import LineAnswer
from marketplace.payments.models import Fapiao
from marketplace.purchase import answer as road_answer
from marketplace.purchase import cancel, deliver, pay, send_back

from ..people.selectors import require_seat, vendors_of


def answer_order(*, order: PurchaseOrder, answers: Sequence[LineAnswer], by: Any, at: datetime) -> PurchaseOrder:
    """Confirm all, part or none of each line. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return road_answer.answer(order=order, answers=answers, by=by, at=at)


def dispatch(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    carrier: str,
    waybill_number: str,
    note: str,
    delivery: OrderDelivery | None = None,
    by: Any,
    at: datetime,
) -> Consignment:
    """Send a consignment. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return deliver.dispatch(
        order=order,
        quantities=quantities,
        carrier=carrier,
        waybill_number=waybill_number,
        note=note,
        delivery=delivery,
        by=by,
        at=at,
    )


def enter_fapiao(
    *,
    order: PurchaseOrder,
    number: str,
    title: str,
    amount: Money,
    tax: Money | None = None,
    issued_on: date,
    by: Any,
    at: datetime,
) -> Fapiao:
    """Enter the fapiao of an accepted order. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return pay.enter_fapiao(
        order=order, number=number, title=title, amount=amount, tax=tax, issued_on=issued_on, by=by, at=at
    )


def void_fapiao(*, order: PurchaseOrder, red_number: str, reason: str, by: Any, at: datetime) -> Fapiao:
    """Set an order's fapiao aside after its red-letter fapiao. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return pay.void_fapiao(order=order, red_number=red_number, reason=reason, by=by, at=at)


def propose_cancellation(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    fault: str,
    reason: str,
    evidence: Given = None,
    by: Any,
    at: datetime,
) -> Cancellation:
    """Ask the buyer to call off what cannot be sent. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return cancel.propose_cancellation(
        order=order,
        quantities=quantities,
        side=Side.VENDOR,
        fault=fault,
        reason=reason,
        evidence=evidence,
        by=by,
        at=at,
    )


def agree_to_cancel(*, cancellation: Cancellation, by: Any, at: datetime) -> PurchaseOrder:
    """Consent to what the buyer asks. By somebody seated at the order's vendor."""
    require_seat(by, cancellation.order.vendor_id)
    return cancel.agree_to_cancel(cancellation=cancellation, side=Side.VENDOR, by=by, at=at)


def refuse_to_cancel(*, cancellation: Cancellation, reason: str, by: Any, at: datetime) -> Cancellation:
    """Do not consent, with a reason. By somebody seated at the order's vendor."""
    require_seat(by, cancellation.order.vendor_id)
    return cancel.refuse_to_cancel(cancellation=cancellation, side=Side.VENDOR, reason=reason, by=by, at=at)


def withdraw_cancellation(*, cancellation: Cancellation, by: Any, at: datetime) -> Cancellation:
    """Take back what the vendor asked. By somebody seated at the order's vendor."""
    require_seat(by, cancellation.order.vendor_id)
    return cancel.withdraw_cancellation(cancellation=cancellation, side=Side.VENDOR, by=by, at=at)


def agree_to_return(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """Take goods back as the buyer asks. By somebody seated at the order's vendor."""
    require_seat(by, goods_return.order.vendor_id)
    return send_back.agree_to_return(goods_return=goods_return, by=by, at=at)


def refuse_return(*, goods_return: GoodsReturn, reason: str, by: Any, at: datetime) -> GoodsReturn:
    """Do not take goods back, with a reason. By somebody seated at the order's vendor."""
    require_seat(by, goods_return.order.vendor_id)
    return send_back.refuse_return(goods_return=goods_return, reason=reason, by=by, at=at)


def send_replacement(
    *, goods_return: GoodsReturn, carrier: str, waybill_number: str, by: Any, at: datetime
) -> GoodsReturn:
    """Send goods in place of those that go back. By somebody seated at the order's vendor."""
    require_seat(by, goods_return.order.vendor_id)
    return send_back.send_replacement(
        goods_return=goods_return, carrier=carrier, waybill_number=waybill_number, by=by, at=at
    )


def redeem_voucher(*, code: str, by: Any, at: datetime) -> Voucher:
    """A voucher's unit is had at the vendor's, once. By somebody seated at the vendor it is for."""
    return vouchering.redeem_voucher(code=code, vendors=[vendor.pk for vendor in vendors_of(by)], by=by, at=at)

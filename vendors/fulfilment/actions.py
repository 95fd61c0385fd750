"""A vendor's steps on the road: who may take them is asked here, what they do is the marketplace's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from marketplace.fulfilment.models import Consignment
from marketplace.money import Money
from marketplace.orders.models import PurchaseOrder
from marketplace.orders.placing import LineAnswer
from marketplace.payments.models import Fapiao
from marketplace.purchase import answer as road_answer
from marketplace.purchase import deliver, pay

from ..people.selectors import require_seat


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
    by: Any,
    at: datetime,
) -> Consignment:
    """Send a consignment. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return deliver.dispatch(
        order=order, quantities=quantities, carrier=carrier, waybill_number=waybill_number, note=note, by=by, at=at
    )


def enter_fapiao(
    *, order: PurchaseOrder, number: str, title: str, amount: Money, issued_on: date, by: Any, at: datetime
) -> Fapiao:
    """Enter the fapiao of an accepted order. By somebody seated at the order's vendor."""
    require_seat(by, order.vendor_id)
    return pay.enter_fapiao(order=order, number=number, title=title, amount=amount, issued_on=issued_on, by=by, at=at)

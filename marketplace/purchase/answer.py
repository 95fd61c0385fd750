"""Step 8: the vendor confirms all, part or none of each line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ..errands.actions import tell
from ..orders.errors import NotPaidYet
from ..orders.models import PurchaseOrder
from ..orders.placing import LineAnswer, answer_order
from ..payments.models import InvoiceAdjustment
from ..payments.selectors import is_settled
from .freight import reckoned
from .relief import give_up


@transaction.atomic
def answer(*, order: PurchaseOrder, answers: Sequence[LineAnswer], by: Any, at: datetime) -> PurchaseOrder:
    """Keep the answer; what is declined frees stock, allowances and the buyer's debt. Freight is frozen here.

    Who may answer for the vendor is asked by the vendors' side.
    """
    if order.pays_first and not is_settled(order):
        raise NotPaidYet(order=order.reference)
    order, lines = answer_order(order=order, answers=answers, by=by, at=at)
    declined = [(line, line.quantity_declined) for line in lines if line.quantity_declined]
    if declined:
        give_up(
            order,
            declined,
            InvoiceAdjustment.Reason.DECLINED,
            freight=reckoned(order, lines),
            source=f"decline:{order.reference}",
            by=by,
            at=at,
        )
        tell(("order_declined", order.reference), at=at)
    return order

"""Freight on the road: quoted when placed, frozen by the vendor's answer, given back when nothing of it came or stayed.

In between it does not move: parcels are the vendor's affair.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Sum

from ..catalogue.freight import quoted
from ..conf import currency
from ..fulfilment.models import AcceptanceLine, Fault, GoodsReturnLine
from ..money import Money, total
from ..orders.models import OrderLine, PurchaseOrder
from ..payments.actions import FreightRelief


def reckoned(order: PurchaseOrder, lines: Iterable[OrderLine]) -> Money:
    """The freight of what the vendor confirmed, by the edition quoted and never above the quote."""
    confirmed = [line for line in lines if line.quantity_confirmed]
    if not confirmed or order.freight_rule is None:
        return Money(0, currency())
    asked = quoted(
        order.freight_rule.areas,
        order.delivery_code,
        grams=sum(line.weight_grams * _answered(line) for line in confirmed),
        goods=total((line.unit_price * _answered(line) for line in confirmed), currency()),
    )
    return order.freight_quoted if asked is None else min(asked, order.freight_quoted)


def _answered(line: OrderLine) -> int:
    """What the vendor did not decline; a session called off before the answer makes delivering the rest no dearer."""
    return line.quantity_ordered - line.quantity_declined


def lower_freight(order: PurchaseOrder, freight: Money) -> list[FreightRelief]:
    """From now on a locked order's freight is ``freight``; the difference, if any, need not be paid."""
    back = order.freight - freight
    if not back:
        return []
    order.freight = freight
    order.save(update_fields=["freight"])
    return [FreightRelief(order, back)]


def is_all_the_vendors_fault(order: PurchaseOrder) -> bool:
    """Whether everything that was accepted has gone back for money, and always at the vendor's fault."""
    kept = AcceptanceLine.objects.filter(acceptance__order=order).aggregate(
        accepted=Sum("quantity"), returned=Sum("quantity_returned")
    )
    at_fault = GoodsReturnLine.objects.filter(
        goods_return__order=order, goods_return__returned_at__isnull=False, goods_return__fault=Fault.VENDOR
    ).aggregate(returned=Sum("quantity"))
    return bool(kept["accepted"]) and kept["accepted"] == kept["returned"] == at_fault["returned"]

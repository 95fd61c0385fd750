"""Going back after acceptance: the receiver asks, the vendor consents; money back is dated on the day of the consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from ..catalogue.actions import take_stock
from ..files import Given
from ..fulfilment import proposals
from ..fulfilment.actions import require_receiver
from ..fulfilment.locks import shift_returned
from ..fulfilment.models import Fault, GoodsReturn, Side
from ..impact import actions as impact
from ..impact.actions import Effect
from ..impact.models import ImpactEntry, Measure
from ..ledger import accounts
from ..orders.locks import lock_order
from ..orders.models import PurchaseOrder
from ..payments.actions import Relief
from ..payments.models import InvoiceAdjustment
from ..ratings.actions import mark_returned
from .freight import is_all_the_vendors_fault, lower_freight
from .postings import zero
from .relief import release_members, relieve


@transaction.atomic
def propose_return(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    reason: str,
    remedy: str = GoodsReturn.Remedy.REFUND,
    fault: str = Fault.VENDOR,
    evidence: Given = None,
    by: Any,
    at: datetime,
) -> GoodsReturn:
    """Ask the vendor to take accepted goods back (order line pk → quantity). By a receiver, within ``DAYS_TO_RETURN``."""
    order = lock_order(order.pk)
    require_receiver(order, by)
    return proposals.propose_return(
        order=order,
        quantities=quantities,
        remedy=remedy,
        fault=fault,
        reason=reason,
        evidence=evidence,
        by=by,
        at=at,
    )


@transaction.atomic
def agree_to_return(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """The vendor consents. For money: the debt falls, and every measure already counted is taken back, dated today.

    Who may speak for the vendor is asked by the vendors' side.
    """
    order = lock_order(goods_return.order_id)
    goods_return = proposals.agree(proposal=goods_return, side=Side.VENDOR, by=by, at=at)
    if goods_return.remedy == GoodsReturn.Remedy.REFUND:
        _take_effect(order, goods_return, by=by, at=at)
    return goods_return


@transaction.atomic
def refuse_return(*, goods_return: GoodsReturn, reason: str, by: Any, at: datetime) -> GoodsReturn:
    """The vendor does not consent, with a reason."""
    lock_order(goods_return.order_id)
    return proposals.refuse(proposal=goods_return, side=Side.VENDOR, reason=reason, by=by, at=at)


@transaction.atomic
def withdraw_return(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """The receiver keeps the goods after all."""
    require_receiver(lock_order(goods_return.order_id), by)
    return proposals.withdraw(proposal=goods_return, side=Side.BUYER, by=by, at=at)


@transaction.atomic
def send_replacement(
    *, goods_return: GoodsReturn, carrier: str = "", waybill_number: str = "", by: Any, at: datetime
) -> GoodsReturn:
    """Goods leave the store in place of those that go back. ``InsufficientStock`` when there are none."""
    lock_order(goods_return.order_id)
    goods_return = proposals.send_replacement(
        goods_return=goods_return, carrier=carrier, waybill_number=waybill_number, by=by, at=at
    )
    rows = list(goods_return.lines.select_related("line__pack__listing"))
    take_stock(
        wanted={row.line.pack_id: row.quantity for row in rows},
        labels={row.line.pack_id: str(row.line) for row in rows},
    )
    return goods_return


@transaction.atomic
def take_replacement(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """The replacement has arrived; money and totals stay as they are. By a receiver."""
    require_receiver(lock_order(goods_return.order_id), by)
    return proposals.take_replacement(goods_return=goods_return, by=by, at=at)


@transaction.atomic
def give_up_replacement(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """A replacement has not come by its day: the money goes back instead. By a receiver."""
    order = lock_order(goods_return.order_id)
    require_receiver(order, by)
    goods_return = proposals.give_up_replacement(goods_return=goods_return, by=by, at=at)
    _take_effect(order, goods_return, by=by, at=at)
    return goods_return


def _take_effect(order: PurchaseOrder, goods_return: GoodsReturn, *, by: Any, at: datetime) -> None:
    returned = [(row.line, row.quantity) for row in goods_return.lines.select_related("line")]
    shift_returned({line.pk: quantity for line, quantity in returned})
    goods_return.returned_at = at
    goods_return.save(update_fields=["returned_at"])
    release_members(order, returned, room=attrgetter("due"), by=by, at=at)
    reliefs = [Relief(line, quantity, InvoiceAdjustment.Reason.RETURNED) for line, quantity in returned]
    relieve(
        order,
        [*reliefs, *(lower_freight(order, zero()) if is_all_the_vendors_fault(order) else [])],
        source=f"return:{goods_return.reference}",
        from_account=accounts.payable(order.vendor_id),
        by=by,
        at=at,
    )
    effects = [Effect(order, line, Measure.ACCEPTED, -quantity) for line, quantity in returned]
    impact.record(effects=effects, reason=ImpactEntry.Reason.RETURNED, at=at)
    mark_returned(order=order, lines=[line for line, _quantity in returned], at=at)

"""Steps 9 and 10: consignments leave, arrive and are accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from ..catalogue.actions import consume_stock, release_stock
from ..conf import currency
from ..files import Given
from ..fulfilment import actions as fulfilment
from ..fulfilment.matching import shortfalls
from ..fulfilment.models import Acceptance, Consignment, GoodsReceipt
from ..impact import actions as impact
from ..impact.actions import Effect
from ..impact.models import ImpactEntry, Measure
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import total
from ..orders.locks import lock_order, shift_reservations
from ..orders.models import OrderDelivery, OrderLine, PurchaseOrder
from ..payments.actions import Relief
from ..payments.locks import lock_invoice
from ..payments.models import InvoiceAdjustment
from .freight import lower_freight
from .postings import post_measures, zero
from .relief import release_members, relieve


@transaction.atomic
def dispatch(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    carrier: str = "",
    waybill_number: str = "",
    note: str = "",
    delivery: OrderDelivery | None = None,
    by: Any,
    at: datetime,
) -> Consignment:
    """Goods leave the vendor's store (order line pk → quantity). Who may send is asked by the vendors' side."""
    consignment, consigned = fulfilment.dispatch(
        order=order,
        quantities=quantities,
        carrier=carrier,
        waybill_number=waybill_number,
        note=note,
        delivery=delivery,
        by=by,
        at=at,
    )
    packs = dict(OrderLine.objects.filter(order=order).values_list("pk", "pack_id"))
    consume_stock(quantities={packs[row.line_id]: row.quantity for row in consigned})
    shift_reservations({row.line_id: (0, row.quantity) for row in consigned})
    return consignment


@transaction.atomic
def receive(
    *,
    consignment: Consignment,
    counts: Sequence[fulfilment.Count],
    note: str = "",
    photo: Given = None,
    by: Any,
    at: datetime,
) -> GoodsReceipt:
    """The receiver counts one consignment: received, short, damaged."""
    return fulfilment.receive(consignment=consignment, counts=counts, note=note, photo=photo, by=by, at=at)


@transaction.atomic
def accept(*, order: PurchaseOrder, without_unsent: bool = False, note: str = "", by: Any, at: datetime) -> Acceptance:
    """Certify what arrived whole; what is missing lowers what is due and goes back to members' allowances."""
    order = lock_order(order.pk)
    counts, lines = fulfilment.counts_to_accept(order=order, without_unsent=without_unsent, by=by)
    missing = shortfalls(counts)
    _post_payable(order, lines, {line.pk: counts[line.pk].received for line in lines}, by, at)
    _release_unsent(lines, {line.pk: counts[line.pk].unsent for line in lines if counts[line.pk].unsent})
    if missing:
        gone = [(line, missing[line.pk]) for line in lines if line.pk in missing]
        release_members(order, gone, room=attrgetter("missing"), by=by, at=at)
        reliefs = [Relief(line, quantity, InvoiceAdjustment.Reason.MISSING) for line, quantity in gone]
        is_empty = not any(counts[line.pk].received for line in lines)
        relieve(
            order,
            [*reliefs, *(lower_freight(order, zero()) if is_empty else [])],
            source=f"missing:{order.reference}",
            from_account=accounts.committed(order.vendor_id),
            by=by,
            at=at,
        )
    effects = [Effect(order, line, Measure.ACCEPTED, counts[line.pk].received) for line in lines]
    impact.record(effects=effects, reason=ImpactEntry.Reason.ACCEPTED, at=at)
    acceptance = fulfilment.certify(order=order, counts=counts, lines=lines, note=note, by=by, at=at)
    if not order.fapiao_wanted:  # nothing more is to come
        post_measures(lock_invoice(order.requisition_id), [order], reason=ImpactEntry.Reason.COMPLETED, at=at)
    return acceptance


def _release_unsent(lines: Sequence[OrderLine], unsent: Mapping[int, int]) -> None:
    if unsent:
        release_stock(quantities={line.pack_id: unsent[line.pk] for line in lines if line.pk in unsent})
        shift_reservations({pk: (quantity, 0) for pk, quantity in unsent.items()})


def _post_payable(
    order: PurchaseOrder, lines: Sequence[OrderLine], received: Mapping[int, int], by: Any, at: datetime
) -> None:
    """What arrived whole is owed to the vendor, with the freight if anything did.

    The book comes before any total: accounts may have to be opened.
    """
    goods = total((line.unit_price * received[line.pk] for line in lines), currency())
    amount = goods + order.freight if any(received.values()) else goods
    draft = EntryDraft(
        source=f"accept:{order.reference}",
        memo=order.vendor_name,
        lines=((accounts.committed(order.vendor_id), amount), (accounts.payable(order.vendor_id), -amount)),
    )
    post([draft], by=by, at=at)

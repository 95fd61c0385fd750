"""What the steps post to the book and to impact; the completion rule stands here, once.

*Completed* means paid, accepted and fapiao matched. All three are looked at
under the invoice's lock, so two steps at once cannot both miss, or both post, it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ..conf import currency
from ..fulfilment.models import AcceptanceLine
from ..impact import actions as impact
from ..impact.actions import Effect
from ..impact.models import ImpactEntry, Measure
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder
from ..payments.models import Fapiao, Invoice
from ..payments.selectors import adjusted_quantities


def post_placed(orders: Sequence[PurchaseOrder], *, by: Any, at: datetime) -> None:
    """The buyer owes, the vendors are promised: one entry per order, and the ordered measure."""
    post(
        [
            EntryDraft(
                source=f"place:{order.reference}",
                memo=order.vendor_name,
                lines=(
                    (accounts.receivable(order.organisation_id), order.amount),
                    (accounts.committed(order.vendor_id), -order.amount),
                ),
            )
            for order in orders
        ],
        by=by,
        at=at,
    )
    effects = [
        Effect(order, line, Measure.ORDERED, line.quantity_ordered) for order in orders for line in order.placed_lines
    ]
    impact.record(effects=effects, reason=ImpactEntry.Reason.PLACED, at=at)


def given_back(order: PurchaseOrder, *, from_account: str, amount: Money, held: Money) -> tuple[tuple[str, Money], ...]:
    """Ledger lines that take ``amount`` from the vendor's side: ``held`` of it is owed back to the buyer."""
    return (
        (from_account, amount),
        (accounts.receivable(order.organisation_id), held - amount),
        (accounts.held_for_buyer(order.organisation_id), -held),
    )


def post_payment(invoice: Invoice, *, source: str, amount: Money, excess: Money, by: Any, at: datetime) -> None:
    """Money reached the bank; ``excess`` of it is held for the buyer."""
    lines = (
        (accounts.BANK, amount),
        (accounts.receivable(invoice.organisation_id), excess - amount),
        (accounts.held_for_buyer(invoice.organisation_id), -excess),
    )
    post([EntryDraft(source=source, memo=invoice.number, lines=lines)], by=by, at=at)


def lines_to_pay(orders: Sequence[PurchaseOrder]) -> list[tuple[PurchaseOrder, OrderLine, int]]:
    """Every line of these orders with how many of it are to be paid; two statements."""
    by_pk = {order.pk: order for order in orders}
    lines = list(OrderLine.objects.filter(order_id__in=by_pk).order_by("pk"))
    taken = adjusted_quantities([line.pk for line in lines])
    return [(by_pk[line.order_id], line, line.quantity_ordered - taken[line.pk]) for line in lines]


def post_settled(invoice: Invoice, *, at: datetime) -> None:
    """The invoice has just been paid in full: post the paid measure of all its lines, and what is now complete."""
    orders = list(PurchaseOrder.objects.filter(requisition_id=invoice.requisition_id))
    effects = [Effect(order, line, Measure.PAID, quantity) for order, line, quantity in lines_to_pay(orders)]
    impact.record(effects=effects, reason=ImpactEntry.Reason.SETTLED, at=at)
    post_completed(invoice, orders, at=at)


def post_completed(invoice: Invoice, orders: Sequence[PurchaseOrder], *, at: datetime) -> None:
    """Post the completed measure of those orders that are paid, accepted and matched by now and were not before."""
    if not invoice.is_settled:
        return
    matched = set(Fapiao.objects.filter(order__in=orders).values_list("order_id", flat=True))
    ready = [order for order in orders if order.pk in matched]
    done = set(
        ImpactEntry.objects.filter(line__order__in=ready, measure=Measure.COMPLETED).values_list(
            "line__order_id", flat=True
        )
    )
    by_pk = {order.pk: order for order in ready if order.pk not in done}
    accepted = AcceptanceLine.objects.filter(acceptance__order_id__in=by_pk).select_related("line").order_by("pk")
    effects = [
        Effect(by_pk[row.line.order_id], row.line, Measure.COMPLETED, row.quantity - row.quantity_returned)
        for row in accepted
    ]
    impact.record(effects=effects, reason=ImpactEntry.Reason.COMPLETED, at=at)


def zero() -> Money:
    """Nothing, in the installation's currency."""
    return Money(0, currency())

"""What the steps post to the book and to impact; the completion rule stands here, once.

*Completed* means paid, accepted and fapiao matched, where one is wanted. All are looked at
under the invoice's lock, so two steps at once cannot both miss, or both post, it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, Sum

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

Lines = tuple[tuple[str, Money], ...]


def post_placed(orders: Sequence[PurchaseOrder], *, by: Any, at: datetime) -> None:
    """The buyer owes, the vendors are promised: one entry per order, and the ordered measure."""
    post(
        [
            EntryDraft(
                source=f"place:{order.reference}",
                memo=order.vendor_name,
                lines=(
                    (accounts.receivable(order.organisation_id), order.amount_placed),
                    (accounts.committed(order.vendor_id), -order.amount_placed),
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


def given_back(order: PurchaseOrder, *, from_account: str, amount: Money, held: Money) -> Lines:
    """Ledger lines that take ``amount`` from the vendor's side: ``held`` of it is owed back to the buyer."""
    return (
        (from_account, amount),
        (accounts.receivable(order.organisation_id), held - amount),
        (accounts.held_for_buyer(order.organisation_id), -held),
    )


def paid_in(invoice: Invoice, *, from_account: str, amount: Money, excess: Money) -> Lines:
    """Ledger lines of money that came in through ``from_account``; ``excess`` of it is held for the buyer."""
    return (
        (from_account, amount),
        (accounts.receivable(invoice.organisation_id), excess - amount),
        (accounts.held_for_buyer(invoice.organisation_id), -excess),
    )


def post_measures(invoice: Invoice, orders: Sequence[PurchaseOrder], *, reason: str, at: datetime) -> None:
    """Bring the paid and completed measures of these orders up, or back, to what is now so.

    Posts the differences only, dated today: what was posted before is never changed. What is taken back carries
    ``reason``.
    """
    by_pk = {order.pk: order for order in orders}
    lines = list(OrderLine.objects.filter(order_id__in=by_pk).order_by("pk"))
    wanted = _wanted(invoice, lines)
    posted = _posted([line.pk for line in lines])
    changes = [(line, measure, wanted[line.pk, measure] - posted[line.pk, measure]) for line in lines for measure in UP]
    for measure, word in UP.items():
        risen = [Effect(by_pk[line.order_id], line, m, n) for line, m, n in changes if n > 0 and m == measure]
        impact.record(effects=risen, reason=word, at=at)
    fallen = [Effect(by_pk[line.order_id], line, measure, n) for line, measure, n in changes if n < 0]
    impact.record(effects=fallen, reason=reason, at=at)


UP = {Measure.PAID: ImpactEntry.Reason.SETTLED, Measure.COMPLETED: ImpactEntry.Reason.COMPLETED}


def _wanted(invoice: Invoice, lines: Sequence[OrderLine]) -> Counter[tuple[int, str]]:
    wanted: Counter[tuple[int, str]] = Counter()
    if not invoice.is_settled:
        return wanted
    taken = adjusted_quantities([line.pk for line in lines])
    for line in lines:
        wanted[line.pk, Measure.PAID] = line.quantity_ordered - taken[line.pk]
    matched = Fapiao.objects.standing().values("order_id")
    invoiced = Q(acceptance__order_id__in=matched) | Q(acceptance__order__fapiao_wanted=False)
    for row in AcceptanceLine.objects.filter(invoiced, line__in=lines):
        wanted[row.line_id, Measure.COMPLETED] = row.quantity - row.quantity_returned
    return wanted


def _posted(line_pks: Sequence[int]) -> Counter[tuple[int, str]]:
    rows = (
        ImpactEntry.objects.filter(line_id__in=line_pks, measure__in=UP)
        .values_list("line_id", "measure")
        .annotate(posted=Sum("quantity"))
        .order_by()
    )
    return Counter({(pk, measure): quantity for pk, measure, quantity in rows})


def zero() -> Money:
    """Nothing, in the installation's currency."""
    return Money(0, currency())

"""Questions about what is owed and paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from ..catalogue.tax import RateSum, breakdown, merged
from ..conf import currency
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder
from .models import Fapiao, Invoice, InvoiceAdjustment


def adjusted_quantities(line_pks: Sequence[int]) -> Counter[int]:
    """Per order line (pk): how many need not be paid."""
    rows = InvoiceAdjustment.objects.filter(line_id__in=line_pks).values("line_id").annotate(taken=Sum("quantity"))
    return Counter({row["line_id"]: row["taken"] for row in rows})


def rates_of(orders: QuerySet[PurchaseOrder]) -> dict[int, list[RateSum]]:
    """Per order (pk): what is due of it by tax rate, after all that lowered it; two statements."""
    lines = OrderLine.objects.filter(order__in=orders).annotate(lowered=Sum("adjustments__amount")).order_by("pk")
    goods: dict[int, list[tuple[str, Money]]] = {}
    for line in lines:
        due = line.amount_ordered + (line.lowered or Money(0, currency()))
        goods.setdefault(line.order_id, []).append((line.tax_rate, due))
    return {order.pk: breakdown(goods.get(order.pk, []), order.freight) for order in orders}


def rates_of_order(order: PurchaseOrder) -> list[RateSum]:
    """What is due of one order by tax rate."""
    return rates_of(PurchaseOrder.objects.filter(pk=order.pk)).get(order.pk, [])


def rates_of_invoice(invoice: Invoice) -> list[RateSum]:
    """What an invoice comes to by tax rate; together exactly what is due."""
    return merged(rates_of(PurchaseOrder.objects.filter(requisition_id=invoice.requisition_id)).values())


def fapiao_of(order: PurchaseOrder) -> Fapiao | None:
    """The order's fapiao that was not voided."""
    return Fapiao.objects.standing().filter(order=order).first()


def is_matched() -> Q:
    """The condition that an order has such a fapiao, or wants none; asked of each order that is looked at, not of all."""
    return Exists(Fapiao.objects.standing().filter(order=OuterRef("pk"))) | Q(fapiao_wanted=False)


def open_invoices(invoice: Invoice) -> QuerySet[Invoice]:
    """The organisation's other invoices that are not paid in full, the earliest due first."""
    return (
        Invoice.objects.filter(organisation_id=invoice.organisation_id, settled_at=None)
        .exclude(pk=invoice.pk)
        .select_related("requisition__group_order")
        .order_by("due_on", "pk")
    )


def is_settled(order: PurchaseOrder) -> bool:
    """Whether the order's invoice is paid in full now."""
    return Invoice.objects.filter(requisition_id=order.requisition_id, settled_at__isnull=False).exists()

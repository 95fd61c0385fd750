"""Questions about what is owed and paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from ..orders.models import PurchaseOrder
from .models import Fapiao, Invoice, InvoiceAdjustment


def adjusted_quantities(line_pks: Sequence[int]) -> Counter[int]:
    """Per order line (pk): how many need not be paid."""
    rows = InvoiceAdjustment.objects.filter(line_id__in=line_pks).values("line_id").annotate(taken=Sum("quantity"))
    return Counter({row["line_id"]: row["taken"] for row in rows})


def fapiao_of(order: PurchaseOrder) -> Fapiao | None:
    """The order's fapiao that was not voided."""
    return Fapiao.objects.standing().filter(order=order).first()


def matched_orders() -> QuerySet[PurchaseOrder, int]:
    """The orders (pk) that have such a fapiao, or want none; a subquery."""
    has_one = Exists(Fapiao.objects.standing().filter(order=OuterRef("pk")))
    return PurchaseOrder.objects.filter(has_one | Q(fapiao_wanted=False)).values_list("pk", flat=True)


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

"""Invoices, their parts, and what was paid on them and given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ...orders.models import PurchaseOrder
from ...payments.models import Invoice, InvoiceAdjustment, InvoiceLine, Payment, Refund
from .carriage import Freight, freight_by_order
from .due import DueLine, due_by_line
from .reading import Mismatches, differences, fen, in_fen, tally


def invoices() -> Mismatches:
    """What each invoice invoices, adjusts, has been paid and gives back; and whether it is settled."""
    lines, freights = due_by_line(), freight_by_order()
    ordered, due = _ordered_by_requisition(lines, freights), due_by_requisition(lines, freights)
    refunded = tally(Refund.objects.filter(failed_at=None).values_list("payment_id", "amount"))
    paid, back = Counter[int](), Counter[int]()
    for pk, requisition, amount, gone, reversed_at in Payment.objects.values_list(
        "pk", "invoice__requisition_id", "amount", "amount_refunded", "reversed_at"
    ):
        paid[requisition] += 0 if reversed_at else fen(amount)
        back[requisition] += refunded[pk]
        yield from differences("payment", {f"{pk} refunded": fen(gone)}, {f"{pk} refunded": refunded[pk]})
    for row in Invoice.objects.all():
        pk = row.requisition_id
        yield from _invoice(row, ordered=ordered[pk], due=due[pk], paid=paid[pk], back=back[pk])


def _invoice(row: Invoice, *, ordered: int, due: int, paid: int, back: int) -> Mismatches:
    """One invoice beside what its rows add up to, in fen."""
    for what, kept, computed in (
        ("invoiced", fen(row.amount_invoiced), ordered),
        ("due", fen(row.amount_invoiced) + fen(row.amount_adjusted), due),
        ("paid", fen(row.amount_paid), paid),
        ("refunded", fen(row.amount_refunded), back),
    ):
        yield from differences(f"invoice {row.number}", {what: kept}, {what: computed})
    if (row.settled_at is not None) != (paid - back >= due):
        yield f"invoice {row.number}: settled {row.settled_at}, paid {paid - back} of {due}"


def _ordered_by_requisition(lines: Mapping[int, DueLine], freights: Mapping[int, Freight]) -> Counter[int]:
    """Requisition → what it was invoiced for, freight as quoted included (fen)."""
    sums = tally((line.requisition, line.price * line.ordered) for line in lines.values())
    for order, requisition in PurchaseOrder.objects.values_list("pk", "requisition_id"):
        sums[requisition] += freights[order].quoted
    return sums


def due_by_requisition(lines: Mapping[int, DueLine], freights: Mapping[int, Freight]) -> Counter[int]:
    """Requisition → what is payable for it now, the freight that counts included (fen)."""
    sums = tally((line.requisition, line.price * line.payable) for line in lines.values())
    for order, requisition in PurchaseOrder.objects.values_list("pk", "requisition_id"):
        sums[requisition] += freights[order].now
    return sums


def invoice_parts() -> Mismatches:
    """Invoice lines and adjustments agree with order lines."""
    lines = due_by_line()
    by_order = tally((line.order, line.price * line.ordered) for line in lines.values())
    by_order.update({order: found.quoted for order, found in freight_by_order().items()})
    kept = in_fen(InvoiceLine.objects.values_list("order_id", "amount"))
    yield from differences("invoice line of order", kept, by_order)
    lowered = tally(InvoiceAdjustment.objects.exclude(line=None).values_list("line_id", "quantity"))
    wanted = {pk: line.ordered - line.payable for pk, line in lines.items()}
    yield from differences("adjustments of order line", lowered, {k: v for k, v in wanted.items() if v})

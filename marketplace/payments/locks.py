"""The lock on an invoice: adjustments, payments and settling happen one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from .models import Invoice


def lock_invoice(requisition_pk: int) -> Invoice:
    """The requisition's invoice, held until commit."""
    return (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("organisation", "requisition__group_order", "requisition__campaign")
        .get(requisition_id=requisition_pk)
    )


def lock_invoices(requisition_pks: Sequence[int]) -> dict[int, Invoice]:
    """Several invoices by pk, held until commit, in the order of their requisitions."""
    return {invoice.pk: invoice for invoice in map(lock_invoice, sorted(set(requisition_pks)))}

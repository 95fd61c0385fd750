"""Steps 12 and 13: the vendor's fapiao and the treasurer's transfer; together with acceptance they complete an order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from ..fulfilment.errors import NotAccepted
from ..fulfilment.models import Acceptance, AcceptanceLine
from ..money import Money, total
from ..orders.locks import lock_order
from ..orders.models import PurchaseOrder
from ..payments import actions as payments
from ..payments.gateways.bank_transfer import BANK_TRANSFER
from ..payments.gateways.base import Gateway, Receipt
from ..payments.locks import lock_invoice
from ..payments.models import Fapiao, Invoice, Payment
from .postings import post_completed, post_payment, post_settled, zero


@transaction.atomic
def record_payment(
    *,
    invoice: Invoice,
    receipt: Receipt,
    voucher: payments.Voucher | None = None,
    gateway: Gateway = BANK_TRANSFER,
    by: Any,
    at: datetime,
) -> Payment:
    """Record a transfer once. Too little leaves the rest open; too much is held for the buyer; nothing is lost."""
    invoice = lock_invoice(invoice.requisition_id)
    was_settled, held_before = invoice.is_settled, invoice.amount_overpaid
    payment = payments.record_payment(invoice=invoice, gateway=gateway, receipt=receipt, voucher=voucher, by=by, at=at)
    post_payment(
        invoice,
        source=f"pay:{gateway.code}:{payment.transaction_number}"[:80],
        amount=payment.amount,
        excess=invoice.amount_overpaid - held_before,
        by=by,
        at=at,
    )
    if invoice.is_settled and not was_settled:
        post_settled(invoice, at=at)
    return payment


@transaction.atomic
def enter_fapiao(
    *, order: PurchaseOrder, number: str, title: str, amount: Money, issued_on: date, by: Any, at: datetime
) -> Fapiao:
    """Match a vendor's fapiao with an accepted order: title and accepted amount must agree.

    Who may enter it for the vendor is asked by the vendors' side.
    """
    order = lock_order(order.pk)
    if not Acceptance.objects.filter(order=order).exists():
        raise NotAccepted(order=order.reference)
    fapiao = payments.match_fapiao(
        order=order,
        number=number,
        title=title,
        amount=amount,
        issued_on=issued_on,
        accepted=accepted_amount(order),
        by=by,
        at=at,
    )
    post_completed(lock_invoice(order.requisition_id), [order], at=at)
    return fapiao


def accepted_amount(order: PurchaseOrder) -> Money:
    """What was accepted of an order and kept: the amount its fapiao must show."""
    rows = AcceptanceLine.objects.filter(acceptance__order=order).select_related("line")
    return total((row.line.unit_price * (row.quantity - row.quantity_returned) for row in rows), zero().currency)

"""Steps 12 and 13: the vendor's fapiao and the treasurer's transfer; together with acceptance they complete an order.

Each has its way back: a fapiao is voided, a mistyped payment reversed; held money goes back in ``refund``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ..catalogue.tax import RateSum, breakdown, tolerance
from ..files import Given
from ..fulfilment.errors import NotAccepted
from ..fulfilment.models import Acceptance, AcceptanceLine
from ..impact.elsewhere.errors import CountedElsewhere
from ..impact.elsewhere.selectors import standing_fapiao
from ..impact.models import ImpactEntry
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import Money, total
from ..orders.locks import lock_order
from ..orders.models import PurchaseOrder
from ..payments import actions as payments
from ..payments.gateways.bank_transfer import BANK_TRANSFER
from ..payments.gateways.base import Gateway, Receipt
from ..payments.locks import lock_invoice
from ..payments.models import Fapiao, Invoice, Payment
from .postings import Lines, paid_in, post_measures, zero


@transaction.atomic
def record_payment(
    *,
    invoice: Invoice,
    receipt: Receipt,
    voucher: Given = None,
    gateway: Gateway = BANK_TRANSFER,
    by: Any,
    at: datetime,
) -> Payment:
    """Record a payment once. Too little leaves the rest open; too much is held for the buyer; nothing is lost.

    ``by`` is a treasurer, or ``None`` when the gateway itself reports the payment.
    """
    invoice = lock_invoice(invoice.requisition_id)
    return take_in(invoice, gateway, receipt, voucher, accounts.BANK, by, at)


def take_in(
    invoice: Invoice,
    gateway: Gateway,
    receipt: Receipt,
    voucher: Given,
    from_account: str,
    by: Any,
    at: datetime,
) -> Payment:
    """Money comes in on a locked invoice through an account of the book."""
    was_settled, held_before = invoice.is_settled, invoice.amount_overpaid
    payment = payments.record_payment(invoice=invoice, gateway=gateway, receipt=receipt, voucher=voucher, by=by, at=at)
    lines = paid_in(
        invoice, from_account=from_account, amount=payment.amount, excess=invoice.amount_overpaid - held_before
    )
    post_lines(f"pay:{payment.pk}", invoice.number, lines, by, at)
    if invoice.is_settled and not was_settled:
        post_measures(invoice, orders_of(invoice), reason=ImpactEntry.Reason.SETTLED, at=at)
    return payment


@transaction.atomic
def reverse_payment(*, payment: Payment, reason: str, by: Any, at: datetime) -> Payment:
    """A mistyped transfer is taken back: the debt is open again, and what counted as paid and completed no longer does.

    By another treasurer, an approver or the administrator of the organisation.
    """
    invoice = lock_invoice(payment.invoice.requisition_id)
    was_settled, held_before = invoice.is_settled, invoice.amount_overpaid
    payment = payments.reverse_payment(invoice=invoice, payment=payment, reason=reason, by=by, at=at)
    excess = invoice.amount_overpaid - held_before
    lines = paid_in(invoice, from_account=accounts.BANK, amount=-payment.amount, excess=excess)
    post_lines(f"reverse:{payment.pk}", invoice.number, lines, by, at)
    if was_settled and not invoice.is_settled:
        post_measures(invoice, orders_of(invoice), reason=ImpactEntry.Reason.REVERSED, at=at)
    return payment


def post_lines(source: str, memo: str, lines: Lines, by: Any, at: datetime) -> None:
    """One entry in the book."""
    post([EntryDraft(source=source, memo=memo, lines=lines)], by=by, at=at)


def orders_of(invoice: Invoice) -> list[PurchaseOrder]:
    """The orders an invoice is for."""
    return list(PurchaseOrder.objects.filter(requisition_id=invoice.requisition_id))


@transaction.atomic
def enter_fapiao(
    *,
    order: PurchaseOrder,
    number: str,
    title: str,
    amount: Money,
    tax: Money | None = None,
    issued_on: date,
    by: Any,
    at: datetime,
) -> Fapiao:
    """Match a vendor's fapiao with an accepted order: title, accepted amount with freight, and the tax in it must agree (none is none).

    ``CountedElsewhere`` when a buyer has handed it in for a purchase made elsewhere: nothing counts twice.

    Who may enter it for the vendor is asked by the vendors' side.
    """
    order = lock_order(order.pk)
    if counted := standing_fapiao(number.strip()):
        raise CountedElsewhere(number=number.strip(), purchase=counted.reference)
    if not Acceptance.objects.filter(order=order).exists():
        raise NotAccepted(order=order.reference)
    due = fapiao_due(order)
    fapiao = payments.match_fapiao(
        order=order,
        number=number,
        title=title,
        amount=amount,
        tax=tax or zero(),
        issued_on=issued_on,
        accepted=due.amount,
        tax_expected=due.tax,
        tolerance=due.tolerance,
        by=by,
        at=at,
    )
    post_measures(lock_invoice(order.requisition_id), [order], reason=ImpactEntry.Reason.COMPLETED, at=at)
    return fapiao


@transaction.atomic
def void_fapiao(*, order: PurchaseOrder, red_number: str, reason: str, by: Any, at: datetime) -> Fapiao:
    """The vendor has cancelled a fapiao by a red-letter one: the order is not complete until another is entered.

    Who may say so for the vendor is asked by the vendors' side.
    """
    order = lock_order(order.pk)
    fapiao = payments.void_fapiao(order=order, red_number=red_number, reason=reason, by=by, at=at)
    post_measures(lock_invoice(order.requisition_id), [order], reason=ImpactEntry.Reason.VOIDED, at=at)
    return fapiao


def accepted_amount(order: PurchaseOrder) -> Money:
    """What was accepted of an order and kept, with its freight: the amount its fapiao must show."""
    return fapiao_due(order).amount


@dataclass(frozen=True, slots=True)
class FapiaoDue:
    """What a fapiao must show: amounts by tax rate, and how far its tax may differ by rounding."""

    rates: list[RateSum]
    tolerance: Money

    @property
    def amount(self) -> Money:
        return total((row.amount for row in self.rates), zero().currency)

    @property
    def tax(self) -> Money:
        return total((row.tax for row in self.rates), zero().currency)


def fapiao_due(order: PurchaseOrder) -> FapiaoDue:
    """What the fapiao of an accepted order must show."""
    rows = list(AcceptanceLine.objects.filter(acceptance__order=order).select_related("line"))
    kept = [(row.line, row.quantity - row.quantity_returned) for row in rows]
    goods = [(line.tax_rate, line.unit_price * quantity) for line, quantity in kept]
    lines = sum(1 for _line, quantity in kept if quantity)
    return FapiaoDue(breakdown(goods, order.freight), tolerance(lines, order.freight))

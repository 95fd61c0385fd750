"""Invoices, what lowers them, payments and fapiao. Each is called by the purchase road inside its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from .. import audit, signals
from ..catalogue.errors import ReasonMissing
from ..conf import currency, setting
from ..files import Given, Kind, keep
from ..money import Money, total
from ..orders.models import OrderLine, PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import require_role
from ..references import counted_references, unique_references
from ..rows import insert_rows
from .errors import (
    FapiaoAlreadyMatched,
    FapiaoAlreadyUsed,
    FapiaoAmountWrong,
    FapiaoDateWrong,
    FapiaoNumberWrong,
    FapiaoTaxWrong,
    FapiaoTitleWrong,
    NoFapiao,
    NoFapiaoWanted,
    OwnRecord,
    PaymentAlreadyRecorded,
    PaymentProven,
    PaymentRefunded,
    PaymentReversed,
)
from .gateways.bank_transfer import BANK_TRANSFER
from .gateways.base import Gateway, Receipt
from .matching import mismatches, number_is_right, tax_agrees, tidy_title
from .models import Fapiao, Invoice, InvoiceAdjustment, InvoiceLine, Payment


@dataclass(frozen=True, slots=True)
class Relief:
    """So many of an order line need not be paid, and why (a value of ``InvoiceAdjustment.Reason``)."""

    line: OrderLine
    quantity: int
    reason: str

    @property
    def amount(self) -> Money:
        return self.line.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class FreightRelief:
    """So much of an order's freight need not be paid."""

    order: PurchaseOrder
    amount: Money


def issue_invoice(*, requisition: Requisition, orders: Sequence[PurchaseOrder], by: Any, at: datetime) -> Invoice:
    """One invoice over all orders of a requisition; the number is taken last."""
    days = "DAYS_TO_PAY_PRIVATELY" if requisition.organisation.is_individual else "DAYS_TO_PAY"
    invoice = Invoice.objects.create(
        number=counted_references("INV", 1, at=at)[0],
        remittance_reference=unique_references("JD", 1, at=at)[0].replace("-", ""),
        requisition=requisition,
        organisation_id=requisition.organisation_id,
        issued_at=at,
        due_on=office_day(at) + timedelta(days=setting(days)),
        amount_invoiced=total((order.amount_placed for order in orders), currency()),
    )
    columns = ("invoice_id", "order_id", "amount")
    insert_rows(InvoiceLine, columns, ((invoice.pk, order.pk, order.amount_placed) for order in orders))
    return invoice


def adjust_invoice(*, invoice: Invoice, reliefs: Sequence[Relief | FreightRelief], by: Any, at: datetime) -> Money:
    """Lower a locked invoice; answers how much of it goes back to the buyer because it was already paid."""
    reliefs = [relief for relief in reliefs if relief.amount]
    if not reliefs:
        return Money(0, currency())
    InvoiceAdjustment.objects.bulk_create(
        InvoiceAdjustment(invoice=invoice, amount=-relief.amount, adjusted_at=at, adjusted_by=by, **_of_what(relief))
        for relief in reliefs
    )
    held_before = invoice.amount_overpaid
    invoice.amount_adjusted = invoice.amount_adjusted - total(relief.amount for relief in reliefs)
    settle_if_paid(invoice, at)
    invoice.save(update_fields=["amount_adjusted", "settled_at"])
    return invoice.amount_overpaid - held_before


def _of_what(relief: Relief | FreightRelief) -> dict[str, Any]:
    if isinstance(relief, FreightRelief):
        return {"order": relief.order, "reason": InvoiceAdjustment.Reason.FREIGHT, "quantity": 0}
    return {"line": relief.line, "reason": relief.reason, "quantity": relief.quantity}


def settle_if_paid(invoice: Invoice, at: datetime) -> None:
    """Note the moment an invoice was paid in full, or that it no longer is (not saved here)."""
    if invoice.amount_kept < invoice.amount_due:
        invoice.settled_at = None
    elif invoice.settled_at is None:
        invoice.settled_at = at


def record_payment(
    *, invoice: Invoice, gateway: Gateway, receipt: Receipt, voucher: Given, by: Any, at: datetime
) -> Payment:
    """Record one transfer on a locked invoice, once. By a treasurer, or by nobody when the gateway itself reports it.

    ``PaymentAlreadyRecorded`` when the bank's serial number is known, ``FileUnfit`` when the file is no scan.
    """
    if by is not None:
        require_role(by, invoice.organisation, Role.TREASURER)
    receipt = gateway.check(receipt, today=office_day(at))
    standing = Payment.objects.filter(
        gateway=gateway.code, transaction_number=receipt.transaction_number, reversed_at=None
    )
    if standing.exists():
        raise PaymentAlreadyRecorded(transaction=receipt.transaction_number)
    payment = _store(invoice, gateway, receipt, voucher, by, at)
    invoice.amount_paid = invoice.amount_paid + receipt.amount
    settle_if_paid(invoice, at)
    invoice.save(update_fields=["amount_paid", "settled_at"])
    audit.record("marketplace.record_payment", [invoice], by=by, at=at, amount=receipt.amount.amount)
    signals.announce(signals.payment_received, sender=Payment, payment=payment)
    return payment


def _store(invoice: Invoice, gateway: Gateway, receipt: Receipt, voucher: Given, by: Any, at: datetime) -> Payment:
    payment = Payment(
        invoice=invoice,
        gateway=gateway.code,
        transaction_number=receipt.transaction_number,
        amount=receipt.amount,
        paid_on=receipt.paid_on,
        payer_name=receipt.payer_name,
        recorded_at=at,
        recorded_by=by,
        voucher=keep(kind=Kind.VOUCHER, upload=voucher, by=by, at=at),
    )
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as problem:
        raise PaymentAlreadyRecorded(transaction=receipt.transaction_number) from problem
    return payment


def match_fapiao(
    *,
    order: PurchaseOrder,
    number: str,
    title: str,
    amount: Money,
    tax: Money,
    issued_on: date,
    accepted: Money,
    tax_expected: Money,
    tolerance: Money,
    by: Any,
    at: datetime,
) -> Fapiao:
    """Keep a fapiao whose title, amount and tax agree with the locked order; each disagreement is its own refusal."""
    number = tidy_title(number)
    if not number_is_right(number):
        raise FapiaoNumberWrong()
    if not order.fapiao_wanted:
        raise NoFapiaoWanted(order=order.reference)
    if Fapiao.objects.standing().filter(order=order).exists():
        raise FapiaoAlreadyMatched(order=order.reference)
    if Fapiao.objects.filter(number=number).exists():
        raise FapiaoAlreadyUsed(number=number)
    if not office_day(order.placed_at) <= issued_on <= office_day(at):
        raise FapiaoDateWrong()
    wrong = mismatches(title=title, wanted_title=order.fapiao_title, amount=amount, wanted_amount=accepted)
    if "title" in wrong:
        raise FapiaoTitleWrong(title=title, wanted=order.fapiao_title)
    if "amount" in wrong:
        raise FapiaoAmountWrong(amount=amount, wanted=accepted)
    if not tax_agrees(tax=tax, expected=tax_expected, tolerance=tolerance):
        raise FapiaoTaxWrong(tax=tax, wanted=tax_expected, tolerance=tolerance)
    fapiao = Fapiao.objects.create(
        order=order,
        number=number,
        title=title.strip(),
        amount=amount,
        tax=tax,
        issued_on=issued_on,
        matched_at=at,
        entered_by=by,
    )
    audit.record("marketplace.match_fapiao", [order], by=by, at=at, number=number)
    return fapiao


def void_fapiao(*, order: PurchaseOrder, red_number: str, reason: str, by: Any, at: datetime) -> Fapiao:
    """Set a locked order's fapiao aside: its issuer has cancelled it by a red-letter fapiao of this number."""
    fapiao = Fapiao.objects.standing().filter(order=order).first()
    if fapiao is None:
        raise NoFapiao(order=order.reference)
    red_number = tidy_title(red_number)
    if not number_is_right(red_number) or red_number == fapiao.number:
        raise FapiaoNumberWrong()
    if not reason.strip():
        raise ReasonMissing()
    fapiao.voided_at, fapiao.voided_by = at, by
    fapiao.void_reason, fapiao.red_number = reason.strip()[:300], red_number
    fapiao.save(update_fields=["voided_at", "voided_by", "void_reason", "red_number"])
    audit.record("marketplace.void_fapiao", [order], by=by, at=at, number=fapiao.number, reason=fapiao.void_reason)
    return fapiao


def reverse_payment(*, invoice: Invoice, payment: Payment, reason: str, by: Any, at: datetime) -> Payment:
    """Take a mistyped transfer back from a locked invoice. By another treasurer, an approver or the administrator,
    never its recorder.

    ``PaymentProven`` when a gateway reported it, ``PaymentRefunded`` when its money is going back or needed for that.
    """
    payment = Payment.objects.get(pk=payment.pk, invoice=invoice)
    require_role(by, invoice.organisation, Role.TREASURER, Role.APPROVER, Role.ADMINISTRATOR)
    if payment.reversed_at is not None:
        raise PaymentReversed(transaction=payment.transaction_number)
    if payment.gateway != BANK_TRANSFER.code:
        raise PaymentProven()
    if by.pk == payment.recorded_by_id:
        raise OwnRecord()
    if not reason.strip():
        raise ReasonMissing()
    if payment.amount_refunded or invoice.amount_kept < payment.amount:
        raise PaymentRefunded(transaction=payment.transaction_number)
    payment.reversed_at, payment.reversed_by, payment.reversal_reason = at, by, reason.strip()[:300]
    payment.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])
    invoice.amount_paid = invoice.amount_paid - payment.amount
    settle_if_paid(invoice, at)
    invoice.save(update_fields=["amount_paid", "settled_at"])
    audit.record("marketplace.reverse_payment", [invoice], by=by, at=at, reason=payment.reversal_reason)
    return payment

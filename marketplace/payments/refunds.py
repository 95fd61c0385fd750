"""Held money goes back to the buyer: asked for, sent the way it came, or moved to another invoice.

Each is called by the purchase road with the invoice locked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from .. import audit
from ..money import Money
from ..parties.models import Role
from ..parties.selectors import require_role
from ..references import unique_references
from .actions import settle_if_paid
from .errors import (
    NothingToRefund,
    PaymentAlreadyRecorded,
    RefundAccountMissing,
    RefundClosed,
    RefundNeedsOperator,
    RefundTooLarge,
)
from .gateways.bank_transfer import BANK_TRANSFER
from .gateways.offset import OFFSET
from .models import Invoice, Payment, Refund


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a refund by bank transfer goes."""

    name: str = ""
    bank: str = ""
    number: str = ""

    @property
    def is_complete(self) -> bool:
        return bool(self.name.strip() and self.bank.strip() and self.number.strip())


NO_ACCOUNT = BankAccount()


def request_refund(
    *, invoice: Invoice, amount: Money, account: BankAccount, gateway: str = "", by: Any, at: datetime
) -> list[Refund]:
    """Ask for ``amount`` of what a locked invoice holds; one refund per payment it came by, the latest first.

    By a treasurer. ``gateway`` overrides the way back (``offset``). A part that came by bank needs ``account``.
    """
    require_role(by, invoice.organisation, Role.TREASURER)
    if not invoice.amount_overpaid or amount.amount <= 0:
        raise NothingToRefund()
    if amount > invoice.amount_overpaid:
        raise RefundTooLarge(amount=amount, held=invoice.amount_overpaid)
    parts = list(_parts(invoice, amount))
    ways = [gateway or _way_back(payment) for payment, _part in parts]
    if BANK_TRANSFER.code in ways and not account.is_complete:
        raise RefundAccountMissing()
    references = unique_references("RF", len(parts), at=at)
    refunds = Refund.objects.bulk_create(
        Refund(
            reference=reference,
            invoice=invoice,
            payment=payment,
            gateway=way,
            amount=part,
            requested_at=at,
            requested_by=by,
            **(_payee(account) if way == BANK_TRANSFER.code else {}),
        )
        for reference, way, (payment, part) in zip(references, ways, parts, strict=True)
    )
    _shift(invoice, {payment.pk: part for payment, part in parts})
    audit.record("marketplace.request_refund", [invoice], by=by, at=at, amount=amount.amount)
    return refunds


def _parts(invoice: Invoice, amount: Money) -> Iterator[tuple[Payment, Money]]:
    for payment in invoice.payments.filter(reversed_at=None).order_by("-recorded_at", "-pk"):
        part = min(amount, payment.amount - payment.amount_refunded)
        if part.amount > 0:
            yield payment, part
            amount = amount - part


def _way_back(payment: Payment) -> str:
    """As it came; what another invoice held before is at the bank, and no service can be asked for it."""
    return BANK_TRANSFER.code if payment.gateway == OFFSET.code else payment.gateway


def _payee(account: BankAccount) -> dict[str, str]:
    return {
        "payee_name": account.name.strip(),
        "payee_bank": account.bank.strip(),
        "payee_account": "".join(account.number.split()),
    }


def _shift(invoice: Invoice, parts: dict[int, Money]) -> None:
    """Count what goes back (or, negative, does not after all) on the payments and their invoice."""
    for pk, part in sorted(parts.items()):
        Payment.objects.filter(pk=pk).update(amount_refunded=F("amount_refunded") + part.amount)
        invoice.amount_refunded = invoice.amount_refunded + part
    invoice.save(update_fields=["amount_refunded"])


def finish_refund(*, refund: Refund, transaction_number: str, by: Any, at: datetime) -> Refund:
    """The money has left: by the operator with the bank's serial number, or by nobody when the gateway reports it."""
    refund = _require_open(refund)
    if by is not None and not by.is_superuser:
        raise RefundNeedsOperator()
    refund.transaction_number = "".join(transaction_number.split()).upper() if by else transaction_number
    refund.done_at, refund.done_by = at, by
    try:
        with transaction.atomic():
            refund.save(update_fields=["transaction_number", "done_at", "done_by"])
    except IntegrityError as problem:
        raise PaymentAlreadyRecorded(transaction=refund.transaction_number) from problem
    audit.record("marketplace.finish_refund", [refund.invoice], by=by, at=at, refund=refund.reference)
    return refund


def fail_refund(*, invoice: Invoice, refund: Refund, failure: str, by: Any, at: datetime) -> Refund:
    """The money could not be sent: it pays what has become open meanwhile, and the rest is held for the buyer again."""
    refund = _require_open(refund)
    if by is not None and not by.is_superuser:
        raise RefundNeedsOperator()
    refund.failed_at, refund.failure = at, failure[:300]
    refund.save(update_fields=["failed_at", "failure"])
    _shift(invoice, {refund.payment_id: -refund.amount})
    settle_if_paid(invoice, at)
    invoice.save(update_fields=["settled_at"])
    audit.record("marketplace.fail_refund", [invoice], by=by, at=at, refund=refund.reference, failure=refund.failure)
    return refund


def _require_open(refund: Refund) -> Refund:
    refund = Refund.objects.select_related("invoice").get(pk=refund.pk)
    if not refund.is_open:
        raise RefundClosed(refund=refund.reference)
    return refund

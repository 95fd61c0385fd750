"""Held money goes back to the buyer, by the way it was paid; or it pays another invoice of the same organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ..errands.actions import schedule
from ..impact.models import ImpactEntry
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import Money
from ..parties.actions import office_day
from ..payments import refunds
from ..payments.errors import NothingOpenToPay
from ..payments.gateways.base import Receipt, RefundReport
from ..payments.gateways.offset import OFFSET
from ..payments.gateways.stripe import STRIPE
from ..payments.locks import lock_invoice, lock_invoices
from ..payments.models import Invoice, Payment, Refund
from .pay import orders_of, post_lines, take_in
from .postings import paid_in, post_measures

SEND_REFUND = "send_refund"
LOOK_AGAIN = timedelta(minutes=15)  # at a refund that is under way, if no message brings news sooner


@transaction.atomic
def request_refund(
    *,
    invoice: Invoice,
    amount: Money,
    account: refunds.BankAccount = refunds.NO_ACCOUNT,
    by: Any,
    at: datetime,
) -> list[Refund]:
    """Held money starts on its way back, by the way each part of it came. By a treasurer.

    ``RefundTooLarge`` above what is held. What a payment service must send is sent after the commit.
    """
    invoice = lock_invoice(invoice.requisition_id)
    made = refunds.request_refund(invoice=invoice, amount=amount, account=account, by=by, at=at)
    _move(invoice, made, accounts.held_for_buyer, accounts.refunding, "request", by, at)
    sent_by_service = [refund.reference for refund in made if refund.gateway == STRIPE.code]
    if sent_by_service:
        schedule(SEND_REFUND, sent_by_service, at=at)
    return made


def carry_out(reference: str, at: datetime) -> timedelta | None:
    """The errand: have a refund sent, and look again while it is under way."""
    refund = Refund.objects.select_related("invoice", "payment").get(reference=reference)
    return LOOK_AGAIN if send_refund(refund=refund, at=at).is_open else None


def send_refund(*, refund: Refund, at: datetime) -> Refund:
    """Have the payment service send a refund, once however often it is asked. ``ProcessorDown``."""
    if not refund.is_open or refund.gateway != STRIPE.code:
        return refund
    report = STRIPE.refund(
        reference=refund.reference, transaction_number=refund.payment.transaction_number, amount=refund.amount
    )
    return follow_report(refund=refund, report=report, at=at)


@transaction.atomic
def follow_report(*, refund: Refund, report: RefundReport, at: datetime) -> Refund:
    """What the payment service says about a refund takes effect, once."""
    lock_invoice(refund.invoice.requisition_id)
    refund = Refund.objects.select_related("invoice").get(pk=refund.pk)
    if refund.is_open and report.state == "done":
        return finish_refund(refund=refund, transaction_number=report.id, by=None, at=at)
    if refund.is_open and report.state == "failed":
        return fail_refund(refund=refund, failure=report.failure or report.id, by=None, at=at)
    return refund


@transaction.atomic
def finish_refund(*, refund: Refund, transaction_number: str, by: Any, at: datetime) -> Refund:
    """The money has left the platform's account: by the operator, or by nobody when the payment service reports it."""
    invoice = lock_invoice(refund.invoice.requisition_id)
    refund = refunds.finish_refund(refund=refund, transaction_number=transaction_number, by=by, at=at)
    lines = ((accounts.refunding(invoice.organisation_id), refund.amount), (accounts.BANK, -refund.amount))
    post_lines(f"refund:{refund.reference}:done", invoice.number, lines, by, at)
    return refund


@transaction.atomic
def fail_refund(*, refund: Refund, failure: str, by: Any, at: datetime) -> Refund:
    """The money could not be sent, so it is held for the buyer again, but for what a reversed payment has left open."""
    invoice = lock_invoice(refund.invoice.requisition_id)
    was_settled, held_before = invoice.is_settled, invoice.amount_overpaid
    refund = refunds.fail_refund(invoice=invoice, refund=refund, failure=failure, by=by, at=at)
    lines = paid_in(
        invoice,
        from_account=accounts.refunding(invoice.organisation_id),
        amount=refund.amount,
        excess=invoice.amount_overpaid - held_before,
    )
    post_lines(f"refund:{refund.reference}:fail", invoice.number, lines, by, at)
    if invoice.is_settled and not was_settled:
        post_measures(invoice, orders_of(invoice), reason=ImpactEntry.Reason.SETTLED, at=at)
    return refund


@transaction.atomic
def use_held(*, invoice: Invoice, towards: Invoice, amount: Money, by: Any, at: datetime) -> Payment:
    """What one invoice holds pays another of the same organisation; no money leaves the account. By a treasurer.

    The whole of ``amount`` is used, or what is open on the other invoice if that is less.
    """
    locked = lock_invoices([invoice.requisition_id, towards.requisition_id])
    invoice, towards = locked[invoice.pk], locked[towards.pk]
    if invoice.organisation_id != towards.organisation_id or invoice.pk == towards.pk or not towards.amount_open:
        raise NothingOpenToPay(invoice=towards.number)
    amount = min(amount, towards.amount_open)
    made = refunds.request_refund(
        invoice=invoice, amount=amount, account=refunds.NO_ACCOUNT, gateway=OFFSET.code, by=by, at=at
    )
    _move(invoice, made, accounts.held_for_buyer, accounts.refunding, "request", by, at)
    for refund in made:
        refunds.finish_refund(refund=refund, transaction_number=refund.reference, by=None, at=at)
    receipt = Receipt(made[0].reference, amount, office_day(at), invoice.number)
    return take_in(towards, OFFSET, receipt, None, accounts.refunding(invoice.organisation_id), by, at)


def _move(
    invoice: Invoice,
    moved: list[Refund],
    from_account: Callable[[int], str],
    to_account: Callable[[int], str],
    word: str,
    by: Any,
    at: datetime,
) -> None:
    buyer = invoice.organisation_id
    drafts = [
        EntryDraft(
            source=f"refund:{refund.reference}:{word}",
            memo=invoice.number,
            lines=((from_account(buyer), refund.amount), (to_account(buyer), -refund.amount)),
        )
        for refund in moved
    ]
    post(drafts, by=by, at=at)

"""Step 13 online: a payment page is opened, and what the payment service says about it is followed up.

The payer's return proves nothing and may never come: whatever brings news (the return, a signed message, the clock),
the page is read again from the service itself, and only what agrees with our own record settles an invoice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from ..conf import currency
from ..errands.actions import schedule
from ..money import Money, total
from ..parties.actions import office_day
from ..payments import checkouts
from ..payments.gateways.base import Event, Receipt, RefundReport, Session
from ..payments.gateways.stripe import STRIPE
from ..payments.locks import lock_invoice
from ..payments.models import Checkout, GatewayEvent, Invoice, Payment, Refund
from .pay import record_payment
from .refund import follow_report

log = logging.getLogger(__name__)
Outcome = GatewayEvent.Outcome
LOOK_UP_CHECKOUT = "look_up_checkout"
LOOK_AGAIN = timedelta(minutes=15)  # a page that has brought no news for so long is read again


def open_page(*, invoice: Invoice, title: str, paid_url: str, back_url: str, by: Any, at: datetime) -> Checkout:
    """A page where what is open on the invoice can be paid; the same page when it is asked for again.

    Our record is committed before the service is asked, and its reference is the service's idempotency key: a crash
    between the two loses nothing and charges nothing twice. ``ProcessorDown``, ``OnlinePaymentOff``,
    ``AmountNotForOnline``. ``paid_url`` and ``back_url`` are made for a checkout's reference by replacing ``CHECKOUT``.
    """
    with transaction.atomic():
        locked = lock_invoice(invoice.requisition_id)
        checkout = checkouts.open_checkout(invoice=locked, by=by, at=at)
        schedule(LOOK_UP_CHECKOUT, [checkout.reference], at=at, due_at=at + LOOK_AGAIN)
    if checkout.url:
        return checkout
    session = STRIPE.open(
        checkout,
        title=title,
        paid_url=paid_url.replace("CHECKOUT", checkout.reference),
        back_url=back_url.replace("CHECKOUT", checkout.reference),
    )
    return checkouts.keep_session(checkout=checkout, session=session)


def follow_up(*, checkout: Checkout, at: datetime) -> str:
    """Read a checkout's page again and do what follows, once; answers a ``GatewayEvent.Outcome``."""
    session = STRIPE.fetch(checkout.session)
    with transaction.atomic():
        return _apply(checkout, session, at)


def _apply(checkout: Checkout, session: Session, at: datetime) -> str:
    invoice = lock_invoice(checkout.invoice.requisition_id)
    checkout = Checkout.objects.get(pk=checkout.pk)
    if checkout.completed_at is not None:
        return Outcome.SETTLED
    if session.state in ("open", "processing"):
        return Outcome.WAITING
    if session.state == "ended":
        return _end(checkout, at)
    if wrong := checkouts.disagreement(checkout, session):
        checkout.mismatch = wrong
        checkout.save(update_fields=["mismatch"])
        log.error("The checkout %s does not agree with the payment service: %s", checkout.reference, wrong)
        return Outcome.MISMATCH
    receipt = Receipt(session.transaction_number, session.amount, office_day(at))
    payment = record_payment(invoice=invoice, receipt=receipt, gateway=STRIPE, by=None, at=at)
    checkout.payment, checkout.completed_at, checkout.ended_at = payment, at, None
    checkout.save(update_fields=["payment", "completed_at", "ended_at"])
    return Outcome.SETTLED


def _end(checkout: Checkout, at: datetime) -> str:
    if checkout.ended_at is None:
        checkout.ended_at = at
        checkout.save(update_fields=["ended_at"])
    return Outcome.ENDED


def take_message(*, payload: bytes, signature: str, at: datetime) -> GatewayEvent | None:
    """A message of the service: verified, followed up and stored in one transaction; ``None`` when it is a repetition.

    ``SignatureWrong`` for a stranger's; ``ProcessorDown`` when the service cannot be asked, so that it sends it again.
    """
    event = STRIPE.event(payload, signature)
    if GatewayEvent.objects.filter(gateway=STRIPE.code, event=event.id).exists():
        return None
    effect = _effect(event, at)
    with transaction.atomic():
        kept = checkouts.keep_event(gateway=STRIPE.code, event=event, outcome=Outcome.UNKNOWN, at=at)
        if kept is None:
            return None
        kept.outcome = effect()
        kept.save(update_fields=["outcome"])
    return kept


def _effect(event: Event, at: datetime) -> Callable[[], str]:
    """What follows from an event; the service is asked here, before the transaction begins."""
    if event.about == "session":
        checkout = Checkout.objects.select_related("invoice").filter(session=event.subject).first()
        if checkout is not None:
            session = STRIPE.fetch(event.subject)
            if event.kind.endswith("async_payment_failed") and session.state != "paid":
                return lambda: _end(checkout, at)
            return lambda: _apply(checkout, session, at)
    if event.about == "refund":
        report = STRIPE.fetch_refund(event.subject)
        refund = Refund.objects.select_related("invoice").filter(reference=report.reference).first()
        if refund is not None:
            return lambda: _refunded(refund, report, at)
    return lambda: Outcome.UNKNOWN


def _refunded(refund: Refund, report: RefundReport, at: datetime) -> str:
    follow_report(refund=refund, report=report, at=at)
    return Outcome.REFUNDED


def look_up(reference: str, at: datetime) -> timedelta | None:
    """The errand: read a page of which no news came, until it is paid, has ended, or does not agree."""
    checkout = Checkout.objects.select_related("invoice").get(reference=reference)
    if not checkout.is_open or checkout.mismatch:
        return None
    return LOOK_AGAIN if _follow_or_end(checkout, at) == Outcome.WAITING else None


def _follow_or_end(checkout: Checkout, at: datetime) -> str:
    if checkout.session:
        return follow_up(checkout=checkout, at=at)
    with transaction.atomic():  # the page was never opened: nobody can have paid on it
        lock_invoice(checkout.invoice.requisition_id)
        checkout = Checkout.objects.get(pk=checkout.pk)
        return _end(checkout, at) if not checkout.session and checkout.expires_at < at else Outcome.WAITING


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Our books beside the service's for a time: what agrees, and what only one of them has or both have otherwise."""

    agreed: int
    amount: Money
    only_ours: list[tuple[str, Money]]
    only_theirs: list[tuple[str, Money]]
    different: list[tuple[str, Money, Money]]

    @property
    def is_clean(self) -> bool:
        """Whether both say the same of everything."""
        return not (self.only_ours or self.only_theirs or self.different)


def reconcile(*, since: datetime, until: datetime) -> Reconciled:
    """Compare payments and refunds from ``since`` to ``until`` by the service's number. ``ProcessorDown``."""
    theirs = {row.id: row.amount for row in STRIPE.movements(since=since, until=until)}
    recorded_then = Q(recorded_at__gte=since, recorded_at__lt=until)
    done_then = Q(done_at__gte=since, done_at__lt=until)
    known = Q(transaction_number__in=theirs)  # perhaps recorded at another time than it happened
    paid = Payment.objects.filter(recorded_then | known, gateway=STRIPE.code)
    back = Refund.objects.filter(done_then | known, gateway=STRIPE.code)
    ours = dict(paid.values_list("transaction_number", "amount"))
    ours |= {number: -amount for number, amount in back.values_list("transaction_number", "amount")}
    agreed = [number for number in ours if theirs.get(number) == ours[number]]
    return Reconciled(
        agreed=len(agreed),
        amount=total((ours[number] for number in agreed), currency()),
        only_ours=[(number, amount) for number, amount in ours.items() if number not in theirs],
        only_theirs=[(number, amount) for number, amount in theirs.items() if number not in ours],
        different=[
            (number, amount, theirs[number])
            for number, amount in ours.items()
            if number in theirs and theirs[number] != amount
        ],
    )

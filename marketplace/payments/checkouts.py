"""Visits to a payment service's page, and what the service says about them. Called by the purchase road."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from .. import audit
from ..conf import setting
from ..money import Money
from ..parties.models import Role
from ..parties.selectors import require_role
from ..references import unique_references
from .errors import AmountNotForOnline, NothingOpenToPay, OnlinePaymentOff
from .gateways.base import Event, Session
from .gateways.stripe import STRIPE
from .models import Checkout, GatewayEvent, Invoice

WORTH_REUSING = timedelta(minutes=10)  # a page that soon expires is not offered again


def open_checkout(*, invoice: Invoice, by: Any, at: datetime) -> Checkout:
    """A checkout over what is open on a locked invoice: the standing one, if it still fits. By a treasurer."""
    require_role(by, invoice.organisation, Role.TREASURER)
    amount = invoice.amount_open
    if not STRIPE.is_on:
        raise OnlinePaymentOff()
    if not amount:
        raise NothingOpenToPay(invoice=invoice.number)
    if why := too_small_or_large(amount):
        raise why
    standing = invoice.checkouts.filter(
        completed_at=None, ended_at=None, amount=amount, mismatch="", expires_at__gt=at + WORTH_REUSING
    ).first()
    if standing:
        return standing
    checkout = Checkout.objects.create(
        reference=unique_references("CK", 1, at=at)[0],
        invoice=invoice,
        gateway=STRIPE.code,
        amount=amount,
        opened_at=at,
        opened_by=by,
        expires_at=at + timedelta(minutes=setting("CHECKOUT_MINUTES")),
    )
    audit.record("marketplace.open_checkout", [invoice], by=by, at=at, checkout=checkout.reference)
    return checkout


def too_small_or_large(amount: Money) -> AmountNotForOnline | None:
    """The refusal, when an amount is outside what the service takes."""
    least, most = (Money(setting(f"STRIPE_{end}"), amount.currency) for end in ("MINIMUM", "MAXIMUM"))
    return None if least <= amount <= most else AmountNotForOnline(amount=amount, least=least, most=most)


def keep_session(*, checkout: Checkout, session: Session) -> Checkout:
    """Remember which page was opened for a checkout."""
    checkout.session, checkout.url = session.id, session.url
    checkout.save(update_fields=["session", "url"])
    return checkout


def disagreement(checkout: Checkout, session: Session) -> str:
    """What the service says was paid and is not what was asked; '' when all agrees."""
    found = []
    if session.amount.currency != checkout.amount.currency:
        found.append(f"currency {session.amount.currency} for {checkout.amount.currency}")
    if session.amount.amount != checkout.amount.amount:
        found.append(f"amount {session.amount.amount} for {checkout.amount.amount}")
    if session.reference != checkout.reference:
        found.append(f"reference {session.reference} for {checkout.reference}")
    return ", ".join(found)[:300]


def keep_event(*, gateway: str, event: Event, outcome: str, at: datetime) -> GatewayEvent | None:
    """Store an event in the transaction of its effect; ``None`` when it was stored before."""
    try:
        with transaction.atomic():
            return GatewayEvent.objects.create(
                gateway=gateway,
                event=event.id,
                kind=event.kind[:80],
                subject=event.subject[:120],
                outcome=outcome,
                received_at=at,
            )
    except IntegrityError:
        return None

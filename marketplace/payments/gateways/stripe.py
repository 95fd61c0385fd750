"""Stripe Checkout: card, Alipay and WeChat Pay on Stripe's own page. The only module that imports stripe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import stripe
from django.utils.translation import get_language

from ...conf import currency, setting
from ...money import Money
from ..errors import ProcessorDown, ProcessorRefused, SignatureWrong
from ..models import Checkout, Invoice
from .base import Event, Instruction, Movement, Receipt, RefundReport, Session

T = TypeVar("T")

SESSION_EVENTS = {
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
}
REFUND_EVENTS = {"refund.created", "refund.updated", "refund.failed"}
REFUND_STATES = {"succeeded": "done", "failed": "failed", "canceled": "failed"}


class Stripe:
    """What is asked of Stripe, as plain values. ``ProcessorDown`` when it does not answer."""

    code = "stripe"

    @property
    def is_on(self) -> bool:
        """Whether this installation has a key."""
        return bool(setting("STRIPE_API_KEY"))

    def instruction(self, invoice: Invoice) -> Instruction:
        """There is nothing to copy by hand: the payer is led to the page."""
        return Instruction("Stripe", "", "", invoice.remittance_reference, invoice.amount_open)

    def check(self, receipt: Receipt, *, today: date) -> Receipt:
        """Nothing to doubt: it was read from Stripe itself."""
        return receipt

    def open(self, checkout: Checkout, *, title: str, paid_url: str, back_url: str) -> Session:
        """Open the page for a checkout; its reference is the idempotency key, so asking twice opens it once."""
        methods = list(setting("STRIPE_METHODS"))
        params: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": checkout.reference,
            "metadata": {"reference": checkout.reference, "invoice": checkout.invoice.number},
            "payment_intent_data": {"metadata": {"reference": checkout.reference}},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": checkout.amount.currency.lower(),
                        "unit_amount": checkout.amount.amount,
                        "product_data": {"name": title},
                    },
                }
            ],
            "allowed_payment_method_types": methods,
            "success_url": paid_url,
            "cancel_url": back_url,
            "expires_at": int(checkout.expires_at.timestamp()),
            "locale": "zh" if (get_language() or "zh").startswith("zh") else "en",
        }
        if "wechat_pay" in methods:
            params["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        options: Any = {"idempotency_key": checkout.reference}
        return _session(_ask(lambda client: client.v1.checkout.sessions.create(params, options)))  # type: ignore[arg-type]

    def fetch(self, session: str) -> Session:
        """The page as it stands now."""
        return _session(_ask(lambda client: client.v1.checkout.sessions.retrieve(session)))

    def refund(self, *, reference: str, transaction_number: str, amount: Money) -> RefundReport:
        """Send money back; the reference is the idempotency key, so asking twice sends it once."""
        params: Any = {
            "payment_intent": transaction_number,
            "amount": amount.amount,
            "metadata": {"reference": reference},
        }
        return _refund(_ask(lambda client: client.v1.refunds.create(params, {"idempotency_key": reference})))

    def fetch_refund(self, refund: str) -> RefundReport:
        """A refund as it stands now."""
        return _refund(_ask(lambda client: client.v1.refunds.retrieve(refund)))

    def event(self, payload: bytes, signature: str) -> Event:
        """A signed message. ``SignatureWrong`` unless it was signed with our secret in the last five minutes."""
        try:
            event = _client().construct_event(payload, signature, setting("STRIPE_WEBHOOK_SECRET"))
        except (stripe.SignatureVerificationError, ValueError) as problem:
            raise SignatureWrong() from problem
        about = "session" if event.type in SESSION_EVENTS else "refund" if event.type in REFUND_EVENTS else ""
        return Event(event.id, event.type, about, str(getattr(event.data.object, "id", "")))

    def movements(self, *, since: datetime, until: datetime) -> list[Movement]:
        """What Stripe took in and sent back between two moments, by its own books."""
        span: Any = {"created": {"gte": int(since.timestamp()), "lt": int(until.timestamp())}, "limit": 100}
        payments = _ask(lambda client: list(client.v1.payment_intents.list(span).auto_paging_iter()))
        refunds = _ask(lambda client: list(client.v1.refunds.list(span).auto_paging_iter()))
        return [*_paid(payments), *_sent_back(refunds)]


def _paid(payments: list[Any]) -> Iterator[Movement]:
    for row in payments:
        if row.status == "succeeded":
            yield Movement(row.id, _money(row.amount_received, row.currency), _moment(row.created), _reference(row))


def _sent_back(refunds: list[Any]) -> Iterator[Movement]:
    for row in refunds:
        if REFUND_STATES.get(row.status) != "failed":
            yield Movement(row.id, -_money(row.amount, row.currency), _moment(row.created), _reference(row))


def _client() -> stripe.StripeClient:
    base: Any = {"api": setting("STRIPE_API_BASE")} if setting("STRIPE_API_BASE") else None
    return stripe.StripeClient(
        setting("STRIPE_API_KEY"),
        base_addresses=base,
        max_network_retries=1,
        http_client=stripe.RequestsClient(timeout=setting("STRIPE_TIMEOUT")),
    )


def _ask(question: Callable[[stripe.StripeClient], T]) -> T:
    try:
        return question(_client())
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as problem:
        raise ProcessorDown() from problem
    except stripe.StripeError as problem:
        raise ProcessorRefused(reason=problem.user_message or str(problem)) from problem


def _session(row: Any) -> Session:
    state = "open"
    if row.payment_status == "paid":
        state = "paid"
    elif row.status == "complete":
        state = "processing"
    elif row.status == "expired":
        state = "ended"
    return Session(
        id=row.id,
        url=row.url or "",
        state=state,
        reference=row.client_reference_id or "",
        amount=_money(row.amount_total or 0, row.currency or currency()),
        transaction_number=str(row.payment_intent or ""),
    )


def _refund(row: Any) -> RefundReport:
    state = REFUND_STATES.get(row.status, "pending")
    return RefundReport(row.id, state, _reference(row), str(getattr(row, "failure_reason", "") or ""))


def _reference(row: Any) -> str:
    return str(getattr(row.metadata, "reference", "") or "")


def _money(amount: int, code: str) -> Money:
    return Money(amount, code.upper())


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


STRIPE = Stripe()

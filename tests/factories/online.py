"""The payment service's stand-in on this machine, for tests that pay online."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.test import Client
from django.urls import reverse

from website.demo.stripe_api import StripeServer


@contextmanager
def serving(settings: Any) -> Iterator[StripeServer]:
    """It runs, and the site is told of it."""
    with StripeServer() as running:
        settings.MARKETPLACE_STRIPE_API_KEY = running.api_key
        settings.MARKETPLACE_STRIPE_WEBHOOK_SECRET = running.webhook_secret
        settings.MARKETPLACE_STRIPE_API_BASE = running.base
        yield running


def told(server: StripeServer, event: str, **how: Any) -> int:
    """The message arrives at the webhook; the status it is answered with."""
    payload, signature = server.signed(event, **how)
    headers = {"Stripe-Signature": signature}
    answer = Client(raise_request_exception=False).post(
        reverse("marketplace:stripe_webhook"), payload, content_type="application/json", headers=headers
    )
    return answer.status_code

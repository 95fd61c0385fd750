"""``manage.py serve_stripe``: the stand-in for Stripe that ``make demo`` pays through."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from website.demo.stripe_api import StripeServer


class Command(BaseCommand):
    """Serves until it is ended. Refuses where the settings are not a demonstration's."""

    help = "Serve a stand-in for Stripe on loopback, for the demonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8009)
        parser.add_argument("--webhook-url", default="http://127.0.0.1:8000/webhooks/stripe/")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            server = StripeServer(
                api_key=settings.MARKETPLACE_STRIPE_API_KEY,
                webhook_secret=settings.MARKETPLACE_STRIPE_WEBHOOK_SECRET,
                webhook_url=options["webhook_url"],
                port=options["port"],
            )
        except (RuntimeError, OSError) as problem:
            raise CommandError(str(problem)) from problem
        with server:
            while True:
                time.sleep(3600)

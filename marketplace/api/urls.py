"""Addresses for machines."""

from __future__ import annotations

from django.urls import path

from . import health, webhooks

urlpatterns = [
    path("webhooks/stripe/", webhooks.stripe, name="stripe_webhook"),
    path("health/", health.health, name="health"),
]

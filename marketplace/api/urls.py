"""Addresses for machines."""

from __future__ import annotations

from django.urls import path

from . import webhooks

urlpatterns = [path("webhooks/stripe/", webhooks.stripe, name="stripe_webhook")]

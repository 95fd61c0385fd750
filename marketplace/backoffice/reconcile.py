"""Our payments beside the payment service's, a month at a time, and what it told us that agrees with nothing."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..conf import setting
from ..errors import Failed
from ..parties.actions import office_day
from ..payments.gateways.stripe import STRIPE
from ..payments.models import Checkout, GatewayEvent
from ..purchase.checkout import reconcile
from .totals import next_month

LATEST = 30


def reconcile_page(request: HttpRequest) -> HttpResponse:
    """The month of ``?month=2026-11``, or this one."""
    first = _month(request.GET.get("month", "")) or office_day(timezone.now()).replace(day=1)
    context = {
        "is_on": STRIPE.is_on,
        "month": first,
        "before": (first.replace(day=1) - date.resolution).replace(day=1),
        "after": next_month(first),
        "mismatches": Checkout.objects.exclude(mismatch="").select_related("invoice__organisation")[:LATEST],
        "unknown": GatewayEvent.objects.filter(outcome=GatewayEvent.Outcome.UNKNOWN)[:LATEST],
    }
    if STRIPE.is_on:
        try:
            context["found"] = reconcile(since=_midnight(first), until=_midnight(next_month(first)))
        except Failed as problem:
            context["problem"] = str(problem)
    return render(request, "marketplace/backoffice/reconcile.html", context)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(setting("TIME_ZONE")))

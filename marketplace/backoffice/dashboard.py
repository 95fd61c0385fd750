"""The officer's dashboard: ordered, paid, accepted and completed against the target; every figure opens its lines.

What it shows of a longer list it says, and leads to the page that has the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..catalogue.decisions import AfterLook
from ..impact import selectors as impact
from ..impact.elsewhere.lifecycle import State as Elsewhere
from ..impact.models import AttributionCorrection
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..plots import grouped_bars
from ..programme.models import Campaign
from ..purchase.late import late_orders
from ..purchase.tracking import Tracking, track
from .queue import waiting
from .scope import Scope, scope_for
from .totals import all_tables, asked_period, campaigns_of, is_whole, period_query

ROWS_SHOWN = 12
LATE_SHOWN = 10
WAITING_SHOWN = 5  # the queue has them all


def dashboard(request: HttpRequest) -> HttpResponse:
    """The dashboard; its statements do not grow with orders, because every figure is a roll-up."""
    scope = scope_for(request)
    since, until = asked_period(request)
    today = office_day(timezone.now())
    late = list(late_orders(today).filter(pk__in=scope.orders().values("pk")).values_list("pk", flat=True))
    in_review = waiting(scope).filter(pk__in=scope.own_listings())
    context = {
        "counties": _counties(scope, since, until),
        "campaigns": [
            (
                row,
                impact.figures_of("campaign", str(row.pk)),
                impact.apart_of("campaign", str(row.pk)),
                _campaign_plot(row),
            )
            for row in campaigns_of(scope)
        ],
        "months": _months(scope),
        "tables": [
            (dimension, title, rows[:ROWS_SHOWN], len(rows), is_whole(scope, dimension))
            for dimension, title, rows in all_tables(scope, since, until)
        ],
        "late": _tracked(late, today),
        "late_count": len(late),
        "in_review": in_review.select_related("vendor")[:WAITING_SHOWN],
        "in_review_count": in_review.count(),
        "looks": AfterLook.objects.filter(listing__in=scope.own_listings(), looked_at=None).count(),
        "to_correct": AttributionCorrection.objects.filter(
            order__in=scope.buyers_orders(), agreed_at=None, refused_at=None
        ).select_related("order"),
        "to_check": scope.buyers_elsewhere().filter(state=Elsewhere.SUBMITTED).count(),
        "to_admit": scope.own_vendors().filter(admitted_at=None).select_related("home__parent"),
        "period": period_query(request),
        "this_month": today.replace(day=1),
    }
    return render(request, "marketplace/backoffice/dashboard.html", context)


def _counties(scope: Scope, since: date | None, until: date | None) -> list[tuple[str, impact.Row]]:
    keys = None if scope.everything else sorted(scope.counties)
    return [
        (dimension, row)
        for dimension in ("buyer_county", "vendor_county")
        for row in impact.table(dimension, keys=keys, since=since, until=until, everywhere=True)
    ]


def _campaign_plot(campaign: Campaign) -> Any:
    series = impact.by_month("campaign", str(campaign.pk))
    labels = [f"{month:%Y-%m}" for month in series.months]
    measures = ("ordered", "paid", "accepted", "completed")
    values = [[getattr(row, measure).amount for row in series.figures] for measure in measures]
    return {"plot": grouped_bars(labels, values), "rows": list(zip(labels, series.figures, strict=True))}


def _months(scope: Scope) -> list[str]:
    months = (
        impact.totals("vendor_county", everywhere=True).values_list("month", flat=True).distinct().order_by("month")
    )
    return [f"{month:%Y-%m}" for month in months]


def _tracked(late: Sequence[int], today: date) -> list[Tracking]:
    first = PurchaseOrder.objects.filter(pk__in=late[:LATE_SHOWN]).order_by("placed_at", "pk")
    return list(track(first.select_related("requisition__group_order", "organisation"), today=today).values())

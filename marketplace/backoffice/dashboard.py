"""The officer's dashboard: ordered, paid, accepted and completed against the target; every figure opens its lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..catalogue.decisions import AfterLook
from ..impact import selectors as impact
from ..impact.attribution import DIMENSIONS, Way
from ..impact.elsewhere.lifecycle import State as Elsewhere
from ..impact.models import AttributionCorrection, ImpactEntry, Measure
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..payments.models import Fapiao
from ..plots import grouped_bars
from ..programme.models import Campaign
from ..purchase.tracking import Tracking, open_orders, track
from .queue import waiting
from .scope import Scope, scope_for

TABLES = {
    "buyer": _("By buyer"),
    "buyer_kind": _("By kind of buyer"),
    "vendor": _("By vendor"),
    "township": _("By township of origin"),
    "village": _("By village of origin"),
    "category": _("By category"),
    "buyer_township": _("By buyer and township"),
    "campaign_vendor": _("By campaign and vendor"),
}
# Kept for the whole platform only, as the public page shows them: an officer of one county sees them without the lines.
WHOLE_PLATFORM = {"buyer_kind", "category"}
LATE_SHOWN = 10
WAITING_SHOWN = 5  # the queue has them all


def dashboard(request: HttpRequest) -> HttpResponse:
    """The dashboard; its statements do not grow with orders, because every figure is a roll-up."""
    scope = scope_for(request)
    since, until = _period(request)
    closed = set() if scope.everything else WHOLE_PLATFORM
    context = {
        "counties": _counties(scope, since, until),
        "campaigns": [
            (
                row,
                impact.figures_of("campaign", str(row.pk)),
                impact.apart_of("campaign", str(row.pk)),
                _campaign_plot(row),
            )
            for row in _campaigns(scope)
        ],
        "months": _months(scope),
        "tables": [
            (dimension, title, _rows(scope, dimension, since, until)[:12], dimension in closed)
            for dimension, title in TABLES.items()
        ],
        "late": _late(scope),
        "in_review": waiting(scope).filter(pk__in=scope.own_listings()).select_related("vendor")[:WAITING_SHOWN],
        "looks": AfterLook.objects.filter(listing__in=scope.own_listings(), looked_at=None).count(),
        "to_correct": AttributionCorrection.objects.filter(
            order__in=scope.buyers_orders(), agreed_at=None, refused_at=None
        ).select_related("order"),
        "to_check": scope.buyers_elsewhere().filter(state=Elsewhere.SUBMITTED).count(),
        "to_admit": scope.own_vendors().filter(admitted_at=None).select_related("home__parent"),
        "since": since,
        "until": until,
        "this_month": office_day(timezone.now()).replace(day=1),
    }
    return render(request, "marketplace/backoffice/dashboard.html", context)


def _period(request: HttpRequest) -> tuple[date | None, date | None]:
    found: list[date | None] = []
    for name in ("since", "until"):
        try:
            found.append(date.fromisoformat(f"{request.GET.get(name, '')}-01"))
        except ValueError:
            found.append(None)
    since, last = found
    return since, next_month(last) if last else None


def next_month(month: date) -> date:
    """The first day of the month after this one; the last month there is stays what it is."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1) if month < date(9999, 12, 1) else date.max


def _campaigns(scope: Scope) -> list[Campaign]:
    rows = Campaign.objects.select_related("target", "pairing__aided", "pairing__supporting")
    own = [
        row
        for row in rows
        if scope.everything or {row.pairing.aided.code, row.pairing.supporting.code} & scope.counties
    ]
    today = office_day(timezone.now())
    return sorted(own, key=lambda row: (not row.starts_on <= today < row.ends_on, -row.starts_on.toordinal()))


def _counties(scope: Scope, since: date | None, until: date | None) -> list[tuple[str, impact.Row]]:
    keys = None if scope.everything else sorted(scope.counties)
    return [
        (dimension, row)
        for dimension in ("buyer_county", "vendor_county")
        for row in impact.table(dimension, keys=keys, since=since, until=until, everywhere=True)
    ]


def _rows(scope: Scope, dimension: str, since: date | None, until: date | None) -> list[impact.Row]:
    """The rows of one table that lie in the scope."""
    rows = impact.table(dimension, since=since, until=until, everywhere=True)
    if scope.everything or dimension in WHOLE_PLATFORM:
        return rows
    buyers, vendors = _own_keys(scope)
    keep: Callable[[str], bool] = {
        "buyer": lambda key: key in buyers,
        "vendor": lambda key: key in vendors,
        "township": lambda key: key[:6] in scope.counties,
        "village": lambda key: key[:6] in scope.counties,
        "buyer_township": lambda key: key.split(":")[0] in buyers or key.split(":")[1][:6] in scope.counties,
        "campaign_vendor": lambda key: key.split(":")[1] in vendors,
    }[dimension]
    return [row for row in rows if keep(row.key)]


def _own_keys(scope: Scope) -> tuple[set[str], set[str]]:
    buyers = {
        str(row.pk) for row in BuyerOrganisation.objects.select_related("region") if row.county_code in scope.counties
    }
    return buyers, {str(pk) for pk in scope.vendors().values_list("pk", flat=True)}


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


def _late(scope: Scope) -> list[Tracking]:
    mine = scope.orders().values("pk")
    orders = open_orders(BuyerOrganisation.objects.values_list("pk", flat=True)).filter(pk__in=mine)[:200]
    found = [row for row in track(orders, today=office_day(timezone.now())).values() if row.is_late]
    return sorted(found, key=lambda row: row.due_on or date.max)[:LATE_SHOWN]


def lines_behind(request: HttpRequest, dimension: str, key: str) -> HttpResponse:
    """The entries one figure is the sum of, with that sum at the top."""
    scope = scope_for(request)
    if dimension not in DIMENSIONS or not _key_is_sound(dimension, key):
        raise Http404
    entries = scope.entries(impact.entries_behind(dimension, key))
    if dimension in WHOLE_PLATFORM and not scope.everything:
        raise Http404
    wanted = request.GET.get("measure", "")
    measure = Measure(wanted if wanted in Measure.values else Measure.COMPLETED)
    entries, way = _of_way(request, entries.filter(measure=measure))
    since, until = _period(request)
    entries = entries.filter(posted_on__gte=since) if since else entries
    entries = entries.filter(posted_on__lt=until) if until else entries
    context = {
        "dimension": dimension,
        "title": TABLES.get(dimension, _("Total")),
        "name": impact.names_of(dimension, [key]).get(key, key),
        "measure": measure,
        "measures": Measure,
        "ways": WAYS,
        "way": way,
        "sum": entries.aggregate(amount=Sum("amount"))["amount"],
        "page_obj": Paginator(entries.order_by("-posted_on", "-pk"), 50).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/backoffice/lines.html", context)


WAYS = {
    Way.PLATFORM.value: _("bought on this platform"),
    Way.ELSEWHERE.value: _("bought elsewhere"),
    Way.HELPED.value: _("helped to sell"),
    "all": _("all three together"),
}


def _of_way(request: HttpRequest, entries: QuerySet[ImpactEntry]) -> tuple[QuerySet[ImpactEntry], str]:
    """The entries of the way of buying that was asked for: this platform's, unless said otherwise."""
    wanted = request.GET.get("way", "")
    way = wanted if wanted in WAYS else Way.PLATFORM.value
    return (entries if way == "all" else impact.entries_of_way(entries, Way(way))), way


def _key_is_sound(dimension: str, key: str) -> bool:
    parts = key.split(":") if "_" in dimension and dimension in ("buyer_township", "campaign_vendor") else [key]
    wanted = 2 if dimension in ("buyer_township", "campaign_vendor") else 1
    return len(parts) == wanted and (
        dimension == "buyer_kind" or all(part.isascii() and part.isdigit() and len(part) <= 12 for part in parts)
    )


def register_entries(scope: Scope, month: date) -> Any:
    """The completed entries of one month, as the register lists them."""
    until = next_month(month)
    return (
        scope.entries(ImpactEntry.objects.filter(measure=Measure.COMPLETED, posted_on__gte=month, posted_on__lt=until))
        .select_related(
            "line__order__requisition__invoice",
            "elsewhere_line__purchase",
            "elsewhere_line__category",
            "organisation",
            "vendor",
            "campaign",
        )
        .annotate(
            fapiao_number=Subquery(
                Fapiao.objects.standing().filter(order=OuterRef("line__order_id")).values("number")[:1]
            )
        )
        .order_by("posted_on", "pk")
    )

"""The lines behind a figure, with their sum; and what of the figure lies outside the reader's counties, as one amount."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from ..conf import currency
from ..impact import selectors as impact
from ..impact.attribution import DIMENSIONS, Way
from ..impact.models import ImpactEntry, Measure
from ..money import Money
from .scope import Scope, scope_for
from .totals import TABLES, asked_period, kept_by

WAYS = {
    Way.PLATFORM.value: _("bought on this platform"),
    Way.ELSEWHERE.value: _("bought elsewhere"),
    Way.HELPED.value: _("helped to sell"),
    "all": _("all three together"),
}
PAIRS = ("buyer_township", "campaign_vendor")


def lines_behind(request: HttpRequest, dimension: str, key: str) -> HttpResponse:
    """The entries one figure is the sum of, with that sum at the top."""
    scope = scope_for(request)
    if dimension not in DIMENSIONS or not _key_is_sound(dimension, key):
        raise Http404
    wanted, way = request.GET.get("measure", ""), request.GET.get("way", "")
    measure = Measure(wanted if wanted in Measure.values else Measure.COMPLETED)
    way = way if way in WAYS else Way.PLATFORM.value  # this platform's, unless said otherwise
    since, until = asked_period(request)
    entries = _of_way(scope.entries(impact.entries_behind(dimension, key)).filter(measure=measure), way)
    entries = entries.filter(posted_on__gte=since) if since else entries
    entries = entries.filter(posted_on__lt=until) if until else entries
    listed = entries.aggregate(amount=Sum("amount"))["amount"] or Money(0, currency())
    context = {
        "dimension": dimension,
        "title": TABLES.get(dimension, _("Total")),
        "name": impact.names_of(dimension, [key]).get(key, key),
        "measure": measure,
        "measures": Measure,
        "ways": WAYS,
        "way": way,
        "sum": listed,
        "outside": _figure(scope, dimension, key, measure, way, (since, until), listed) - listed,
        "page_obj": Paginator(entries.order_by("-posted_on", "-pk"), 50).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/backoffice/lines.html", context)


def _of_way(entries: QuerySet[ImpactEntry], way: str) -> QuerySet[ImpactEntry]:
    return entries if way == "all" else impact.entries_of_way(entries, Way(way))


def _figure(
    scope: Scope,
    dimension: str,
    key: str,
    measure: Measure,
    way: str,
    period: tuple[date | None, date | None],
    listed: Money,
) -> Money:
    """What the dashboard shows the reader under this key; ``listed`` where it shows them nothing."""
    if scope.everything or not kept_by(scope)(dimension, key):
        return listed
    since, until = period
    apart = impact.apart_of(dimension, key, measure=measure, since=since, until=until)
    found: Money = getattr(apart, "together" if way == "all" else way)
    return found


def _key_is_sound(dimension: str, key: str) -> bool:
    parts = key.split(":") if dimension in PAIRS else [key]
    return len(parts) == (2 if dimension in PAIRS else 1) and (
        dimension == "buyer_kind" or all(part.isascii() and part.isdigit() and len(part) <= 12 for part in parts)
    )

"""The tables of figures: which rows lie in an officer's scope, one table whole by pages, and as a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..impact import selectors as impact
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..programme.models import Campaign
from ..sheets import workbook_response
from .scope import Scope, scope_for

TABLES = {
    "buyer": gettext_lazy("By buyer"),
    "buyer_kind": gettext_lazy("By kind of buyer"),
    "vendor": gettext_lazy("By vendor"),
    "township": gettext_lazy("By township of origin"),
    "village": gettext_lazy("By village of origin"),
    "category": gettext_lazy("By category"),
    "buyer_township": gettext_lazy("By buyer and township"),
    "campaign_vendor": gettext_lazy("By campaign and vendor"),
}
# Kept for the whole platform only, as the public page shows them: an officer of one county opens the lines of their own.
WHOLE_PLATFORM = {"buyer_kind", "category"}
ROWS_A_PAGE = 50


def is_whole(scope: Scope, dimension: str) -> bool:
    """Whether the table shows more than the reader's own counties."""
    return dimension in WHOLE_PLATFORM and not scope.everything


def all_tables(scope: Scope, since: date | None, until: date | None) -> list[tuple[str, Any, list[impact.Row]]]:
    """Every table of the dashboard: (dimension, title, rows in the scope)."""
    keeps = kept_by(scope)
    return [(dimension, title, _rows(keeps, dimension, since, until)) for dimension, title in TABLES.items()]


def _rows(
    keeps: Callable[[str, str], bool], dimension: str, since: date | None, until: date | None
) -> list[impact.Row]:
    rows = impact.table(dimension, since=since, until=until, everywhere=True)
    return [row for row in rows if keeps(dimension, row.key)]


def kept_by(scope: Scope) -> Callable[[str, str], bool]:
    """Whether an officer is shown the figure under a dimension's key; asks who and what is in their counties at once."""
    if scope.everything:
        return lambda dimension, key: True
    buyers, vendors = _own_keys(scope)
    campaigns = {str(row.pk) for row in campaigns_of(scope)}
    keep: dict[str, Callable[[str], bool]] = {
        "buyer": lambda key: key in buyers,
        "vendor": lambda key: key in vendors,
        "campaign": lambda key: key in campaigns,
        "township": lambda key: key[:6] in scope.counties,
        "village": lambda key: key[:6] in scope.counties,
        "buyer_county": lambda key: key in scope.counties,
        "vendor_county": lambda key: key in scope.counties,
        "buyer_township": lambda key: key.split(":")[0] in buyers or key.split(":")[1][:6] in scope.counties,
        "campaign_vendor": lambda key: key.split(":")[1] in vendors,
    }
    return lambda dimension, key: dimension in WHOLE_PLATFORM or (dimension in keep and keep[dimension](key))


def _own_keys(scope: Scope) -> tuple[set[str], set[str]]:
    buyers = {
        str(row.pk) for row in BuyerOrganisation.objects.select_related("region") if row.county_code in scope.counties
    }
    return buyers, {str(pk) for pk in scope.vendors().values_list("pk", flat=True)}


def campaigns_of(scope: Scope) -> list[Campaign]:
    """The campaigns of pairings of the officer's counties, those that run now first."""
    rows = Campaign.objects.select_related("target", "pairing__aided", "pairing__supporting")
    own = [
        row
        for row in rows
        if scope.everything or {row.pairing.aided.code, row.pairing.supporting.code} & scope.counties
    ]
    today = office_day(timezone.now())
    return sorted(own, key=lambda row: (not row.starts_on <= today < row.ends_on, -row.starts_on.toordinal()))


def asked_period(request: HttpRequest) -> tuple[date | None, date | None]:
    """The months asked for, as (first day, first day after)."""
    found: list[date | None] = []
    for name in ("since", "until"):
        try:
            found.append(date.fromisoformat(f"{request.GET.get(name, '')}-01"))
        except ValueError:
            found.append(None)
    since, last = found
    return since, next_month(last) if last else None


def period_query(request: HttpRequest) -> str:
    """The months asked for, as the links of a page hand them on."""
    return urlencode({name: request.GET.get(name, "") for name in ("since", "until")})


def next_month(month: date) -> date:
    """The first day of the month after this one; the last month there is stays what it is."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1) if month < date(9999, 12, 1) else date.max


def one_table(request: HttpRequest, dimension: str) -> HttpResponse:
    """All rows of one table, by pages."""
    rows = _own_rows(request, dimension)
    context = {
        "dimension": dimension,
        "title": TABLES[dimension],
        "is_whole": is_whole(scope_for(request), dimension),
        "period": period_query(request),
        "page_obj": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/backoffice/totals.html", context)


def _own_rows(request: HttpRequest, dimension: str) -> list[impact.Row]:
    scope = scope_for(request)
    if dimension not in TABLES:
        raise Http404
    return _rows(kept_by(scope), dimension, *asked_period(request))


def table_workbook(request: HttpRequest, dimension: str) -> HttpResponse:
    """All rows of one table as XLSX, with the months asked for above them."""
    rows = _own_rows(request, dimension)
    title = str(TABLES[dimension])
    head = [
        _("Name"), _("ordered"), _("paid"), _("accepted"), _("completed here"), _("elsewhere"), _("helped"), _("together"),
    ]  # fmt: skip
    months = [request.GET.get(name) for name in ("since", "until")]
    since, until = asked_period(request)
    said = f"{(since and months[0]) or '…'} – {(until and months[1]) or '…'}"
    name = f"{title} {office_day(timezone.now()):%Y-%m-%d}.xlsx"
    return workbook_response(name, title, head, _cells(rows), above=[f"{title}  {said}"])


def _cells(rows: list[impact.Row]) -> Iterator[list[Any]]:
    for row in rows:
        figures, apart = row.figures, row.apart
        here = [figures.ordered, figures.paid, figures.accepted]
        yield [row.name, *here, apart.platform, apart.elsewhere, apart.helped, apart.together]

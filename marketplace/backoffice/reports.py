"""Officers and reports of prices and goods: a queue by what is due, one report with what is known of the price, the decision."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..catalogue.comparing import price_note
from ..catalogue.evidence import PriceEvidence
from ..catalogue.evidencing import officer_sees_evidence
from ..errors import Refused
from ..fields import whole_number
from ..files import Kind, add_guard
from ..parties.actions import office_day
from ..parties.models import AccessLog, PeopleList
from ..purchase.uphold import decide
from ..reports.actions import acknowledge_report, reveal_reporter
from ..reports.models import ListingReport
from ..reports.selectors import Reporter, overdue, report_evidence_is_shown, reports_about
from .scope import scope_for

PER_PAGE = 25
OTHERS, LOOKS = 10, 20  # shown beside a report; the page says how many there are
SHOWN = [
    ("open", gettext_lazy("not decided")),
    ("late", gettext_lazy("past its deadline")),
    ("decided", gettext_lazy("decided")),
    ("all", gettext_lazy("all")),
]


class DecisionForm(forms.Form):
    """What came of it, and why."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=ListingReport.Outcome.choices, widget=forms.RadioSelect
    )
    finding = forms.CharField(
        label=gettext_lazy("What was found, as the reporter and the vendor read it"),
        min_length=2,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _mine(request: HttpRequest) -> QuerySet[ListingReport]:
    return reports_about(scope_for(request).listings())


def report_list(request: HttpRequest) -> HttpResponse:
    """Reports about the county's goods, what is due first on top, with age and whether it is late."""
    now = timezone.now()
    today, rows, shown = office_day(now), _mine(request), request.GET.get("shown", "open")
    listing = rows.filter(listing=whole_number(request.GET.get("listing", ""))).first()
    if listing is not None:
        rows = rows.filter(listing=listing.listing_id)
    if shown == "late":
        rows = overdue(rows, today)
    elif shown in ("open", "decided"):
        rows = rows.filter(decided_at__isnull=shown == "open")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, (now - row.made_at).days, bool(row.due_on and row.due_on < today)) for row in page],
        "shown": shown,
        "listing": listing and listing.listing,
        "choices": SHOWN,
        "late": overdue(_mine(request), today).count(),
    }
    return render(request, "marketplace/backoffice/reports.html", context)


def report(request: HttpRequest, reference: str) -> HttpResponse:
    """One report beside what is known of the price; its decision by POST."""
    found = get_object_or_404(_mine(request).select_related("evidence", "listing__vendor__home"), reference=reference)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decide(report=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(report)s is decided. Both sides are told.") % {"report": found.reference})
            return redirect("marketplace_backoffice:reports")
    return _page(request, found, form=form)


def _page(
    request: HttpRequest, found: ListingReport, *, form: DecisionForm, reporter: Reporter | None = None
) -> HttpResponse:
    today = office_day(timezone.now())
    others = _mine(request).filter(listing=found.listing_id).exclude(pk=found.pk)
    looks = AccessLog.objects.filter(people_list=PeopleList.REPORTER, subject=found.reference)
    context = {
        "report": found,
        "form": form,
        "reporter": reporter,
        "is_late": bool(found.due_on and found.due_on < today),
        "note": price_note(found.listing, on=today),
        "evidence": PriceEvidence.objects.standing().filter(listing=found.listing_id).select_related("paper"),
        "others": others[:OTHERS],
        "others_count": others.count(),
        "looks": looks.select_related("seen_by")[:LOOKS],
        "looks_count": looks.count(),
        "may_decide": scope_for(request).own_listings().filter(pk=found.listing_id).exists(),
    }
    return render(request, "marketplace/backoffice/report.html", context, status=422 if form.errors else 200)


@require_POST
def acknowledge(request: HttpRequest, reference: str) -> HttpResponse:
    """Take it up: from now on the vendor is heard."""
    found = get_object_or_404(_mine(request), reference=reference)
    try:
        acknowledge_report(report=found, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(report)s is taken up; the vendor can answer.") % {"report": found.reference})
    return redirect("marketplace_backoffice:report", found.reference)


@require_POST
def reveal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who reported, this once; the look is written down."""
    found = get_object_or_404(_mine(request).select_related("evidence", "listing__vendor__home"), reference=reference)
    screen = request.resolver_match.view_name if request.resolver_match else ""
    try:
        reporter = reveal_reporter(report=found, screen=screen, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:report", found.reference)
    return _page(request, found, form=DecisionForm(), reporter=reporter)  # like all of the admin, kept in no cache


def add_guards() -> None:
    """Called once when the app is ready."""
    add_guard(Kind.REPORT_EVIDENCE, report_evidence_is_shown)
    add_guard(Kind.PRICE_EVIDENCE, officer_sees_evidence)

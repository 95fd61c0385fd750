"""Reporting a price or an offer: from its page, by anybody who can be reached, with a number to follow it by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.models import Listing
from ..conf import setting
from ..errors import Refused
from ..files import Kind
from ..held import FormWithFiles, PrivateFileField
from ..reports.actions import file_report
from ..reports.errors import TooManyReports
from ..reports.models import ListingReport
from ..reports.selectors import report_by
from .visitors import TRAP, TrackingForm, count, is_machine, signed_in

TRIES = 4  # times as many forms are looked at as reports are taken: whoever mistypes is no flood


class ReportForm(FormWithFiles):
    """What is wrong, what shows it, and how the reporter can be reached."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is wrong?"), choices=ListingReport.Reason.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy(
            "What you saw, where and when. The vendor reads this text, but not who wrote it: do not write your name here."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=5,
        max_length=1000,
    )
    link = forms.URLField(
        label=gettext_lazy("A page that shows it"),
        max_length=500,
        required=False,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
    )
    evidence = PrivateFileField(
        kind=Kind.REPORT_EVIDENCE,
        label=gettext_lazy("A photo or paper that shows it"),
        help_text=gettext_lazy("PDF or photo, seen by the county's officers only."),
        required=False,
    )
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you?"),
        help_text=gettext_lazy(
            "Telephone or e-mail. Only the county's officers see it, and each look is written down."
        ),
        max_length=120,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].required = kwargs["by"] is None


def report_listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The form about one offer; a report is answered with its tracking number."""
    listing = get_object_or_404(Listing.objects.shown().select_related("vendor", "origin__parent"), slug=slug)
    by = signed_in(request)
    refusal: Refused | None = None
    form = ReportForm(by=by)
    if request.method == "POST":
        try:
            count(request, "report-tries", most=TRIES * setting("REPORTS_PER_HOUR"), refusal=TooManyReports)
            form = ReportForm(request.POST, request.FILES, by=by)
            if form.is_valid():
                return _take(request, listing, form.cleaned_data)
        except Refused as found:
            refusal = found
            form = form if form.is_bound else ReportForm(request.POST, by=by)
    context = {
        "listing": listing,
        "form": form,
        "refusal": refusal,
        "trap": TRAP,
        "name": (by.get_full_name() or by.get_username()) if by else "",
        "acknowledge": setting("DAYS_TO_ACKNOWLEDGE_REPORT"),
        "decide": setting("DAYS_TO_DECIDE_REPORT"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "marketplace/storefront/report_form.html", context, status=status)


def _take(request: HttpRequest, listing: Listing, cleaned: dict[str, Any]) -> HttpResponse:
    to = reverse("marketplace:report_status")
    if is_machine(request):  # a machine is thanked and not kept
        return redirect(to)
    count(request, "reports", most=setting("REPORTS_PER_HOUR"), refusal=TooManyReports)
    report = file_report(listing=listing, by=signed_in(request), at=timezone.now(), **cleaned)
    messages.success(
        request, _("Thank you. Your tracking number is %(number)s; keep it.") % {"number": report.reference}
    )
    return redirect(f"{to}?number={report.reference}")


def report_status(request: HttpRequest) -> HttpResponse:
    """What became of a report: for whoever has its number. It names nobody."""
    form = TrackingForm(request.GET if "number" in request.GET else None)
    report = report_by(form.cleaned_data["number"]) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and not report:
        form.add_error("number", _("No report has this number. Numbers look like RP-2026-7K3F9QXM."))
    context = {"form": form, "report": report}
    return render(request, "marketplace/storefront/report_status.html", context)

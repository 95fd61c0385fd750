"""What others say of the vendor's goods: reports it can answer without knowing by whom, and buyers' ratings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from marketplace.ratings.models import MOST_WORDS, Rating
from marketplace.reports.selectors import shown_to_vendors
from marketplace.workspace.answers import answer_form, attempt

from ..listing import hearing
from .access import own_vendors

PER_PAGE = 20


class AnswerForm(forms.Form):
    """The vendor's side."""

    words = forms.CharField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy(
            "The officers read it, and the reporter sees that you answered. Say it once, and whole."
        ),
        min_length=2,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@login_required
def report_list(request: HttpRequest) -> HttpResponse:
    """Reports that officers have taken up about the vendor's goods; those to answer first."""
    page = Paginator(shown_to_vendors(own_vendors(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vendors/reports.html", {"page_obj": page})


@login_required
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """One report, without who made it; and the vendor's answer."""
    found = get_object_or_404(shown_to_vendors(own_vendors(request)), reference=reference)
    form = AnswerForm(request.POST or None)

    def again() -> HttpResponse:
        return render(request, "vendors/report.html", {"report": found, "form": form})

    if request.method != "POST":
        return again()
    here = reverse("vendors:report", args=[reference])
    return answer_form(
        request,
        form,
        lambda cleaned: hearing.answer_report(report=found, words=cleaned["words"], by=request.user, at=timezone.now()),
        done=_("Your answer is with the county's officers."),
        to=lambda made: here,
        again=again,
    )


@login_required
def rating_list(request: HttpRequest) -> HttpResponse:
    """What buyers say of the vendor's goods, the newest first, each with a place for one answer."""
    rows = Rating.objects.filter(listing__vendor__in=own_vendors(request)).select_related("listing")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vendors/ratings.html", {"page_obj": page, "most_words": MOST_WORDS})


@login_required
@require_POST
def answer_rating(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer one of them."""
    rows: Any = Rating.objects.filter(listing__vendor__in=own_vendors(request)).select_related("listing")
    found = get_object_or_404(rows, pk=pk)
    words = request.POST.get("words", "")
    return attempt(
        request,
        lambda: hearing.answer_rating(rating=found, words=words, by=request.user, at=timezone.now()),
        done=_("Your answer stands below the rating."),
        to=reverse("vendors:ratings"),
    )

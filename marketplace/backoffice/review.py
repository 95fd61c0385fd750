"""Reviewing: the officer reads exactly the revision that was submitted, beside what it changes, then approves or returns it.

Also admits vendors, and takes listings off the shelf.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from ..catalogue import actions
from ..catalogue.certificates import Certificate
from ..catalogue.comparing import price_note
from ..catalogue.decisions import ListingDecision
from ..catalogue.delistings import ReEntry
from ..catalogue.differences import differences, remembered
from ..catalogue.evidence import PriceEvidence
from ..catalogue.findings import findings
from ..catalogue.models import Listing
from ..catalogue.reasons import DelistingReason, ReturnReason
from ..catalogue.selectors import reviewed_version
from ..errors import Refused
from ..fields import whole_number
from ..parties.actions import admit_vendor, office_day
from ..purchase.delist import affected, delist
from ..uploads import Upload
from .queue import deadline, next_in_queue, with_images
from .scope import scope_for


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One submitted listing: what changed, what the machine sees, how buyers will see it, and the decision."""
    listing = get_object_or_404(scope_for(request).listings().select_related("vendor__home__parent"), pk=pk)
    if request.method == "POST":
        return _decide(request, listing)
    revision = _submitted(listing)
    if revision is None:
        messages.info(request, _("This listing is not waiting for review."))
        return redirect("marketplace_backoffice:queue")
    submitted, reviewed = revision.as_object(), reviewed_version(listing)
    submitted_at = listing.current_workflow_state.created_at
    context = {
        "listing": listing,
        "submitted": submitted,
        "revision": revision,
        "certificates": Certificate.objects.about(listing).filter(withdrawn_at=None, refused_at=None),
        "published": listing if listing.live else None,
        "changes": with_images(differences(reviewed, remembered(revision))) if reviewed else [],
        "reviewed": reviewed,
        "findings": findings(submitted),
        "evidence": PriceEvidence.objects.standing().filter(listing=listing).select_related("paper"),
        "note": price_note(submitted, on=office_day(timezone.now())),
        "reasons": ReturnReason.choices,
        "decisions": ListingDecision.objects.filter(listing=listing).select_related("decided_by")[:10],
        "reentry": ReEntry.objects.filter(delisting__listing=listing, answered_at=None)
        .select_related("delisting")
        .first(),
        "submitted_at": submitted_at,
        "deadline": deadline(submitted_at),
        "is_late": deadline(submitted_at) < timezone.now(),
        "may_decide": scope_for(request).own_listings().filter(pk=pk).exists(),
    }
    return render(request, "marketplace/backoffice/review.html", context)


def _submitted(listing: Listing) -> Any:
    """The revision that waits for the officer, or nothing."""
    state = listing.current_workflow_state
    if state is None or state.status != state.STATUS_IN_PROGRESS or state.current_task_state is None:
        return None
    return state.current_task_state.revision


@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The submitted listing on the page buyers will see it on."""
    listing = get_object_or_404(scope_for(request).listings(), pk=pk)
    revision = _submitted(listing)
    if revision is None:
        raise Http404
    shown = revision.as_object()
    context = {"month": office_day(timezone.now()).month, **shown.get_preview_context(request, "")}
    return render(request, shown.get_preview_template(request, ""), context)


def _decide(request: HttpRequest, listing: Any) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            if "approve" in request.POST:
                revision = whole_number(request.POST.get("revision", ""))
                actions.approve_listing(listing=listing, revision_pk=revision or 0, by=request.user, at=now)
                done = _("“%(listing)s” is published exactly as you reviewed it.")
            else:
                actions.return_listing(
                    listing=listing,
                    reason=request.POST.get("reason", ""),
                    reasons=request.POST.getlist("reasons"),
                    by=request.user,
                    at=now,
                )
                done = _("“%(listing)s” went back to its vendor with your reason.")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:review", listing.pk)
    messages.success(request, done % {"listing": listing.title})
    following = next_in_queue(scope_for(request), listing)
    if following is None:
        return redirect("marketplace_backoffice:queue")
    return redirect("marketplace_backoffice:review", following.pk)


class DelistForm(forms.Form):
    """Why a listing leaves the shelf, in documented reasons and words, with evidence where there is some."""

    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons"), choices=DelistingReason.choices, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=gettext_lazy("In words, as the vendor reads it"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.FileField(
        label=gettext_lazy("Evidence"),
        required=False,
        help_text=gettext_lazy("PDF or photo. The officers of the county and the vendor see it."),
    )


def delist_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published listing off the shelf; shows first which open group orders have it and what becomes of them."""
    listing = get_object_or_404(scope_for(request).listings().select_related("vendor__home"), pk=pk)
    form = DelistForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["evidence"]
        try:
            delist(
                listing=listing,
                reasons=form.cleaned_data["reasons"],
                words=form.cleaned_data["words"],
                evidence=Upload(sent.name, sent.read()) if sent else None,
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("“%(listing)s” is off the shelf. Its vendor is told why.") % {"listing": listing.title}
            )
            return redirect("marketplace_backoffice:delist", listing.pk)
    context = {
        "listing": listing,
        "form": form,
        "affected": affected(listing),
        "delistings": listing.delistings.select_related("delisted_by", "readmitted_by", "evidence").prefetch_related(
            "reentries"
        ),
        "decisions": listing.decisions.select_related("decided_by")[:10],
        "may_decide": scope_for(request).own_listings().filter(pk=pk).exists(),
    }
    return render(request, "marketplace/backoffice/delist.html", context, status=422 if form.errors else 200)


@require_POST
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a vendor of the county trade."""
    vendor = get_object_or_404(scope_for(request).vendors(), pk=pk)
    try:
        admit_vendor(vendor=vendor, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(vendor)s is admitted and can submit listings.") % {"vendor": vendor.name})
    return redirect("marketplace_backoffice:dashboard")

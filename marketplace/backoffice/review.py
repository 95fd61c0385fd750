"""Reviewing: the officer reads exactly the revision that was submitted, then approves or returns it; and admits vendors."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..catalogue import actions
from ..catalogue.certificates import Certificate
from ..errors import Refused
from ..fields import whole_number
from ..parties.actions import admit_vendor
from .scope import scope_for


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One submitted listing as it will stand in the catalogue, with the two buttons."""
    listing = get_object_or_404(scope_for(request).listings().select_related("vendor__home__parent"), pk=pk)
    if request.method == "POST":
        return _decide(request, listing)
    state = listing.current_workflow_state
    task_state = state.current_task_state if state else None
    if task_state is None or state.status != state.STATUS_IN_PROGRESS:
        messages.info(request, _("This listing is not waiting for review."))
        return redirect("marketplace_backoffice:dashboard")
    context = {
        "listing": listing,
        "submitted": task_state.revision.as_object(),
        "revision": task_state.revision,
        "certificates": Certificate.objects.about(listing).filter(withdrawn_at=None, refused_at=None),
        "published": listing if listing.live else None,
    }
    return render(request, "marketplace/backoffice/review.html", context)


def _decide(request: HttpRequest, listing: Any) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            if "approve" in request.POST:
                revision = whole_number(request.POST.get("revision", ""))
                actions.approve_listing(listing=listing, revision_pk=revision or 0, by=request.user, at=now)
                done = _("“%(listing)s” is published exactly as you reviewed it.")
            else:
                actions.return_listing(listing=listing, reason=request.POST.get("reason", ""), by=request.user, at=now)
                done = _("“%(listing)s” went back to its vendor with your reason.")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:review", listing.pk)
    messages.success(request, done % {"listing": listing.title})
    return redirect("marketplace_backoffice:dashboard")


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

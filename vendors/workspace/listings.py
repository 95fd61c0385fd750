"""The vendor's listings: list, submit, withdraw, stock. Writing one stands in ``listing_parts``."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.catalogue.models import Listing, Pack
from marketplace.fields import whole_number
from marketplace.workspace.answers import attempt

from ..listing import actions
from .access import own, own_vendors


@login_required
def listing_list(request: HttpRequest) -> HttpResponse:
    """All listings of the vendor with where they stand, and their stock."""
    vendors = own_vendors(request)
    listings = (
        Listing.objects.filter(vendor__in=vendors)
        .with_review()
        .select_related("cover", "vendor")
        .prefetch_related("packs__stock__harvest", "cover__renditions")
    )
    return render(request, "vendors/listing_list.html", {"vendors": vendors, "listings": listings})


def _listings() -> str:
    return reverse("vendors:listings")


@login_required
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for review."""
    listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    return attempt(
        request,
        lambda: actions.submit(listing=listing, by=request.user, at=timezone.now()),
        done=_("Submitted. The county's officer looks at it next."),
        to=_listings(),
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the listing off the shelf."""
    listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    return attempt(
        request,
        lambda: actions.withdraw(listing=listing, by=request.user, at=timezone.now()),
        done=_("The listing is off the shelf. Orders already placed go on."),
        to=_listings(),
    )


@login_required
@require_POST
def stock(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was counted of one pack."""
    pack = get_object_or_404(
        Pack.objects.select_related("listing").filter(listing__vendor__in=own_vendors(request)), pk=pk
    )
    counted = whole_number(request.POST.get("on_hand", ""))
    if counted is None:
        messages.error(request, _("Enter a whole number."))
        return redirect("vendors:listings")
    return attempt(
        request,
        lambda: actions.set_stock(pack=pack, on_hand=counted, by=request.user, at=timezone.now()),
        done=_("The stock is up to date."),
        to=_listings(),
    )

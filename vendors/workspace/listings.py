"""The vendor's listings: list, submit, withdraw, stock. Writing one stands in ``listing_parts``."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.models import WorkflowState

from marketplace.catalogue.models import Listing, Pack
from marketplace.errors import Refused
from marketplace.fields import whole_number
from marketplace.workspace.answers import answer_form, attempt

from ..listing import actions
from ..listing.forms import ReEntryForm
from .access import own, own_vendors

PER_PAGE = 24


@login_required
def listing_list(request: HttpRequest) -> HttpResponse:
    """All listings of the vendor with where they stand, and their stock."""
    vendors = own_vendors(request)
    listings = (
        Listing.objects.filter(vendor__in=vendors)
        .with_review()
        .select_related("cover", "vendor")
        .prefetch_related("packs__stock__capacity", "cover__renditions")
    )
    page = Paginator(listings, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vendors/listing_list.html", {"vendors": vendors, "listings": page, "page_obj": page})


def _said(review: WorkflowState | None) -> str:
    """What came of handing a listing in."""
    if review is None:
        return _("The change is on sale: it needs no review. An officer looks at it afterwards.")
    return _("Submitted. The county's officer looks at it next.")


def _listings() -> str:
    return reverse("vendors:listings")


@login_required
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it in: for review, or at once where only small things changed."""
    listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    try:
        review = actions.submit(listing=listing, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(review))
    return redirect("vendors:listings")


@login_required
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What officers decided about a listing; after a delisting, the way back."""
    listing = own(request, Listing.objects.with_review().select_related("vendor__home"), pk=pk)
    form = ReEntryForm(request.POST or None)
    now = timezone.now()
    delistings = listing.delistings.select_related("evidence").prefetch_related("reentries")

    def again() -> HttpResponse:
        standing = next((row for row in delistings if row.readmitted_at is None), None)
        context = {
            "listing": listing,
            "form": form,
            "delistings": delistings,
            "decisions": listing.decisions.all()[:20],
            "standing": standing,
            "may_ask": bool(standing and standing.reentry_from <= now and listing.state == "delisted"),
        }
        return render(request, "vendors/listing_history.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: actions.ask_reentry(listing=listing, mended=cleaned["mended"], by=request.user, at=now),
        done=_("Asked. The county's officer looks at the listing and at what you mended."),
        to=lambda made: reverse("vendors:listing_history", args=[pk]),
        again=again,
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

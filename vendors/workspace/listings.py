"""The vendor's listings: list, write, submit, withdraw, stock."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.models import WorkflowState

from marketplace.catalogue.decisions import ListingDecision
from marketplace.catalogue.differences import path_label
from marketplace.catalogue.models import Listing, Pack
from marketplace.conf import setting
from marketplace.errors import Refused
from marketplace.fields import whole_number
from marketplace.parties.actions import office_day
from marketplace.parties.models import Vendor
from marketplace.programme.selectors import villages_and_townships
from marketplace.workspace.answers import answer_form, attempt, refused

from ..listing import actions
from ..listing.drafts import fill
from ..listing.forms import PACKS, PICTURES, TIERS, ListingForm, PackForm, PictureForm, ReEntryForm, initial_of
from .access import own, own_vendors

PER_PAGE = 24


@login_required
def listing_list(request: HttpRequest) -> HttpResponse:
    """All listings of the vendor with where they stand, and their stock."""
    vendors = own_vendors(request)
    listings = (
        Listing.objects.filter(vendor__in=vendors)
        .with_review()
        .select_related("cover")
        .prefetch_related("packs__stock", "cover__renditions")
    )
    page = Paginator(listings, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "vendors/listing_list.html", {"vendors": vendors, "listings": page, "page_obj": page})


@login_required
def new_listing(request: HttpRequest) -> HttpResponse:
    """Write a new listing."""
    return _write(request, own_vendors(request)[0], None)


@login_required
def change_listing(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a listing that is not in review; what is published stays until the change is reviewed."""
    listing = own(request, Listing.objects.select_related("vendor__home"), pk=pk)
    if listing.workflow_in_progress:
        messages.error(request, _("This listing is in review and cannot be changed until the officer has answered."))
        return redirect("vendors:listings")
    return _write(request, listing.vendor, listing.get_latest_revision_as_object())


def _write(request: HttpRequest, vendor: Vendor, listing: Listing | None) -> HttpResponse:
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    places = villages_and_townships(vendor.county_code, office_day(timezone.now()))
    initial = initial_of(listing) if listing else {"origin": vendor.home}
    form = ListingForm(data, places=places, initial=initial)
    packs = _pack_forms(data, listing)
    pictures = _picture_forms(data, files, listing)
    parts = [form, *packs, *pictures]
    valid = [part.is_valid() for part in parts]  # every part, so that every error shows at once
    if request.method == "POST" and all(valid):
        try:
            return _keep(request, vendor, listing, form, packs, pictures)
        except Refused as refusal:
            refused(form, refusal)
    context = {
        "vendor": vendor,
        "listing": listing,
        "form": form,
        "packs": packs,
        "pictures": list(zip(pictures, _standing(listing), strict=True)),
        "reason": _return_reason(listing),
        "risky": risky_words() if listing and listing.live else "",
        "percent": setting("RISKY_PRICE_PERCENT"),
    }
    return render(request, "vendors/listing_form.html", context, status=422 if request.method == "POST" else 200)


@transaction.atomic
def _keep(
    request: HttpRequest,
    vendor: Vendor,
    listing: Listing | None,
    form: ListingForm,
    packs: list[PackForm],
    pictures: list[PictureForm],
) -> HttpResponse:
    at = timezone.now()
    kept = actions.save_draft(listing=fill(listing, vendor, form, packs, pictures), by=request.user, at=at)
    if "submit" in request.POST:
        messages.success(request, _said(actions.submit(listing=kept, by=request.user, at=at)))
    else:
        messages.success(request, _("The draft is kept. Submit it when it is ready."))
    return redirect("vendors:listings")


def risky_words() -> str:
    """Which changes an officer sees first, as the settings have them."""
    known = (path_label(path) for path in setting("RISKY_CHANGES"))
    return "、".join(dict.fromkeys(label for label in known if label))


def _said(review: Any) -> str:
    """What came of handing a listing in."""
    if review is None:
        return _("The change is on sale: it needs no review. An officer looks at it afterwards.")
    return _("Submitted. The county's officer looks at it next.")


def _pack_forms(data: Any, listing: Listing | None) -> list[PackForm]:
    standing = [pack for pack in listing.packs.all() if pack.is_offered] if listing else []
    forms = []
    for number in range(max(PACKS, len(standing))):
        initial: dict[str, Any] = {}
        if number < len(standing):
            pack = standing[number]
            names = (
                "pk", "name", "unit", "unit_price", "initial_stock", "minimum_quantity", "multiple", "weight_grams",
                "is_offered",
            )  # fmt: skip
            initial = {name: getattr(pack, name) for name in names}
            for place, tier in enumerate(pack.ladder[:TIERS], 1):
                initial |= {f"from_{place}": tier.from_quantity, f"price_{place}": tier.unit_price}
        forms.append(PackForm(data, prefix=f"pack{number}", initial=initial))
    return forms


def _standing(listing: Listing | None) -> list[Any]:
    pictures = list(listing.pictures.all()) if listing else []
    return pictures + [None] * (PICTURES - len(pictures))


def _picture_forms(data: Any, files: Any, listing: Listing | None) -> list[PictureForm]:
    return [
        PictureForm(
            data,
            files,
            prefix=f"picture{number}",
            initial={"pk": picture.pk, "alt_text": picture.alt_text} if picture else {},
        )
        for number, picture in enumerate(_standing(listing))
    ]


def _return_reason(listing: Listing | None) -> str:
    """Why the officer sent it back last, while that is unanswered."""
    if listing is None or not listing.pk:
        return ""
    found = ListingDecision.objects.filter(listing=listing).first()
    is_open = listing.workflow_states.filter(status=WorkflowState.STATUS_NEEDS_CHANGES).exists()
    if found is None or found.is_approved or not is_open:
        return ""
    return " ".join([*found.reason_labels, found.words]).strip()


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

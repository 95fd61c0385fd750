"""What everybody may see: the catalogue, a listing, and what the purchases came to."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ..catalogue.models import Listing, ListingPicture, Pack
from ..catalogue.selectors import with_cards
from ..impact import selectors as impact
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import organisations_where
from ..plots import grouped_bars
from ..programme.models import Campaign
from ..programme.selectors import campaigns_open_on
from . import linked_data
from .filters import Facets, ListingFilter
from .published import page_of_campaign

PER_PAGE = 24
PICTURE = "fill-960x720|format-webp"


def catalogue(request: HttpRequest) -> HttpResponse:
    """The public list. Four statements for an anonymous visitor, however many listings there are."""
    narrowed = ListingFilter(request.GET, queryset=Listing.objects.published(), facets=Facets())
    found = narrowed.qs if narrowed.form.is_valid() else Listing.objects.none()
    page = Paginator(with_cards(found), PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": narrowed, "form": narrowed.form, "page_obj": page, "is_narrowed": bool(request.GET)}
    return render(request, "marketplace/storefront/catalogue.html", context)


def listing_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer with its packs, tiers, place and vendor."""
    listing = get_object_or_404(
        Listing.objects.published()
        .select_related("vendor__home__parent", "origin__parent", "product__category")
        .prefetch_related(
            Prefetch("packs", Pack.objects.filter(is_offered=True).select_related("stock").prefetch_related("tiers")),
            Prefetch("pictures", ListingPicture.objects.select_related("image").prefetch_related("image__renditions")),
        ),
        slug=slug,
    )
    buyers = organisations_where(request.user, Role.REQUESTER) if request.user.is_authenticated else []
    context = {"listing": listing, "buyers": buyers, "months": range(1, 13), "linked": _linked(listing, request)}
    return render(request, "marketplace/storefront/listing_detail.html", context)


def _linked(listing: Listing, request: HttpRequest) -> list[dict[str, Any]]:
    pictures = [request.build_absolute_uri(row.image.get_rendition(PICTURE).url) for row in listing.pictures.all()]
    category = listing.product.category
    catalogue = reverse("marketplace:catalogue")
    trail = [(catalogue, gettext("Catalogue")), (f"{catalogue}?category={category.slug}", category.label)]
    here = (reverse("marketplace:listing_detail", args=[listing.slug]), listing.title)
    return [linked_data.product(listing, pictures, request), linked_data.breadcrumbs([*trail, here], request)]


def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign's one address: leads to the page editors wrote about it, or to the figures while there is none."""
    found = get_object_or_404(Campaign, slug=slug)
    return redirect(page_of_campaign(found.pk) or "marketplace:impact")


def public_impact(request: HttpRequest) -> HttpResponse:
    """Completed figures only: the one amount that official totals count."""
    today = office_day(timezone.now())
    counties = impact.table("vendor_county")
    series = impact.by_month("vendor_county", counties[0].key) if counties else impact.Series()
    labels = [f"{month:%Y-%m}" for month in series.months]
    context = {
        "counties": counties,
        "campaigns": [
            (campaign, impact.figures_of("campaign", str(campaign.pk))) for campaign in campaigns_open_on(today)
        ],
        "months": list(zip(labels, series.figures, strict=True)),
        "plot": grouped_bars(labels, [[figures.completed.amount for figures in series.figures]]),
        "tables": [
            (dimension, [row for row in impact.table(dimension) if row.figures.completed])
            for dimension in ("township", "category", "buyer_kind")
        ],
    }
    return render(request, "marketplace/storefront/impact.html", context)

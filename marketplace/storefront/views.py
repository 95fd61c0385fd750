"""What everybody may see: a listing, and what the purchases came to. The list stands in ``catalogue``."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Listing, Pack
from ..catalogue.selectors import with_pictures
from ..conf import setting, setting_for
from ..files import Kind
from ..impact import selectors as impact
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import organisations_where
from ..plots import grouped_bars
from ..programme.models import Campaign
from ..programme.selectors import campaigns_open_on
from . import linked_data
from .published import page_of_campaign

PICTURE = "fill-960x720|format-webp"


def listing_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer with its packs, tiers, place and vendor."""
    listing = get_object_or_404(
        Listing.objects.published()
        .select_related("vendor__home__parent", "origin__parent", "product__category")
        .prefetch_related(
            Prefetch("packs", Pack.objects.filter(is_offered=True).select_related("stock").prefetch_related("tiers")),
        )
        .prefetch_related(Prefetch("pictures", with_pictures())),
        slug=slug,
    )
    buyers = organisations_where(request.user, Role.REQUESTER) if request.user.is_authenticated else []
    rule = FreightRule.objects.filter(vendor=listing.vendor_id).in_force().first()
    month = office_day(timezone.now()).month
    context = {"listing": listing, "buyers": buyers, "month": month, "freight": rule.sentences if rule else []}
    context["linked"] = _linked(listing, request)
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
        "apart": impact.table("vendor_county", everywhere=True),
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


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long, and whom to ask; the times are the operator's settings."""
    kept = [
        (Kind(kind).label, in_years_or_days(setting_for("FILE_DAYS", kind)))
        for kind in Kind.values
        if kind != Kind.LICENCE
    ]
    context = {
        "files": kept,
        "access_log": in_years_or_days(setting("ACCESS_LOG_DAYS")),
        "link_days": setting("LINK_DAYS_AFTER_CLOSING"),
        "contact": setting("PRIVACY_CONTACT"),
        "operator": setting("PAYEE_NAME"),
    }
    return render(request, "marketplace/storefront/privacy.html", context)


def in_years_or_days(days: int) -> str:
    """A time as a person says it: whole years, counted from the end of the year, or days."""
    if days < 366:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    years = days // 366 - (1 if days > 3 * 366 else 0)
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}

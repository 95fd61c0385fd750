"""Who sells: all vendors with something on the shelf, and each one's page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Listing
from ..catalogue.selectors import with_cards
from ..parties.actions import office_day
from ..parties.models import Vendor
from . import fragments, linked_data
from .published import page_of_region
from .selectors import effect_of_vendor

PER_PAGE = 24
SHOWN = 12


def vendor_list(request: HttpRequest) -> HttpResponse:
    """Admitted vendors with published listings, those with most first; by kind when one is chosen. Three statements."""
    on_sale = Count("listings", filter=Q(listings__live=True))
    vendors = Vendor.objects.filter(admitted_at__isnull=False).annotate(count=on_sale).filter(count__gt=0)
    kind = request.GET.get("kind", "")
    found = vendors.filter(kind=kind) if kind in Vendor.Kind.values else vendors
    found = found.select_related("home__parent").order_by("-count", "name")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kinds = Vendor.objects.filter(admitted_at__isnull=False, listings__live=True).order_by("kind")
    labels = dict(Vendor.Kind.choices)
    offered = [
        (value, labels[value], count)
        for value, count in kinds.values_list("kind").annotate(count=Count("pk", distinct=True))
    ]
    trail = [(reverse("marketplace:catalogue"), _("Catalogue")), (reverse("marketplace:vendors"), _("Who sells"))]
    context = {"page_obj": page, "kinds": offered, "kind": kind, "linked": [linked_data.breadcrumbs(trail, request)]}
    return render(request, "marketplace/storefront/vendor_list.html", context)


def vendor_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who they are, where they live, what they sell and what was bought from them."""
    vendor = get_object_or_404(
        Vendor.objects.filter(admitted_at__isnull=False).select_related("home__parent__parent"), slug=slug
    )
    listings = Listing.objects.published().filter(vendor=vendor)
    rule = FreightRule.objects.filter(vendor=vendor).in_force().first()
    shown = list(with_cards(listings).order_by(F("has_stock").desc(), "-first_published_at", "-pk")[:SHOWN])
    context = {
        "vendor": vendor,
        "listings": shown,
        "count": listings.count() if len(shown) == SHOWN else len(shown),
        "months": sorted({month for listing in shown for month in listing.months}),
        "month": office_day(timezone.now()).month,
        "freight": rule.sentences if rule else [],
        **_kept(vendor),
        "linked": _linked(vendor, request),
    }
    return render(request, "marketplace/storefront/vendor_detail.html", context)


def _kept(vendor: Vendor) -> dict[str, Any]:
    """What moves with purchases and pages alone."""
    made: dict[str, Any] = fragments.kept(
        "vendor-page",
        vendor.pk,
        topics=[fragments.IMPACT, fragments.PAGES],
        day=office_day(timezone.now()),
        make=lambda: fragments.Piece({"effect": effect_of_vendor(vendor), "story": page_of_region(vendor.home.code)}),
    )
    return made


def _linked(vendor: Vendor, request: HttpRequest) -> list[dict[str, Any]]:
    address = reverse("marketplace:vendor", args=[vendor.slug])
    trail = [
        (reverse("marketplace:catalogue"), _("Catalogue")),
        (reverse("marketplace:vendors"), _("Who sells")),
        (address, vendor.name),
    ]
    seller = linked_data.organisation(name=vendor.name, url=request.build_absolute_uri(address))
    return [seller, linked_data.breadcrumbs(trail, request)]

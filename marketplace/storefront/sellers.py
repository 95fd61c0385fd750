"""Who sells: all vendors with something on the shelf, and each one's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.edition import edition
from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Listing
from ..catalogue.selectors import with_cards
from ..catalogue.tally import tally_of
from ..parties.actions import office_day
from ..parties.models import Vendor
from . import fragments, linked_data
from .published import page_of_region
from .selectors import effect_of_vendor

PER_PAGE = 24
SHOWN = 12


def vendor_list(request: HttpRequest) -> HttpResponse:
    """Vendors with something on the shelf, those with most first; of one kind when it is chosen. Three statements."""
    on_sale = {slug: bits.bit_count() for slug, bits in tally_of(edition()).bits["vendor"].items()}
    kinds = dict(Vendor.objects.filter(slug__in=on_sale).values_list("slug", "kind"))
    kind = request.GET.get("kind", "")
    slugs = sorted((slug for slug in kinds if kind in ("", kinds[slug])), key=lambda slug: (-on_sale[slug], slug))
    page = Paginator(slugs, PER_PAGE).get_page(request.GET.get("page"))
    found = Vendor.objects.select_related("home__parent").in_bulk(list(page.object_list), field_name="slug")
    context = {
        "page_obj": page,
        "vendors": [(found[slug], on_sale[slug]) for slug in page.object_list],
        "kinds": _kinds(kinds.values()),
        "kind": kind,
        "linked": [linked_data.breadcrumbs(_trail(), request)],
    }
    return render(request, "marketplace/storefront/vendor_list.html", context)


def _kinds(kinds: Iterable[str]) -> list[tuple[str, Any, int]]:
    """The kinds there are: value, label, how many vendors."""
    counts = Counter(kinds)
    return [(value, label, counts[value]) for value, label in Vendor.Kind.choices if counts[value]]


def _trail() -> list[tuple[str, str]]:
    return [(reverse("marketplace:catalogue"), _("Catalogue")), (reverse("marketplace:vendors"), _("Who sells"))]


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
    trail = [*_trail(), (address, vendor.name)]
    seller = linked_data.organisation(name=vendor.name, url=request.build_absolute_uri(address))
    return [seller, linked_data.breadcrumbs(trail, request)]

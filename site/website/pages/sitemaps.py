"""What search engines may know of: pages, and every listing that is on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, OuterRef
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap as PageSitemap

from marketplace.catalogue.models import Listing, ListingQuerySet
from marketplace.parties.models import Vendor


class ListingSitemap(Sitemap):  # type: ignore[type-arg]  # listings
    """Published listings."""

    changefreq = "weekly"
    limit = 5000

    def items(self) -> ListingQuerySet:
        return Listing.objects.published().only("slug", "last_published_at").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("marketplace:listing_detail", args=[item.slug])

    def lastmod(self, item: Any) -> datetime | None:
        return item.last_published_at


class ScreenSitemap(Sitemap):  # type: ignore[type-arg]  # names of addresses
    """The public screens that are no pages."""

    def items(self) -> list[str]:
        return [f"marketplace:{name}" for name in ("catalogue", "calendar", "places", "vendors", "impact")]

    def location(self, item: str) -> str:
        return reverse(item)


class VendorSitemap(Sitemap):  # type: ignore[type-arg]  # vendors
    """Vendors with something on the shelf."""

    changefreq = "monthly"
    limit = 5000

    def items(self) -> Any:
        on_sale = Listing.objects.published().filter(vendor=OuterRef("pk"))
        return Vendor.objects.filter(Exists(on_sale)).only("slug").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("marketplace:vendor", args=[item.slug])


class PlaceSitemap(Sitemap):  # type: ignore[type-arg]  # townships and villages
    """Places something is sold from."""

    changefreq = "monthly"
    limit = 5000

    def items(self) -> list[str]:
        codes = Listing.objects.published().order_by().values_list("origin__code", flat=True).distinct()
        return sorted({part for code in codes for part in (code[:9], code)})

    def location(self, item: str) -> str:
        return reverse("marketplace:place", args=[item])


SITEMAPS = {
    "pages": PageSitemap,
    "listings": ListingSitemap,
    "screens": ScreenSitemap,
    "vendors": VendorSitemap,
    "places": PlaceSitemap,
}

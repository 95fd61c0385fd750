"""What search engines may know of: pages, and every listing that is on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap as PageSitemap

from marketplace.catalogue.models import Listing, ListingQuerySet


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
        return ["marketplace:catalogue", "marketplace:impact"]

    def location(self, item: str) -> str:
        return reverse(item)


SITEMAPS = {"pages": PageSitemap, "listings": ListingSitemap, "screens": ScreenSitemap}

"""All that planning an import asks the database: the listings, places, products and words its rows speak of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import translation
from wagtail.images import get_image_model

from marketplace.catalogue import bulk
from marketplace.catalogue.decisions import ListingDecision
from marketplace.catalogue.differences import remembered
from marketplace.catalogue.models import Listing, Pack, Product, TaxRate
from marketplace.models import Region
from marketplace.parties.imports import tidy
from marketplace.programme.selectors import villages_and_townships

from .models import ListingImport


class Known:
    """All a plan needs to know, in a fixed number of statements."""

    def __init__(self, document: ListingImport, slugs: set[str], day: date) -> None:
        vendor = document.vendor
        self.vendor, self.zipped = vendor, set(document.picture_names)
        rows = Listing.objects.filter(vendor=vendor).select_related("latest_revision")
        self.by_slug = {row.slug: row for row in rows.filter(slug__in=slugs)}
        self.titles = set(rows.values_list("title", flat=True))
        pks = [row.pk for row in self.by_slug.values()]
        self.in_review = bulk.in_review(pks)
        self.reviewed = _reviewed(pks)
        places = villages_and_townships(vendor.county_code, day)
        parents = {place.pk: place for place in places}
        self.regions = Region.objects.in_bulk({row.origin_id for row in self.by_slug.values()}) | parents
        self.origins = _places(places, parents)
        self.products = {tidy(row.name): row for row in Product.objects.select_related("category")}
        self.rates = _rates()
        self.versions = {
            row.slug: remembered(row.latest_revision) for row in self.by_slug.values() if row.latest_revision
        }
        wanted = {picture.image_id for version in self.versions.values() for picture in version.pictures.all()}
        self.images = get_image_model().objects.in_bulk(wanted)
        self.stocked = set(Pack.objects.filter(listing__in=pks, stock__isnull=False).values_list("pk", flat=True))


def _reviewed(pks: Sequence[int]) -> dict[int, Listing]:
    rows = ListingDecision.objects.filter(listing__in=pks, is_approved=True).select_related("revision")
    return {row.listing_id: remembered(row.revision) for row in rows.order_by("decided_at", "pk")}


def _places(places: Sequence[Region], parents: Mapping[int, Region]) -> dict[str, Region]:
    once = Counter(tidy(place.name) for place in places)
    found = {tidy(place.name): place for place in places if once[tidy(place.name)] == 1}
    return found | {
        tidy(f"{parents[place.parent_id].name}{place.name}"): place
        for place in places
        if place.parent_id and place.parent_id in parents
    }


def _rates() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {tidy(str(label)): value for value, label in TaxRate.choices}
    return found


def known_version(listing: Listing, known: Known) -> Listing:
    """The latest version in memory, what it points at included, so that comparing it costs no statement."""
    version = remembered(listing.latest_revision) if listing.latest_revision else listing
    version.live, version.first_published_at = listing.live, listing.first_published_at
    version.vendor, version.product = known.vendor, _product(version, known)
    version.origin = known.regions[version.origin_id]
    for picture in version.pictures.all():
        picture.image = known.images.get(picture.image_id) or picture.image
    return version


def _product(version: Listing, known: Known) -> Product:
    return next(row for row in known.products.values() if row.pk == version.product_id)

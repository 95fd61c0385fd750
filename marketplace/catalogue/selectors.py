"""Questions about listings."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet
from wagtail.images import get_image_model

from ..pictures import CARD, LARGE, specs
from .models import ListingPicture, ListingQuerySet, Stock


def with_stock(listings: ListingQuerySet) -> ListingQuerySet:
    """The listings with ``has_stock``: whether any pack on offer is left."""
    left = Stock.objects.filter(pack__listing=OuterRef("pk"), pack__is_offered=True, on_hand__gt=F("reserved"))
    return listings.annotate(has_stock=Exists(left))


def in_stock_among(listing_pks: Sequence[int]) -> set[int]:
    """Which of these listings have any pack on offer left. For a page of a long list, which ``with_stock`` would count whole."""
    left = Stock.objects.filter(pack__listing__in=listing_pks, pack__is_offered=True, on_hand__gt=F("reserved"))
    return set(left.values_list("pack__listing_id", flat=True))


def with_cards(listings: ListingQuerySet) -> ListingQuerySet:
    """The listings with all their cards show: vendor, place, cover with its rendition, stock; two statements."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs(CARD))
    return (
        with_stock(listings)
        .select_related("vendor", "origin__parent", "cover", "product__category")
        .prefetch_related(Prefetch("cover__renditions", renditions, to_attr="prefetched_renditions"))
        .defer("description")
    )


def with_pictures() -> QuerySet[ListingPicture]:
    """Pictures with their large rendition; two statements."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs(LARGE))
    return ListingPicture.objects.select_related("image").prefetch_related(
        Prefetch("image__renditions", renditions, to_attr="prefetched_renditions")
    )

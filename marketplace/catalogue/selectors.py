"""Questions about listings."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Prefetch
from wagtail.images import get_image_model

from ..pictures import CARD, specs
from .models import ListingQuerySet, Stock


def with_cards(listings: ListingQuerySet) -> ListingQuerySet:
    """The listings with all their cards show: vendor, place, cover with its rendition, stock; two statements."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs(CARD))
    left = Stock.objects.filter(pack__listing=OuterRef("pk"), pack__is_offered=True, on_hand__gt=F("reserved"))
    return (
        listings.annotate(has_stock=Exists(left))
        .select_related("vendor", "origin__parent", "cover", "product__category")
        .prefetch_related(Prefetch("cover__renditions", renditions, to_attr="prefetched_renditions"))
        .defer("description")
    )

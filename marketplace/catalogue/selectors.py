"""Questions about listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model

from ..files import PrivateFile
from ..parties.selectors import is_officer_of
from ..pictures import CARD, LARGE, specs
from ..programme.models import Region
from .decisions import ListingDecision
from .delistings import Delisting
from .differences import remembered
from .models import Listing, ListingPicture, ListingQuerySet, Stock


def with_stock(listings: ListingQuerySet) -> ListingQuerySet:
    """The listings with ``has_stock``: whether any pack on offer is left."""
    left = Stock.objects.left().filter(pack__listing=OuterRef("pk"), pack__is_offered=True)
    return listings.annotate(has_stock=Exists(left))


def in_stock_among(listing_pks: Sequence[int]) -> set[int]:
    """Which of these listings have any pack on offer left. For a page of a long list, which ``with_stock`` would count whole."""
    left = Stock.objects.left().filter(pack__listing__in=listing_pks, pack__is_offered=True)
    return set(left.values_list("pack__listing_id", flat=True))


def with_cards(listings: ListingQuerySet) -> ListingQuerySet:
    """The listings with all their cards show: vendor, place, cover with its rendition, stock; two statements."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs(CARD))
    return (
        with_stock(listings)
        .select_related("vendor", "origin__parent", "cover", "product__category", "rating_total")
        .prefetch_related(Prefetch("cover__renditions", renditions, to_attr="prefetched_renditions"))
        .defer("description")
    )


def with_pictures() -> QuerySet[ListingPicture]:
    """Pictures with their large rendition; two statements."""
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=specs(LARGE))
    return ListingPicture.objects.select_related("image").prefetch_related(
        Prefetch("image__renditions", renditions, to_attr="prefetched_renditions")
    )


class Rule(models.TextChoices):
    """How a shelf is filled."""

    NEWEST = "newest", _("the newest")
    SEASON = "season", _("what is in season this month")
    CATEGORY = "category", _("one category")
    PLACE = "place", _("one township or village")
    HAND = "hand", _("chosen by hand")


def on_shelf(
    rule: str, *, month: int, count: int, category: int = 0, place: int = 0, listings: Sequence[int] = ()
) -> list[Listing]:
    """The cards of a shelf: published listings by the rule, those in stock first; by hand in the order given."""
    published = Listing.objects.published()
    if rule == Rule.HAND:
        return _in_order(published, list(listings))[:count]
    if rule == Rule.SEASON:
        published = published.exclude(season="").in_season(month)
    if rule == Rule.CATEGORY:
        published = published.filter(Q(product__category=category) | Q(product__category__parent=category))
    if rule == Rule.PLACE:
        code = Region.objects.filter(pk=place).values_list("code", flat=True).first()
        published = published.filter(origin__code__startswith=code) if code else published.none()
    keys = _newest(published.in_stock(), count)  # the database stops at so many, and looks into no other's stock
    if len(keys) < count:
        keys += _newest(published.exclude(pk__in=keys), count - len(keys))
    return _in_order(published, keys)


def _newest(listings: ListingQuerySet, count: int) -> list[int]:
    return list(listings.order_by("-first_published_at", "-pk").values_list("pk", flat=True)[:count])


def _in_order(listings: ListingQuerySet, keys: Sequence[int]) -> list[Listing]:
    found = with_cards(listings).in_bulk(keys)
    return [found[pk] for pk in keys if pk in found]


def titles_from(month: int, *, count: int) -> list[Listing]:
    """Published listings whose season begins in ``month``: on offer then and not the month before."""
    before = 12 if month == 1 else month - 1
    rows = Listing.objects.published().filter(season__contains=f",{month},").exclude(season__contains=f",{before},")
    return list(rows.only("slug", "title").order_by("title", "pk")[:count])


def count_from(*, vendor: int) -> int:
    """How many listings of a vendor are published."""
    return Listing.objects.published().filter(vendor=vendor).count()


def reviewed_version(listing: Listing) -> Listing | None:
    """The listing as an officer approved it last; ``None`` where none ever did. One statement."""
    found = ListingDecision.objects.filter(listing=listing, is_approved=True).select_related("revision").first()
    return remembered(found.revision) if found else None


def delisting_evidence_is_shown(user: Any, file: PrivateFile) -> bool:
    """Whether an officer may see this evidence of a delisting: those of the vendor's county, and the operator."""
    found = Delisting.objects.filter(evidence=file).select_related("listing__vendor__home").first()
    return found is not None and (user.is_superuser or is_officer_of(user, found.listing.vendor.county_code))

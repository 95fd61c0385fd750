"""What buyers say of an offer: the newest on its page, all of them on a page of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..catalogue.models import Listing
from ..ratings.models import Rating, RatingTotal
from ..ratings.selectors import LARGE, with_pictures

ON_THE_PAGE = 3
PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class Said:
    """A rating as everybody sees it, with its pictures: (image, address of the large one)."""

    rating: Rating
    pictures: Sequence[tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Voices:
    """How an offer is rated: the total, and the newest ratings."""

    total: RatingTotal | None
    newest: Sequence[Said]

    @property
    def count(self) -> int:
        return self.total.count if self.total else 0

    @property
    def has_more(self) -> bool:
        """Whether there are more than the page shows."""
        return self.count > len(self.newest)


def voices_of(listing: Listing) -> Voices:
    """The total and the newest ratings of an offer; statements that do not grow with them."""
    if not listing.pk:
        return Voices(None, [])
    total = RatingTotal.objects.filter(listing=listing.pk).first()
    if not total or not total.count:
        return Voices(None, [])
    return Voices(total, said(with_pictures(Rating.objects.shown().filter(listing=listing.pk))[:ON_THE_PAGE]))


def said(ratings: Any) -> list[Said]:
    """These ratings (``with_pictures``) as everybody sees them."""
    return [
        Said(row, [(picture.image, picture.image.get_rendition(LARGE).url) for picture in row.shown_pictures])
        for row in ratings
    ]


def rating_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All ratings of an offer, the newest first."""
    listing = get_object_or_404(Listing.objects.shown().select_related("vendor", "rating_total"), slug=slug)
    rows = with_pictures(Rating.objects.shown().filter(listing=listing))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "listing": listing,
        "page_obj": page,
        "ratings": said(page),
        "total": getattr(listing, "rating_total", None),
    }
    return render(request, "marketplace/storefront/rating_list.html", context)

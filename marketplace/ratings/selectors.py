"""Questions about ratings: what can be rated, what was, and the total."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Prefetch, QuerySet, Sum
from wagtail.images import get_image_model

from ..conf import setting
from ..files import PrivateFile
from ..fulfilment.models import GoodsReturnLine
from ..impact.models import ImpactEntry, Measure
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.selectors import is_officer_of, roles_of
from ..pictures import THUMB, specs
from .models import Rating, RatingPicture, RatingQuerySet

LARGE = "max-1600x1600|format-webp"


def is_completed(line: OrderLine) -> bool:
    """Whether something of the line is paid, accepted and fapiao matched: what official figures count."""
    rows = ImpactEntry.objects.filter(line=line, measure=Measure.COMPLETED)
    return (rows.aggregate(n=Sum("quantity"))["n"] or 0) > 0


def completed_lines(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Of these lines those that are completed; one statement."""
    posted = ImpactEntry.objects.filter(line=OuterRef("pk"), measure=Measure.COMPLETED).order_by().values("line")
    return lines.filter(Exists(posted.annotate(n=Sum("quantity")).filter(n__gt=0)))


def unrated(lines: QuerySet[OrderLine]) -> QuerySet[OrderLine]:
    """Of these lines those whose buyer has not rated the listing."""
    rated = Rating.objects.filter(listing=OuterRef("listing"), organisation=OuterRef("order__organisation"))
    return lines.filter(~Exists(rated))


def sent_back_at(listing_pk: int, organisation_pk: int) -> datetime | None:
    """When this buyer last sent goods of this listing back for their money; ``None`` when never."""
    rows = GoodsReturnLine.objects.filter(
        line__listing=listing_pk,
        goods_return__order__organisation=organisation_pk,
        goods_return__returned_at__isnull=False,
    )
    found: datetime | None = rows.aggregate(at=Max("goods_return__returned_at"))["at"]
    return found


def lines_to_rate(order: PurchaseOrder) -> list[OrderLine]:
    """What can be rated of an order now: completed, not rated yet, each listing once; one statement."""
    return _each_once(unrated(completed_lines(OrderLine.objects.filter(order=order))).order_by("pk"))


def invitations(organisations: Iterable[int], *, at: datetime) -> list[OrderLine]:
    """Lines these buyers completed lately and have not rated, the latest first, each listing once; one statement."""
    since = at - timedelta(days=setting("DAYS_INVITED_TO_RATE"))
    lately = ImpactEntry.objects.filter(
        organisation__in=list(organisations), measure=Measure.COMPLETED, quantity__gt=0, posted_at__gte=since
    )
    lines = OrderLine.objects.filter(pk__in=lately.order_by().values("line"))
    return _each_once(unrated(completed_lines(lines)).order_by("-pk"))


def _each_once(lines: QuerySet[OrderLine]) -> list[OrderLine]:
    """The first line of each buyer and listing."""
    found: dict[tuple[int, int], OrderLine] = {}
    for line in lines.select_related("order__organisation"):
        found.setdefault((line.order.organisation_id, line.listing_id), line)
    return list(found.values())


def with_pictures(ratings: RatingQuerySet) -> RatingQuerySet:
    """Ratings with the pictures everybody sees and their sizes; two statements more."""
    wanted = [*specs(THUMB), LARGE]
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=wanted)
    shown = RatingPicture.objects.exclude(image=None).select_related("image")
    shown = shown.prefetch_related(Prefetch("image__renditions", renditions, to_attr="prefetched_renditions"))
    return ratings.prefetch_related(Prefetch("pictures", shown, to_attr="shown_pictures"))


def rating_picture_is_shown(user: Any, file: PrivateFile) -> bool:
    """The kept picture is for its writer's colleagues and the county's officers; everybody else sees the public one."""
    found = RatingPicture.objects.filter(file=file).select_related("rating__listing__vendor__home").first()
    if found is None:
        return False
    rating = found.rating
    return bool(roles_of(user, rating.organisation)) or is_officer_of(user, rating.listing.vendor.county_code)

"""A buyer rates, its vendor answers, an officer hides or shows; each keeps the listing's total in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Collection

from .. import audit, signals
from ..catalogue.edition import new_edition
from ..catalogue.errors import ReasonMissing
from ..errands.actions import tell
from ..files import Given, Kind, keep
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.actions import office_day
from ..parties.errors import AnotherCounty
from ..parties.locks import lock_organisation
from ..parties.selectors import is_officer_of, require_role
from ..programme.selectors import county_name
from .errors import (
    AlreadyRated,
    AnswerMissing,
    AnswerTooLong,
    NotCompleted,
    RatingAnswered,
    RatingHidden,
    RatingShown,
    StarsMissing,
    TooManyPictures,
)
from .locks import add_to_total, lock_rating
from .models import MAY_RATE, MOST_PICTURES, MOST_STARS, MOST_WORDS, Rating, RatingPicture
from .selectors import is_completed, sent_back_at

COLLECTION = "Ratings"  # of the image library, so that editors' own pictures are not lost among buyers'


@transaction.atomic
def rate(
    *, line: OrderLine, stars: int, words: str = "", pictures: Sequence[Given] = (), by: Any, at: datetime
) -> Rating:
    """Rate what an order line brought. By an organiser, requester or receiver of the buyer.

    ``NotCompleted``, ``AlreadyRated`` (one for each buyer and listing), ``StarsMissing``, ``TooManyPictures``.
    """
    buyer = lock_organisation(line.order.organisation_id)
    require_role(by, buyer, *MAY_RATE)
    given = [picture for picture in pictures if picture is not None]
    if not 1 <= stars <= MOST_STARS:
        raise StarsMissing()
    if len(given) > MOST_PICTURES:
        raise TooManyPictures(most=MOST_PICTURES)
    if not is_completed(line):
        raise NotCompleted(line=line.title)
    if Rating.objects.filter(listing=line.listing_id, organisation=buyer).exists():
        raise AlreadyRated(listing=line.title)
    rating = Rating.objects.create(
        listing_id=line.listing_id,
        organisation=buyer,
        line=line,
        stars=stars,
        words=words.strip()[:MOST_WORDS],
        buyer_kind=buyer.kind,
        district=county_name(buyer.region, office_day(at)),
        rated_at=at,
        rated_by=by,
        returned_at=sent_back_at(line.listing_id, buyer.pk),
    )
    for picture in given:
        if file := keep(kind=Kind.RATING_PICTURE, upload=picture, by=by, at=at):
            RatingPicture.objects.create(rating=rating, file=file)
    _publish_pictures(rating)
    audit.record("marketplace.rate", [rating], by=by, at=at, stars=stars)
    _count(rating, 1)
    return rating


def _count(rating: Rating, sign: int) -> None:
    """The rating enters the total (1) or leaves it (−1), and what was kept of the catalogue is out of date."""
    add_to_total(rating.listing_id, count=sign, stars=sign * rating.stars)
    _told_anew(rating)


def _told_anew(rating: Rating) -> None:
    new_edition()
    signals.announce(signals.rating_changed, sender=Rating, listing_pk=rating.listing_id)


def _publish_pictures(rating: Rating) -> None:
    """Everybody sees the pictures; they are drawn anew already."""
    for row in rating.pictures.select_related("file"):
        if row.file.removed_at is None:
            row.image = get_image_model().objects.create(
                title=str(rating)[:100],
                file=ImageFile(ContentFile(row.file.content), name=f"rating-{row.pk}.{row.file.type}"),
                collection=_collection(),
            )
            row.save(update_fields=["image"])


def _collection() -> Collection:
    found: Collection | None = Collection.objects.filter(name=COLLECTION).first()
    return found or Collection.get_first_root_node().add_child(name=COLLECTION)


@transaction.atomic
def answer_rating(*, rating: Rating, words: str, by: Any, at: datetime) -> Rating:
    """The vendor answers once. Who may speak for it is asked by the vendors' side."""
    locked = lock_rating(rating.pk)
    if locked.answered_at:
        raise RatingAnswered()
    if locked.hidden_at:
        raise RatingHidden()
    if not words.strip():
        raise AnswerMissing()
    if len(words.strip()) > MOST_WORDS:
        raise AnswerTooLong(most=MOST_WORDS)
    locked.answer, locked.answered_at, locked.answered_by = words.strip(), at, by
    locked.save(update_fields=["answer", "answered_at", "answered_by"])
    audit.record("marketplace.answer_rating", [locked], by=by, at=at)
    _told_anew(locked)
    return locked


def _held_by_officer(rating: Rating, by: Any) -> Rating:
    locked = lock_rating(rating.pk)
    if not is_officer_of(by, locked.listing.vendor.county_code):
        raise AnotherCounty(county=locked.listing.vendor.county_code)
    return locked


@transaction.atomic
def hide_rating(*, rating: Rating, reason: str, by: Any, at: datetime) -> Rating:
    """Take a rating off the page, with a reason its writer and the vendor are told. By an officer of the county.

    Its public pictures are deleted; the kept ones stay for the officers.
    """
    locked = _held_by_officer(rating, by)
    if locked.hidden_at:
        raise RatingHidden()
    if not reason.strip():
        raise ReasonMissing()
    locked.hidden_at, locked.hidden_by, locked.hidden_reason = at, by, reason.strip()[:300]
    locked.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    get_image_model().objects.filter(pk__in=locked.pictures.values("image")).delete()
    audit.record("marketplace.hide_rating", [locked], by=by, at=at, reason=locked.hidden_reason)
    tell(("rating_hidden", str(locked.pk)), ("rating_hidden_vendor", str(locked.pk)), at=at)
    _count(locked, -1)
    return locked


@transaction.atomic
def show_rating(*, rating: Rating, by: Any, at: datetime) -> Rating:
    """Show it again, because it was hidden by mistake. By an officer of the county."""
    locked = _held_by_officer(rating, by)
    if not locked.hidden_at:
        raise RatingShown()
    before = locked.hidden_reason
    locked.hidden_at, locked.hidden_by, locked.hidden_reason = None, None, ""
    locked.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
    _publish_pictures(locked)
    audit.record("marketplace.show_rating", [locked], by=by, at=at, reason=before)
    _count(locked, 1)
    return locked


def mark_returned(*, order: PurchaseOrder, lines: Sequence[OrderLine], at: datetime) -> None:
    """Goods went back for their money: the buyer's ratings of them say so from now on. One or two statements."""
    listings = {line.listing_id for line in lines}
    rows = Rating.objects.filter(organisation=order.organisation_id, listing__in=listings, returned_at=None)
    if rows.update(returned_at=at):
        new_edition()

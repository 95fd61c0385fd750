"""A rating with its pictures, and each listing's total of them.

A rating says who wrote it by the kind of buyer and the district, never by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model_string

from ..catalogue.models import Listing
from ..files import PrivateFile
from ..orders.models import OrderLine
from ..parties.models import BuyerOrganisation, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_STARS, MOST_PICTURES, MOST_WORDS = 5, 3, 500
MAY_RATE = (Role.ORGANISER, Role.REQUESTER, Role.RECEIVER)


class RatingQuerySet(models.QuerySet["Rating"]):
    def shown(self) -> RatingQuerySet:
        """What buyers see: all but the hidden ones."""
        return self.filter(hidden_at=None)


class Rating(models.Model):
    """One buyer's word about one listing, after a completed purchase."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="ratings")
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="ratings")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="ratings")
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.CharField(_("in words"), max_length=MOST_WORDS, blank=True)
    buyer_kind = models.CharField(_("buyer's kind"), max_length=20, choices=BuyerOrganisation.Kind)
    district = models.CharField(_("district"), max_length=60)
    rated_at = models.DateTimeField(_("rated at"))
    rated_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("the vendor's answer"), max_length=MOST_WORDS, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_reason = models.CharField(_("why it is hidden"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("goods sent back at"), null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        app_label = "marketplace"
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["-rated_at", "-pk"]
        indexes = [models.Index(fields=["listing", "-rated_at"], name="ratings_of_listing")]
        constraints = [
            models.UniqueConstraint(fields=["listing", "organisation"], name="rating_once_per_buyer"),
            models.CheckConstraint(condition=Q(stars__gte=1) & Q(stars__lte=MOST_STARS), name="rating_one_to_five"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="rating_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_reason="") | Q(hidden_at__isnull=False) & ~Q(hidden_reason=""),
                name="rating_hidden_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} · {self.stars}/{MOST_STARS}"

    @property
    def rater(self) -> str:
        """Who rated, as everybody may know it: 工会 · 宣州区."""
        return f"{self.get_buyer_kind_display()} · {self.district}"


class RatingPicture(models.Model):
    """A picture with a rating: drawn anew and kept privately; ``image`` is what everybody sees while it is shown."""

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="pictures")
    file = models.ForeignKey(PrivateFile, on_delete=models.PROTECT, related_name="+")
    image = models.ForeignKey(
        get_image_model_string(), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "marketplace"
        verbose_name = _("picture of a rating")
        verbose_name_plural = _("pictures of ratings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rating} · {self.file}"


class RatingTotal(models.Model):
    """How many ratings of a listing are shown, and their stars together. Written with its rows."""

    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="rating_total")
    count = models.PositiveIntegerField(default=0)
    stars = models.PositiveIntegerField(default=0)
    objects: ClassVar[models.Manager[RatingTotal]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("total of ratings")
        verbose_name_plural = _("totals of ratings")
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=F("count")) & Q(stars__lte=MOST_STARS * F("count")), name="total_within_stars"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}: {self.stars}/{self.count}"

    @property
    def tenths(self) -> int:
        """The average in tenths of a star, rounded half up; 0 without ratings."""
        return (20 * self.stars + self.count) // (2 * self.count) if self.count else 0

    @property
    def average(self) -> str:
        """4.5: the average with one decimal."""
        return f"{self.tenths // 10}.{self.tenths % 10}"

"""What proves a price: like goods sold elsewhere, by a link or a paper. Seen by the vendor and the county's officers only.

[Price evidence: notice of the 832 platform of 27 April 2022. A link to the same or like goods, and a contract or invoice;
 not shown publicly.]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..conf import setting
from ..errors import first_few
from ..fields import MoneyField
from ..files import PrivateFile
from .errors import PriceEvidenceMissing
from .fairness import KILOGRAM, per_weight
from .models import Listing

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class PriceEvidenceQuerySet(models.QuerySet["PriceEvidence"]):
    def standing(self) -> PriceEvidenceQuerySet:
        """What its vendor has not taken back."""
        return self.filter(withdrawn_at=None)


class PriceEvidence(models.Model):
    """One price of the same or like goods, where it was asked, and what shows it. Taken back, never changed."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="price_evidence")
    seller = models.CharField(_("where it is sold"), max_length=80)
    goods = models.CharField(_("what is sold there"), max_length=120, blank=True)
    price = MoneyField(_("price"))
    net_grams = models.PositiveIntegerField(_("net weight (g)"), default=0)
    seen_on = models.DateField(_("day"))
    link = models.URLField(_("link"), max_length=500, blank=True)
    paper = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = PriceEvidenceQuerySet.as_manager()
    _default_manager: ClassVar[models.Manager[PriceEvidence]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("price evidence")
        verbose_name_plural = _("price evidence")
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="evidence_price_is_positive"),
            models.CheckConstraint(condition=Q(paper__isnull=False) | ~Q(link=""), name="evidence_shows_something"),
        ]

    def __str__(self) -> str:
        return f"{self.seller} · {self.price}"

    @property
    def per_kilogram(self) -> int | None:
        """Minor units for a kilogram there; ``None`` without a weight."""
        return per_weight(self.price.amount, self.net_grams, of=KILOGRAM)


def require_evidence(listings: Iterable[Listing]) -> None:
    """Where the operator asks for it, refuse listings without evidence (``PriceEvidenceMissing``); one statement then."""
    if not setting("PRICE_EVIDENCE_REQUIRED"):
        return
    wanted = {listing.pk: listing.title for listing in listings}
    shown = PriceEvidence.objects.standing().filter(listing__in=wanted).values_list("listing_id", flat=True)
    if missing := [title for pk, title in wanted.items() if pk not in set(shown)]:
        raise PriceEvidenceMissing(listings=first_few(missing))

"""How an offer benefits farming households: the vendor's statement, and how well an officer found it supported.

Households are counted, never named, and those of two statements may be the same: they are not added up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from .. import audit
from ..parties.errors import AnotherCounty
from ..parties.selectors import is_officer_of
from .errors import LinkageGone, ReasonMissing


class Mode(models.TextChoices):
    """The ways a household gains: wages, assets, its own trade [recognition rules of 2020]."""

    CONTRACT = "contract", _("purchase contract with farming households")
    EMPLOYMENT = "employment", _("local employment")
    SHARES = "shares", _("shares with dividends")
    LAND_RENT = "land_rent", _("land rent")
    SUPPORT = "support", _("seedlings, training and technical help")


class Evidence(models.TextChoices):
    """How well a statement is supported."""

    DECLARED = "declared", _("declared by the vendor")
    DOCUMENTED = "documented", _("documented")
    VERIFIED = "verified", _("verified on site")


class FarmerLinkage(Orderable):
    """One statement of a listing: in this way, so many households, in this year."""

    listing = ParentalKey("marketplace.Listing", on_delete=models.CASCADE, related_name="linkages")
    mode = models.CharField(_("way"), max_length=12, choices=Mode)
    households = models.PositiveIntegerField(_("households"))
    year = models.PositiveSmallIntegerField(_("year"))
    statement = models.CharField(_("in words"), max_length=300, blank=True)
    _default_manager: ClassVar[models.Manager[FarmerLinkage]]

    class Meta(Orderable.Meta):
        verbose_name = _("farmer linkage")
        verbose_name_plural = _("farmer linkages")

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.year}"

    @property
    def claim(self) -> tuple[str, int, int]:
        """What an officer vouches for; the words may be mended without asking again."""
        return self.mode, self.households, self.year


class LinkageCheck(models.Model):
    """An officer looked at the papers, or at the place. Append-only; it holds for the very claim it was made of."""

    listing = models.ForeignKey("marketplace.Listing", on_delete=models.PROTECT, related_name="linkage_checks")
    mode = models.CharField(_("way"), max_length=12, choices=Mode)
    households = models.PositiveIntegerField(_("households"))
    year = models.PositiveSmallIntegerField(_("year"))
    level = models.CharField(_("evidence"), max_length=12, choices=Evidence)
    note = models.CharField(_("what was seen"), max_length=300)
    checked_at = models.DateTimeField(_("checked at"))
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("check of a farmer linkage")
        verbose_name_plural = _("checks of farmer linkages")
        ordering = ["checked_at", "pk"]

    def __str__(self) -> str:
        return f"{self.listing} {self.level}"


def evidence_of(linkage: FarmerLinkage, checks: Any) -> str:
    """The level the latest check of this very claim gave, else declared."""
    levels = [check.level for check in checks if (check.mode, check.households, check.year) == linkage.claim]
    return str(levels[-1] if levels else Evidence.DECLARED)


@transaction.atomic
def check_linkage(*, linkage: FarmerLinkage, level: str, note: str, by: Any, at: datetime) -> LinkageCheck:
    """Say how well a published statement is supported. By an officer of the vendor's county.

    ``ReasonMissing`` without a word about what was seen; ``LinkageGone`` when the vendor says something else by now.
    """
    listing = linkage.listing
    if not is_officer_of(by, listing.vendor.county_code):
        raise AnotherCounty(county=listing.vendor.county_code)
    if not note.strip():
        raise ReasonMissing()
    if not FarmerLinkage.objects.filter(pk=linkage.pk, mode=linkage.mode, households=linkage.households).exists():
        raise LinkageGone()
    mode, households, year = linkage.claim
    check = LinkageCheck.objects.create(
        listing=listing,
        mode=mode,
        households=households,
        year=year,
        level=level,
        note=note.strip(),
        checked_at=at,
        checked_by=by,
    )
    audit.record("marketplace.check_linkage", [check], by=by, at=at, level=level)
    return check

"""Listings that officers took off the shelf, and how they come back: each time with its reasons, evidence, answer and outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..conf import setting
from ..files import PrivateFile
from .models import Listing
from .reasons import DelistingReason, labels

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class DelistingQuerySet(models.QuerySet["Delisting"]):
    def standing(self) -> DelistingQuerySet:
        """Those whose listing has not come back."""
        return self.filter(readmitted_at=None)


class Delisting(models.Model):
    """One time a listing was taken off the shelf by an officer, until it is admitted again."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="delistings")
    number = models.PositiveSmallIntegerField(_("how many times"))
    reasons = models.JSONField(_("reasons"), default=list)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    delisted_at = models.DateTimeField(_("delisted at"))
    delisted_by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reentry_from = models.DateTimeField(_("may ask to come back from"))
    readmitted_at = models.DateTimeField(_("readmitted at"), null=True, blank=True)
    readmitted_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DelistingQuerySet.as_manager()

    class Meta:
        app_label = "marketplace"
        verbose_name = _("delisting")
        verbose_name_plural = _("delistings")
        ordering = ["-delisted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "number"], name="delisting_number_once"),
            models.UniqueConstraint(fields=["listing"], condition=Q(readmitted_at=None), name="delisting_stands_once"),
            models.CheckConstraint(
                condition=Q(readmitted_at=None, readmitted_by=None)
                | Q(readmitted_at__isnull=False, readmitted_by__isnull=False),
                name="delisting_readmitted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} · {self.delisted_at:%Y-%m-%d}"

    @property
    def reason_labels(self) -> list[str]:
        """The ticked reasons as sentences."""
        return labels(self.reasons, DelistingReason)


class ReEntry(models.Model):
    """A vendor says what was mended and asks to come back; the review that follows answers it."""

    delisting = models.ForeignKey(Delisting, on_delete=models.PROTECT, related_name="reentries")
    mended = models.CharField(_("what was mended"), max_length=1000)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    is_admitted = models.BooleanField(_("admitted again"), default=False)

    class Meta:
        app_label = "marketplace"
        verbose_name = _("re-entry")
        verbose_name_plural = _("re-entries")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["delisting"], condition=Q(answered_at=None), name="reentry_waits_once")
        ]

    def __str__(self) -> str:
        return f"{self.delisting} · {self.asked_at:%Y-%m-%d}"


def waits_until(number: int, *, at: datetime) -> datetime:
    """When a listing delisted for the ``number``-th time (from 1) may ask to come back: each time twice as long."""
    days = min(setting("DAYS_TO_REENTER") * 2 ** min(number - 1, 12), setting("DAYS_TO_REENTER_MOST"))
    return at + timedelta(days=days)

"""What officers decided about listings: each review with its revision and reasons, and the small edits looked at afterwards.

Append-only but for the look itself. The revision approved last is what later edits are compared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from .models import Listing
from .reasons import ReturnReason, labels

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ListingDecision(models.Model):
    """One review's outcome: which revision, by whom, and when it was returned the ticked reasons and the words."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField(_("approved"))
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    words = models.CharField(_("in words"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    decided_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        app_label = "marketplace"
        verbose_name = _("decision about a listing")
        verbose_name_plural = _("decisions about listings")
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.listing} · {_('approved') if self.is_approved else _('returned')}"

    @property
    def reason_labels(self) -> list[str]:
        """The ticked reasons as sentences."""
        return labels(self.reasons, ReturnReason)


class AfterLook(models.Model):
    """A small edit that was published at once: what it changed, and whether an officer has looked at it since."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="after_looks")
    before = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    changed = models.JSONField(_("changed"), default=list)
    published_at = models.DateTimeField(_("published at"))
    published_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    looked_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "marketplace"
        verbose_name = _("edit published at once")
        verbose_name_plural = _("edits published at once")
        ordering = ["-published_at", "-pk"]
        indexes = [models.Index(fields=["published_at"], condition=Q(looked_at=None), name="after_look_waiting")]

    def __str__(self) -> str:
        return f"{self.listing} · {self.published_at:%Y-%m-%d}"

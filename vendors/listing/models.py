"""A sheet of listings that a vendor uploaded: previewed row by row, applied whole or not at all, and undone as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.models import PrivateFile, Vendor

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ListingImport(models.Model):
    """One upload. ``entries`` remembers, once applied, each listing with its revision before and after, for the way back."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="listing_imports")
    filename = models.CharField(_("file name"), max_length=200)
    rows = models.JSONField()
    sheet = models.ForeignKey(PrivateFile, on_delete=models.PROTECT, related_name="+")
    pictures = models.ForeignKey(PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    picture_names = models.JSONField(default=list, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    uploaded_by: models.ForeignKey[User, User] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_submitted = models.BooleanField(_("handed in at once"), default=False)
    entries = models.JSONField(default=list, blank=True)
    images = models.JSONField(default=list, blank=True)
    to_publish = models.JSONField(default=list, blank=True)
    left_to_publish = models.PositiveIntegerField(_("small changes not yet on sale"), default=0)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import of listings")
        verbose_name_plural = _("imports of listings")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(applied_at__isnull=False), name="import_undone_after_applied"
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def published(self) -> int:
        """How many of the small changes are on sale already."""
        return len(self.to_publish) - self.left_to_publish

"""People who act for a vendor."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.models import Vendor


class VendorMembership(models.Model):
    """Somebody who lists, answers and ships for a vendor, while it lasts."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="vendor_memberships",
        verbose_name=_("user account"),
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="people", verbose_name=_("vendor"))
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("vendor membership")
        verbose_name_plural = _("vendor memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "vendor"], condition=Q(ended_at=None), name="vendor_seat_once_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.vendor}"

"""How a person wants pages shown, and what hindered somebody: a complaint with its number, deadline and answer."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DisplayWish(models.Model):
    """A person's wish, as it was last said; no row means the usual pages."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="display_wish")
    is_elder = models.BooleanField(_("elder mode"), default=False)
    objects: ClassVar[models.Manager[DisplayWish]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("display wish")
        verbose_name_plural = _("display wishes")

    def __str__(self) -> str:
        return f"{self.person_id}: {'elder' if self.is_elder else 'usual'}"


class BarrierComplaint(models.Model):
    """Somebody could not use a page. Whoever has the number can read the answer; the contact is for officers only."""

    reference = models.CharField(_("tracking number"), max_length=20, unique=True)
    address = models.CharField(_("which page"), max_length=300, blank=True)
    hindrance = models.TextField(_("what hindered you"), max_length=2000)
    contact = models.CharField(_("how to reach you"), max_length=120, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField(_("to be answered by"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    objects: ClassVar[models.Manager[BarrierComplaint]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("accessibility complaint")
        verbose_name_plural = _("accessibility complaints")
        indexes = [models.Index(fields=["answered_at", "due_on"], name="complaint_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="complaint_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return self.reference

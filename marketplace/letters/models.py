"""How a person wants to be told: by mail or not, and in which language."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailWish(models.Model):
    """One person's wish; whoever has expressed none gets mail in the site's own language."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_wish")
    wants_mail = models.BooleanField(_("mail me what waits for me"), default=True)
    language = models.CharField(_("language"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("mail wish")
        verbose_name_plural = _("mail wishes")

    def __str__(self) -> str:
        return str(self.user)

"""The life of a group order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..lifecycle import table


class State(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    OPEN = "open", _("open for choices")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


LIFE = table(draft="open cancelled", open="closed cancelled", closed="open")

"""The life of a requisition. An order's own state is derived from what happened to it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..lifecycle import table


class State(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    SUBMITTED = "submitted", _("waiting for approval")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    PLACED = "placed", _("placed")
    CANCELLED = "cancelled", _("cancelled")


LIFE = table(
    draft="submitted cancelled",
    submitted="approved returned",
    returned="submitted cancelled",
    approved="placed returned",
)

"""The life of a purchase made elsewhere, as its buyer and the officers move it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ...lifecycle import table


class State(models.TextChoices):
    DRAFT = "draft", _("being prepared")
    SUBMITTED = "submitted", _("waiting for an officer")
    RETURNED = "returned", _("returned")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", pgettext_lazy("purchase", "withdrawn")
    VOIDED = "voided", _("voided")


LIFE = table(
    draft="submitted withdrawn",
    submitted="confirmed returned withdrawn",
    returned="submitted withdrawn",
    confirmed="voided",
)
MENDABLE = (State.DRAFT, State.RETURNED)
STANDING = (State.SUBMITTED, State.RETURNED, State.CONFIRMED)  # no second one of these may be entered

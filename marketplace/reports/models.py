"""A report about a listing: its number, its deadlines, what the vendor says, and what an officer found."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import Listing
from ..fields import MoneyField
from ..files import PrivateFile

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class ListingReport(models.Model):
    """Somebody says that a price or an offer is not honest. Who they are is for the county's officers alone."""

    class Reason(models.TextChoices):
        PRICE_TOO_HIGH = "price_too_high", _("dearer than like goods elsewhere")
        PRICE_DIFFERS = "price_differs", _("the vendor sells it for less elsewhere")
        PRICE_RAISED = "price_raised", _("the price was raised before it was lowered")
        ORIGIN = "origin", _("it does not come from where the offer says")
        DESCRIPTION = "description", _("it is not what the offer says: grade, weight, picture")
        QUALITY = "quality", _("the quality is poor or the goods are unsafe")
        OTHER = "other", _("something else")

    class Outcome(models.TextChoices):
        DELISTED = "delisted", _("upheld: taken off the shelf")
        CORRECTION = "correction", _("upheld: the vendor has to put it right")
        NOT_UPHELD = "not_upheld", _("not upheld")

    class State(models.TextChoices):
        """Where it stands; derived from its facts."""

        RECEIVED = "received", _("not taken up yet")
        ACKNOWLEDGED = "acknowledged", _("being looked into")
        DECIDED = "decided", _("decided")

    reference = models.CharField(_("tracking number"), max_length=20, unique=True)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(_("what is wrong"), max_length=20, choices=Reason)
    words = models.TextField(_("in words"), max_length=1000)
    link = models.URLField(_("link"), max_length=500, blank=True)
    evidence = models.ForeignKey(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    price_then = MoneyField(_("price from, when it was reported"), null=True, blank=True)
    contact = models.CharField(_("how to reach the reporter"), max_length=120, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledge_by = models.DateField(_("to be taken up by"))
    decide_by = models.DateField(_("to be decided by"))
    acknowledged_at = models.DateTimeField(_("taken up at"), null=True, blank=True)
    acknowledged_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    vendor_answer = models.TextField(_("what the vendor says"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    finding = models.TextField(_("what was found"), max_length=1000, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    objects: ClassVar[models.Manager[ListingReport]]

    class Meta:
        app_label = "marketplace"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["made_at", "pk"]
        indexes = [
            models.Index(fields=["decided_at", "decide_by"], name="report_queue"),
            models.Index(fields=["listing", "made_at"], name="reports_of_listing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, outcome="", finding="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, acknowledged_at__isnull=False)
                & ~Q(outcome="")
                & ~Q(finding=""),
                name="report_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, vendor_answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False, acknowledged_at__isnull=False)
                & ~Q(vendor_answer=""),
                name="report_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def state(self) -> ListingReport.State:
        """Where it stands."""
        if self.decided_at:
            return self.State.DECIDED
        return self.State.ACKNOWLEDGED if self.acknowledged_at else self.State.RECEIVED

    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return {"received": "todo", "acknowledged": "progress", "decided": "done"}[self.state.value]

    @property
    def is_upheld(self) -> bool:
        """Whether an officer found that the reporter was right."""
        return self.outcome in (self.Outcome.DELISTED, self.Outcome.CORRECTION)

    @property
    def due_on(self) -> date | None:
        """By when the officers' next step is due; ``None`` once it is decided."""
        if self.decided_at:
            return None
        return self.decide_by if self.acknowledged_at else self.acknowledge_by

"""What several packs draw on together: the grams of a harvest, or the places of a session, promised and used with their stock."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Measure(models.TextChoices):
    """What a capacity is counted in."""

    GRAMS = "grams", _("grams of a harvest")
    PERSONS = "persons", _("places of a session")


class SharedCapacity(models.Model):
    """So much there is to sell in all: of it so much is promised to orders, so much is used already.

    Grams that were sent, or persons who came. What is closed gives nothing more, whatever is left of it.
    """

    listing = models.ForeignKey("marketplace.Listing", on_delete=models.PROTECT, related_name="capacities")
    measure = models.CharField(_("counted in"), max_length=8, choices=Measure, default=Measure.GRAMS)
    begins_on = models.DateField(_("from"))
    amount = models.PositiveBigIntegerField(_("capacity"))
    promised = models.PositiveBigIntegerField(_("promised"), default=0)
    spent = models.PositiveBigIntegerField(_("used"), default=0)
    is_closed = models.BooleanField(_("closed"), default=False)

    class Meta:
        verbose_name = _("shared capacity")
        verbose_name_plural = _("shared capacities")
        ordering = ["listing", "begins_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["listing", "begins_on"], condition=Q(measure="grams"), name="one_capacity_a_harvest"
            ),
            models.CheckConstraint(condition=Q(promised__gte=0) & Q(spent__gte=0), name="capacity_counts_not_negative"),
            models.CheckConstraint(condition=Q(amount__gte=F("promised") + F("spent")), name="capacity_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.begins_on}"

    @property
    def taken(self) -> int:
        """What is promised or used."""
        return self.promised + self.spent

    @property
    def left(self) -> int:
        """What can still be sold."""
        return 0 if self.is_closed else self.amount - self.taken

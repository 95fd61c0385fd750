"""When it is harvested, how much the harvest gives, and from when until when it is sold in advance.

A listing with a window for advance orders is sold in that window only. What the harvest gives is shared by all its packs:
a capacity in grams beside their stock, promised and given back with it, so that a harvest cannot be sold twice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .models import Listing

GRAMS = 1000


class HarvestPlan(models.Model):
    """The coming harvest of a listing; days include the last one."""

    harvest_from = models.DateField(_("harvest from"), null=True, blank=True)
    harvest_until = models.DateField(_("harvest until"), null=True, blank=True)
    harvest_kilograms = models.PositiveIntegerField(_("harvest for advance orders (kg)"), null=True, blank=True)
    advance_from = models.DateField(_("advance orders from"), null=True, blank=True)
    advance_until = models.DateField(_("advance orders until"), null=True, blank=True)
    ships_from = models.DateField(_("sent from"), null=True, blank=True)
    ships_until = models.DateField(_("sent until"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_sold_in_advance(self) -> bool:
        """Whether orders are taken before there is anything to send."""
        return self.advance_from is not None and self.advance_until is not None

    def takes_orders_on(self, day: date) -> bool:
        """Whether ``day`` lies in the window for advance orders, or there is none."""
        if self.advance_from is None or self.advance_until is None:
            return True
        return self.advance_from <= day <= self.advance_until


def plan_problem(plan: HarvestPlan) -> str:
    """Which two days of a plan contradict each other, as the name of the later field; '' when none do."""
    for first, last in (
        ("harvest_from", "harvest_until"),
        ("advance_from", "advance_until"),
        ("ships_from", "ships_until"),
        ("harvest_from", "ships_from"),
        ("advance_until", "ships_until"),
    ):
        begins, ends = getattr(plan, first), getattr(plan, last)
        if begins and ends and ends < begins:
            return last
    return ""


class HarvestCapacity(models.Model):
    """What one harvest of a listing gives, in grams: of it so much is promised to orders, so much has left already."""

    listing = models.ForeignKey("marketplace.Listing", on_delete=models.PROTECT, related_name="capacities")
    begins_on = models.DateField(_("harvest from"))
    grams = models.PositiveBigIntegerField(_("capacity (g)"))
    grams_promised = models.PositiveBigIntegerField(_("promised (g)"), default=0)
    grams_sent = models.PositiveBigIntegerField(_("sent (g)"), default=0)

    class Meta:
        verbose_name = _("harvest capacity")
        verbose_name_plural = _("harvest capacities")
        ordering = ["listing", "begins_on"]
        constraints = [
            models.UniqueConstraint(fields=["listing", "begins_on"], name="one_capacity_a_harvest"),
            models.CheckConstraint(
                condition=Q(grams_promised__gte=0) & Q(grams_sent__gte=0), name="harvest_counts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(grams__gte=F("grams_promised") + F("grams_sent")), name="harvest_never_oversold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing} {self.begins_on}"

    @property
    def left(self) -> int:
        """Grams that can still be sold."""
        return self.grams - self.grams_promised - self.grams_sent


def capacity_wanted(listing: Listing) -> tuple[date, int] | None:
    """The harvest a listing's packs draw on: its first day and grams; ``None`` where stock alone counts."""
    if not (listing.is_sold_in_advance and listing.harvest_from and listing.harvest_kilograms):
        return None
    return listing.harvest_from, listing.harvest_kilograms * GRAMS

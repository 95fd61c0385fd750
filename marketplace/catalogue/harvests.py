"""When it is harvested, how much the harvest gives, and from when until when it is sold in advance.

A listing with a window for advance orders is sold in that window only. What the harvest gives is shared by all its packs:
a shared capacity in grams beside their stock, promised and given back with it, so that a harvest cannot be sold twice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
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


def capacity_wanted(listing: Listing) -> tuple[date, int] | None:
    """The harvest a listing's packs draw on: its first day and grams; ``None`` where stock alone counts."""
    if not (listing.is_sold_in_advance and listing.harvest_from and listing.harvest_kilograms):
        return None
    return listing.harvest_from, listing.harvest_kilograms * GRAMS

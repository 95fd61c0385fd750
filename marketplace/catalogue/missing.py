"""What a listing still lacks before it can be submitted, by the part of the form where it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .harvests import plan_problem
from .models import Listing


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, and the part it belongs to."""

    part: str
    what: Any


def missing_of(listing: Listing) -> list[Lack]:
    """Everything that is missing, in the order of the form; empty when the listing can be submitted."""
    packs = [pack for pack in listing.packs.all() if pack.is_offered]
    found = [
        (not listing.summary, Lack("produce", _("a summary"))),
        (not listing.description, Lack("produce", _("a description"))),
        (not packs, Lack("packs", _("at least one pack on offer"))),
        (listing.harvest_kilograms and not all(pack.net_grams for pack in packs), Lack("packs", _("net weights"))),
        (
            bool(listing.harvest_kilograms and not listing.harvest_from),
            Lack("season", _("the first day of the harvest")),
        ),
        (bool(plan_problem(listing)), Lack("season", _("days of the harvest in their order"))),
        (listing.is_sold_in_advance and not listing.ships_until, Lack("season", _("when it is sent"))),
        (not listing.pictures.all(), Lack("pictures", _("at least one picture"))),
    ]
    return [lack for is_missing, lack in found if is_missing]

"""Questions about regions, pairings and campaigns."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from .models import Campaign, Pairing, Region


def campaigns_open_on(day: date, *, supporting_code: str = "") -> list[Campaign]:
    """Campaigns under way on ``day``, latest first; only those of a supporting county (six digits) when it is given."""
    rows = Campaign.objects.filter(starts_on__lte=day, ends_on__gt=day)
    if supporting_code:
        rows = rows.filter(pairing__supporting__code=supporting_code)
    return list(rows.select_related("pairing__aided", "pairing__supporting", "target"))


def pairings_of(supporting_code: str, day: date) -> dict[str, Pairing]:
    """The pairings of a supporting county in force on ``day``, by the aided county's six-digit code."""
    pairings = (
        Pairing.objects.filter(supporting__code=supporting_code[:6], starts_on__lte=day)
        .filter(Q(ends_on=None) | Q(ends_on__gt=day))
        .select_related("aided")
    )
    return {pairing.aided.code: pairing for pairing in pairings}


def villages_and_townships(county_code: str, day: date) -> list[Region]:
    """Places of a county a product can come from, by code: each township followed by its villages."""
    return list(
        Region.objects.within(county_code)
        .valid_on(day)
        .filter(level__in=[Region.Level.TOWNSHIP, Region.Level.VILLAGE])
        .order_by("code")
    )

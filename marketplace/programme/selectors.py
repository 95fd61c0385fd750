"""Questions about regions, pairings and campaigns."""

from __future__ import annotations

from collections.abc import Iterable
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


def county_name(place: Region, day: date) -> str:
    """The county or district a place lies in, as it is called on ``day``; the place itself where there is none."""
    county = Region.objects.valid_on(day).filter(code=place.county_code).first()
    return county.name if county else place.name


def villages_and_townships(county_code: str, day: date) -> list[Region]:
    """Places of a county a product can come from, by code: each township followed by its villages."""
    return list(
        Region.objects.within(county_code)
        .valid_on(day)
        .filter(level__in=[Region.Level.TOWNSHIP, Region.Level.VILLAGE])
        .order_by("code")
    )


def delivery_areas(county_code: str, day: date) -> list[Region]:
    """Places a county's vendors may tell apart: the paired districts and their own county with what lies around them,
    the provinces; the narrowest first."""
    supporting = Pairing.objects.filter(aided__code=county_code[:6]).values_list("supporting__code", flat=True)
    return _with_surroundings({*supporting, county_code[:6]}, day)


def delivery_places(code: str, day: date) -> list[Region]:
    """Where a buyer of this county may have goods sent: the counties of its city, the cities and provinces around."""
    wanted = Q(level=Region.Level.COUNTY, code__startswith=code[:4]) | Q(
        level=Region.Level.CITY, code__startswith=code[:2]
    )
    return _sorted(Region.objects.valid_on(day).filter(wanted | Q(level=Region.Level.PROVINCE)))


def _with_surroundings(codes: set[str], day: date) -> list[Region]:
    around = {wider for code in codes for wider in (code, f"{code[:4]}00", f"{code[:2]}0000")}
    return _sorted(Region.objects.valid_on(day).filter(Q(code__in=around) | Q(level=Region.Level.PROVINCE)))


def _sorted(regions: Iterable[Region]) -> list[Region]:
    narrow_first = [Region.Level.COUNTY, Region.Level.CITY, Region.Level.PROVINCE]
    return sorted(regions, key=lambda region: (narrow_first.index(Region.Level(region.level)), region.code))

"""Where it comes from: the counties' townships as schematic maps with their tables, and a page of each place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..catalogue.edition import edition
from ..catalogue.tally import Tally, tally_of
from ..conf import currency
from ..impact import selectors as impact
from ..money import Money
from ..parties.actions import office_day
from ..parties.models import Vendor
from ..programme.almanac import tile_places
from ..programme.models import Pairing, Region
from . import linked_data
from .published import page_of_region, stories
from .selectors import effect_of_region, listings_from

SHOWN = 12
LEVELS = 4
COLUMNS = 5  # of a county whose tiles nobody has laid out
BOUGHT, LISTINGS = "bought", "listings"


@dataclass(frozen=True, slots=True)
class Tile:
    """A township on the map; ``level`` 0 (nothing) to 4 says how much, ``text`` exactly."""

    column: int
    row: int
    name: str
    level: int
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Township:
    """A row of the table beside the map."""

    region: Region
    listings: int
    vendors: int
    completed: Money


@dataclass(frozen=True, slots=True)
class County:
    """A county with its map and its table."""

    region: Region
    tiles: list[Tile]
    townships: list[Township]

    @property
    def most(self) -> Township | None:
        """The township most was bought from, for the sentence that says what the map shows."""
        best = max(self.townships, key=lambda row: row.completed.amount, default=None)
        return best if best and best.completed else None


def county_map(request: HttpRequest) -> HttpResponse:
    """Every aided county by township, coloured by completed value or by what is on sale. A constant number of statements."""
    day = office_day(timezone.now())
    shows = LISTINGS if request.GET.get("show") == LISTINGS else BOUGHT
    tally = tally_of(edition())
    counties = list(_counties(tally, day, shows))
    trail = [(reverse("marketplace:catalogue"), _("Catalogue")), (reverse("marketplace:places"), _("Townships"))]
    context = {"counties": counties, "shows": shows, "linked": [linked_data.breadcrumbs(trail, request)]}
    return render(request, "marketplace/storefront/places.html", context)


def _counties(tally: Tally, day: date, shows: str) -> Iterable[County]:
    codes = {code[:6] for code in tally.bits["township"]}
    aided = set(Pairing.objects.values_list("aided__code", flat=True))
    wanted = Q(level=Region.Level.COUNTY, code__in=codes | aided)
    townships = Q(level=Region.Level.TOWNSHIP, parent__code__in=codes | aided)
    regions = list(Region.objects.valid_on(day).filter(wanted | townships).order_by("code"))
    completed = {row.key: row.figures.completed for row in impact.table("township")}
    vendors = _vendors_by_township()
    for county in (region for region in regions if region.level == Region.Level.COUNTY):
        below = [
            region for region in regions if region.level == Region.Level.TOWNSHIP and region.code[:6] == county.code
        ]
        if below:
            rows = [_township(region, tally, vendors, completed) for region in below]
            yield County(county, list(_tiles(county, rows, shows)), sorted(rows, key=_most_first))


def _vendors_by_township() -> Counter[str]:
    homes = Vendor.objects.filter(admitted_at__isnull=False).values_list("home__code", flat=True)
    return Counter(code[:9] for code in homes)


def _township(region: Region, tally: Tally, vendors: Counter[str], completed: Mapping[str, Money]) -> Township:
    listings = tally.bits["township"].get(region.code, 0).bit_count()
    return Township(region, listings, vendors[region.code], completed.get(region.code, Money(0, currency())))


def _most_first(row: Township) -> tuple[int, int, str]:
    return -row.completed.amount, -row.listings, row.region.code


def _tiles(county: Region, rows: list[Township], shows: str) -> Iterable[Tile]:
    placed = tile_places(county.code)
    amounts = [row.listings if shows == LISTINGS else row.completed.amount for row in rows]
    most = max(amounts, default=0)
    free = max((row for _column, row in placed.values()), default=-1) + 1
    rest = 0
    for row, amount in zip(rows, amounts, strict=True):
        column, line = placed.get(row.region.code, (rest % COLUMNS, free + rest // COLUMNS))
        rest += row.region.code not in placed
        text = _short(row, shows)
        url = reverse("marketplace:place", args=[row.region.code])
        yield Tile(column, line, _short_name(row.region.name, county.name), level_of(amount, most), text, url)


def _short_name(name: str, county: str) -> str:
    """A township's name without its county's, so that it fits a tile."""
    return name.removeprefix(county)


def _short(row: Township, shows: str) -> str:
    if shows == LISTINGS:
        return ngettext("%(count)s listing", "%(count)s listings", row.listings) % {"count": row.listings}
    return f"¥{row.completed.amount // 100:,}" if row.completed else "—"


def level_of(amount: int, most: int) -> int:
    """0 for nothing, else 1 to 4 by quarters of the most."""
    return 0 if amount <= 0 or most <= 0 else min(LEVELS, 1 + amount * LEVELS // (most + 1))


def place(request: HttpRequest, code: str) -> HttpResponse:
    """A township's or village's one address: leads to the page editors wrote about it, or tells the facts."""
    if story := page_of_region(code):
        return redirect(story)
    region = get_object_or_404(_places(office_day(timezone.now())), code=code)
    tally = tally_of(edition())
    context = {
        "region": region,
        "listings": listings_from(region, limit=SHOWN),
        "count": tally.bits[region.level].get(code, 0).bit_count(),
        "effect": effect_of_region(region),
        "stories": stories(count=4, region_code=region.code),
        "vendors": list(_sellers_of(region)),
        "villages": list(_villages(region, tally)),
        "linked": [linked_data.breadcrumbs(_trail(region), request)],
    }
    return render(request, "marketplace/storefront/place.html", context)


def _places(day: date) -> Any:
    """Townships and villages of counties that sell: those that are aided, or have a vendor."""
    sold = Vendor.objects.filter(home__code__startswith=OuterRef("code"), admitted_at__isnull=False)
    found = Region.objects.valid_on(day).select_related("parent__parent")
    townships = Q(level=Region.Level.TOWNSHIP) & Q(Exists(Pairing.objects.filter(aided__code=OuterRef("parent__code"))))
    villages = Q(level=Region.Level.VILLAGE) & Q(
        Exists(Pairing.objects.filter(aided__code=OuterRef("parent__parent__code")))
    )
    return found.filter(townships | villages | Q(level__in=["township", "village"]) & Q(Exists(sold)))


def _sellers_of(region: Region) -> Any:
    return Vendor.objects.filter(admitted_at__isnull=False, home__code__startswith=region.code).order_by("name")[:SHOWN]


def _villages(region: Region, tally: Tally) -> Iterable[tuple[Region, int]]:
    if region.level == Region.Level.TOWNSHIP:
        for village in region.children.filter(level=Region.Level.VILLAGE).order_by("code"):
            if count := tally.bits["village"].get(village.code, 0).bit_count():
                yield village, count


def _trail(region: Region) -> list[tuple[str, str]]:
    trail = [(reverse("marketplace:catalogue"), _("Catalogue")), (reverse("marketplace:places"), _("Townships"))]
    if region.level == Region.Level.VILLAGE and region.parent:
        trail.append((reverse("marketplace:place", args=[region.parent.code]), region.parent.name))
    return [*trail, (reverse("marketplace:place", args=[region.code]), region.name)]

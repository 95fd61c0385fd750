"""Questions about totals. Every figure comes from the roll-ups, so a screen's cost does not grow with its orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum

from ..catalogue.models import Category
from ..conf import currency
from ..money import Money
from ..parties.models import BuyerOrganisation, Vendor
from ..programme.models import Campaign, Region
from .attribution import DIRECT, HELPED, PLATFORM, Way, month_span, way_of
from .models import ImpactEntry, ImpactTotal, Measure


@dataclass(frozen=True, slots=True)
class Figures:
    """The four measures side by side, as ``Money``."""

    ordered: Money
    paid: Money
    accepted: Money
    completed: Money


@dataclass(frozen=True, slots=True)
class Apart:
    """Completed value kept apart by the way it was bought, as ``Money``: here, elsewhere, helped to sell."""

    platform: Money
    elsewhere: Money
    helped: Money

    @property
    def together(self) -> Money:
        """Their sum."""
        return self.platform + self.elsewhere + self.helped

    def __bool__(self) -> bool:
        return bool(self.platform or self.elsewhere or self.helped)


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a dimension: its name for people, its figures on this platform, and all that was completed, apart."""

    key: str
    name: str
    figures: Figures
    apart: Apart


@dataclass(frozen=True, slots=True)
class Series:
    """Figures month by month, gaps filled with zero."""

    months: list[date] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)


HERE = {"mode": DIRECT, "channel": PLATFORM}  # what a figure shows unless it says otherwise


def totals(
    dimension: str, *, since: date | None = None, until: date | None = None, everywhere: bool = False
) -> QuerySet[ImpactTotal]:
    """The totals of a dimension, by months from ``since`` up to and without ``until``.

    Of direct purchases on this platform, or ``everywhere``: then mode and channel of each row say which way.
    """
    rows = ImpactTotal.objects.filter(dimension=dimension, **({} if everywhere else HERE))
    if since:
        rows = rows.filter(month__gte=since.replace(day=1))
    return rows.filter(month__lt=until) if until else rows


def figures_of(dimension: str, key: str, *, since: date | None = None, until: date | None = None) -> Figures:
    """The four measures of one key."""
    return figures_of_all(dimension, [key], since=since, until=until)


def figures_of_all(
    dimension: str, keys: Sequence[str], *, since: date | None = None, until: date | None = None
) -> Figures:
    """The four measures of several keys together, such as an organisation with those it grew out of."""
    return _figures(
        totals(dimension, since=since, until=until)
        .filter(key__in=keys)
        .values_list("measure")
        .annotate(amount=Sum("amount"))
        .order_by()
    )


def _figures(pairs: Iterable[tuple[str, Money]]) -> Figures:
    zero = Money(0, currency())
    found = dict(pairs)
    return Figures(**{measure: found.get(measure) or zero for measure in Measure.values})


def apart_of(
    dimension: str,
    key: str,
    *,
    measure: Measure = Measure.COMPLETED,
    since: date | None = None,
    until: date | None = None,
) -> Apart:
    """What was completed (or another measure) under one key, kept apart by the way it was bought."""
    rows = totals(dimension, since=since, until=until, everywhere=True).filter(key=key, measure=measure)
    return _apart(rows.values_list("mode", "channel").annotate(amount=Sum("amount")).order_by())


def _apart(rows: Iterable[tuple[str, str, Money]]) -> Apart:
    found = dict.fromkeys(Way, Money(0, currency()))
    for mode, channel, amount in rows:
        found[way_of(mode, channel)] += amount
    return Apart(**{str(way): amount for way, amount in found.items()})


def table(
    dimension: str,
    *,
    keys: Sequence[str] | None = None,
    prefix: str = "",
    since: date | None = None,
    until: date | None = None,
    everywhere: bool = False,
) -> list[Row]:
    """One row per key that has figures, largest completed amount first, with its name for people.

    ``everywhere`` adds what was bought elsewhere and helped to sell to each row's ``apart``, and rows that have nothing else.
    """
    rows = totals(dimension, since=since, until=until, everywhere=everywhere)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    if prefix:
        rows = rows.filter(key__startswith=prefix)
    sums = rows.values_list("key", "measure", "mode", "channel").annotate(amount=Sum("amount")).order_by()
    by_key: dict[str, list[tuple[str, str, str, Money]]] = defaultdict(list)
    for key, *rest in sums:
        by_key[key].append(tuple(rest))
    names = names_of(dimension, list(by_key))
    found = [_row(key, names.get(key, key), rest) for key, rest in by_key.items()]
    return sorted(found, key=lambda row: (-row.apart.together.amount, -row.figures.ordered.amount, row.key))


def _row(key: str, name: str, sums: Sequence[tuple[str, str, str, Money]]) -> Row:
    here = [(measure, amount) for measure, mode, where, amount in sums if way_of(mode, where) == Way.PLATFORM]
    completed = [(mode, where, amount) for measure, mode, where, amount in sums if measure == Measure.COMPLETED]
    return Row(key, name, _figures(here), _apart(completed))


def by_month(dimension: str, key: str) -> Series:
    """One key's figures month by month."""
    by: dict[date, list[tuple[str, Money]]] = defaultdict(list)
    for month, measure, amount in totals(dimension).filter(key=key).values_list("month", "measure", "amount"):
        by[month].append((measure, amount))
    months = month_span(list(by))
    return Series(months, [_figures(by.get(month, [])) for month in months])


def names_of(dimension: str, keys: Sequence[str]) -> dict[str, str]:
    """What people call these keys; one statement, two for a pair of things."""
    if "_" in dimension and dimension in ("buyer_township", "campaign_vendor"):
        first, second = dimension.split("_")
        left = names_of(first, [key.split(":")[0] for key in keys])
        right = names_of(second, [key.split(":")[1] for key in keys])
        return {k: f"{left.get(k.split(':')[0], '')} · {right.get(k.split(':')[1], '')}" for k in keys}
    if dimension == "buyer_kind":
        return {str(value): str(label) for value, label in BuyerOrganisation.Kind.choices}
    if dimension in ("township", "village", "buyer_county", "vendor_county"):
        return _places(keys)
    models = {"buyer": BuyerOrganisation, "vendor": Vendor, "campaign": Campaign, "category": Category}
    model: Any = models.get(dimension, BuyerOrganisation)  # an organisation private purchases are counted for
    return {str(row.pk): getattr(row, "label", row.name) for row in model.objects.filter(pk__in=keys)}


def _places(keys: Sequence[str]) -> dict[str, str]:
    codes = {code: key for key in keys for code in (key, key.ljust(12, "0"))}
    places = Region.objects.filter(code__in=codes).order_by("valid_from")
    return {codes[place.code]: place.name for place in places}


def entries_behind(dimension: str, key: str) -> QuerySet[ImpactEntry]:
    """The entries a total is made of, with their lines: the drill-down of a figure. Every way of buying is among them."""
    entries = ImpactEntry.objects.select_related(
        "line__order", "elsewhere_line__purchase", "organisation", "vendor", "campaign", "category"
    )
    if dimension == "buyer_township":
        buyer, township = key.split(":")
        return entries.filter(organisation_id=int(buyer), origin_code__startswith=township)
    if dimension == "campaign_vendor":
        campaign, vendor = key.split(":")
        return entries.filter(campaign_id=int(campaign), vendor_id=int(vendor))
    if dimension in ("township", "village"):
        return entries.filter(origin_code__startswith=key)
    if dimension in ("category", "vendor", "campaign", "counted_for"):
        return entries.filter(**{f"{dimension}_id": key})
    return entries.filter(**{"organisation_id" if dimension == "buyer" else dimension: key})


def entries_of_way(entries: QuerySet[ImpactEntry], way: Way) -> QuerySet[ImpactEntry]:
    """Of these entries the ones of one way of buying."""
    if way == Way.HELPED:
        return entries.filter(mode=HELPED)
    direct = entries.filter(mode=DIRECT)
    return direct.filter(channel=PLATFORM) if way == Way.PLATFORM else direct.exclude(channel=PLATFORM)

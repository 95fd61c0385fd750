"""Every published listing as one bit for each thing it can be chosen by, so that a list and all its counts are sums.

A tally belongs to one edition of the catalogue and is kept by the process that made it. What is in stock moves with
orders and not with editions; it is asked for apart. Narrowing costs no statement, words cost one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Min, OuterRef
from django.db.models.functions import Cast

from ..money import Money
from ..parties.models import Vendor
from ..programme.models import Region
from .bits import bits_of, in_order
from .facets import FACETS, IN_STOCK, Row, World
from .finding import Synonyms, keys_matching, synonyms
from .freight_rules import FreightRule
from .models import Category, Listing, Pack, Product, Stock
from .search import plain

ORDERS = ("newest", "price", "-price", "per_kg")
WORDS_KEPT = 200  # searches whose answer one tally keeps
Bits = dict[str, dict[str, int]]  # facet → value → listings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to: words, values by facet, a price between two amounts; nothing means everything."""

    words: str = ""
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    price_min: Money | None = None
    price_max: Money | None = None
    order: str = "newest"


@dataclass(slots=True)
class Tally:
    """The catalogue of one edition, counted. Places are those in the order of the newest."""

    keys: list[int]
    bits: Bits
    prices: list[int | None]
    orders: dict[str, tuple[list[int], list[int]]]  # the places in another order, and each place's rank in it
    world: World
    synonyms: Synonyms
    place_of: dict[int, int]
    found: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)  # what others work out of it

    @property
    def everything(self) -> int:
        return (1 << len(self.keys)) - 1

    def having(self, words: str) -> int:
        """The listings with these words; one statement, unless somebody has asked before."""
        words = plain(words)
        if not words:
            return self.everything
        if (bits := self.found.get(words)) is None:
            bits = self._bits(keys_matching(words, self.synonyms))
            if len(self.found) >= WORDS_KEPT:
                self.found.clear()
            self.found[words] = bits
        return bits

    def priced(self, least: Money | None, most: Money | None) -> int:
        """The listings whose lowest price lies between two amounts, both included."""
        if least is None and most is None:
            return self.everything
        low, high = (least.amount if least else 0), (most.amount if most else None)
        fits = (
            place
            for place, price in enumerate(self.prices)
            if price is not None and low <= price and (high is None or price <= high)
        )
        return bits_of(fits, len(self.keys))

    def _bits(self, keys: Iterable[int]) -> int:
        place_of = self.place_of
        return bits_of((place_of[key] for key in keys if key in place_of), len(self.keys))


class Narrowed:
    """A tally narrowed: what is found, and how many there would be with each value of each facet."""

    def __init__(self, tally: Tally, wanted: Wanted, *, in_stock: Callable[[], int]) -> None:
        self.tally, self.wanted, self.in_stock = tally, wanted, in_stock
        self.base = tally.having(wanted.words) & tally.priced(wanted.price_min, wanted.price_max)
        self.found = self._without("")

    @property
    def count(self) -> int:
        return self.found.bit_count()

    def counts(self, name: str) -> dict[str, int]:
        """How many listings each value of a facet would show, its own choice set aside."""
        others = self._without(name)
        return {value: (bits & others).bit_count() for value, bits in self._values(name).items()}

    def keys(self, start: int, end: int) -> list[int]:
        """The primary keys from ``start`` to ``end``, in the order wanted."""
        order, rank = self.tally.orders[self.wanted.order]
        return [self.tally.keys[place] for place in in_order(self.found, order, rank, start, end)]

    def _without(self, name: str) -> int:
        found = self.base
        for facet, values in self.wanted.chosen.items():
            if facet != name and values:
                found &= self._any(facet, values)
        return found

    def _any(self, facet: str, values: Sequence[str]) -> int:
        either = 0
        for value in values:
            either |= self._values(facet).get(value, 0)
        return either

    def _values(self, facet: str) -> dict[str, int]:
        return {"true": self.in_stock()} if facet == IN_STOCK else self.tally.bits[facet]


_kept: dict[str, Tally] = {}
_stocks: dict[tuple[str, str], int] = {}
_lock = Lock()


def tally_of(edition: str) -> Tally:
    """The tally of an edition; made once in a process, a constant number of statements."""
    return _once(_kept, edition, make_tally) if edition else make_tally()


def stock_of(edition: str, tally: Tally, version: str) -> int:
    """The listings of a tally in stock; ``version`` says when any listing last began or ceased to be. One statement."""
    return _once(_stocks, (edition, version), partial(in_stock, tally)) if edition and version else in_stock(tally)


def _once(kept: dict[Any, Any], key: Any, make: Any) -> Any:
    """Made once, however many ask at once; the last two are kept, for whoever began before the newest."""
    if (found := kept.get(key)) is None:
        with _lock:
            if (found := kept.get(key)) is None:
                while len(kept) > 1:
                    kept.pop(next(iter(kept)))
                found = kept[key] = make()
    return found


def make_tally() -> Tally:
    """Count the catalogue as it is now."""
    listings = Listing.objects.published().annotate(amount=Cast("price_from", BigIntegerField()))
    rows = [Row._make(row) for row in listings.values_list(*Row._fields)]
    world = make_world(rows)
    prices = [row.amount for row in rows]
    keys = [row.pk for row in rows]
    place_of = {key: place for place, key in enumerate(keys)}
    orders = _orders(prices, _per_kilogram(place_of, len(rows)))
    return Tally(keys, _count(rows, world), prices, orders, world, synonyms(), place_of)


def _count(rows: Sequence[Row], world: World) -> Bits:
    counted: Bits = {}
    for facet in FACETS:
        raw: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for value in facet.values(row, world):
                raw.setdefault(value, []).append(place)
        counted[facet.name] = {value: bits_of(places, places[-1] + 1) for value, places in raw.items()}
    return counted


def _orders(prices: Sequence[int | None], per_kg: Sequence[int | None]) -> dict[str, tuple[list[int], list[int]]]:
    places = list(range(len(prices)))
    last = 1 << 62  # what has no price or no weight comes last, whichever way
    sorted_by = {
        "newest": places,
        "price": sorted(places, key=lambda place: last if (p := prices[place]) is None else p),
        "-price": sorted(places, key=lambda place: last if (p := prices[place]) is None else -p),
        "per_kg": sorted(places, key=lambda place: last if (p := per_kg[place]) is None else p),
    }
    return {name: (order, _rank(order)) for name, order in sorted_by.items()}


def _rank(order: Sequence[int]) -> list[int]:
    rank = [0] * len(order)
    for number, place in enumerate(order):
        rank[place] = number
    return rank


def _per_kilogram(place_of: Mapping[int, int], size: int) -> list[int | None]:
    """The lowest price of a kilogram among each listing's packs, in minor units; nothing where nothing weighs."""
    found: list[int | None] = [None] * size
    price = Cast(F("unit_price"), BigIntegerField()) * 1000 / F("weight_grams")
    packs = Pack.objects.filter(is_offered=True, weight_grams__gt=0, listing__live=True).order_by()
    for key, amount in packs.values_list("listing").annotate(least=Min(price, output_field=BigIntegerField())):
        if key in place_of:
            found[place_of[key]] = int(amount)
    return found


def in_stock(tally: Tally) -> int:
    """The listings with a pack on offer left; the few that are sold out are asked for."""
    left = Stock.objects.left().filter(pack__listing=OuterRef("pk"), pack__is_offered=True)
    sold_out = Listing.objects.published().exclude(Exists(left)).order_by().values_list("pk", flat=True)
    return tally.everything & ~tally._bits(sold_out)


def make_world(rows: Sequence[Row]) -> World:
    """The shelves, places and vendors around the rows."""
    world = World()
    shelves = {shelf.pk: shelf for shelf in Category.objects.all()}
    for shelf in shelves.values():
        world.shelves[shelf.pk] = tuple(_line(shelf, shelves))
        if shelf.parent_id:
            world.parents[shelf.slug] = shelves[shelf.parent_id].slug
    world.names["category"] = {shelf.slug: (shelf.name, shelf.name_en) for shelf in shelves.values()}
    world.names["product"] = {slug: (name, "") for slug, name in _products(rows)}
    world.names["vendor"] = {slug: (name, "") for slug, name in _vendors(rows)}
    _name_places(world, {row.origin__code for row in rows})
    world.free = _delivering_free({row.vendor_id for row in rows})
    return world


def _line(shelf: Category, shelves: Mapping[int, Category]) -> Iterable[str]:
    """A shelf and those it is part of, innermost first."""
    at: Category | None = shelf
    while at is not None:
        yield at.slug
        at = shelves.get(at.parent_id or 0)


def _products(rows: Sequence[Row]) -> Iterable[tuple[str, str]]:
    return Product.objects.filter(pk__in={row.product_id for row in rows}).values_list("slug", "name")


def _vendors(rows: Sequence[Row]) -> Iterable[tuple[str, str]]:
    return Vendor.objects.filter(pk__in={row.vendor_id for row in rows}).values_list("slug", "name")


def _name_places(world: World, codes: set[str]) -> None:
    wanted = codes | {code[:9] for code in codes}
    named = {
        code: (name, "")
        for code, name in Region.objects.filter(code__in=wanted).order_by("valid_from").values_list("code", "name")
    }
    world.names["township"] = {code: name for code, name in named.items() if len(code) == 9}
    world.names["village"] = {code: name for code, name in named.items() if len(code) == 12}
    world.parents |= {code: code[:9] for code in world.names["village"]}


def _delivering_free(vendors: set[int]) -> set[int]:
    """Vendors without a freight rule, or with one that asks nothing anywhere."""
    asking = {
        rule.vendor_id
        for rule in FreightRule.objects.in_force()
        if any(not area.is_delivered or area.first_fee or area.next_fee for area in rule.areas)
    }
    return vendors - asking

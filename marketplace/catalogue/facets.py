"""What a list of listings can be narrowed by. A facet more is a line in ``FACETS``, and what it reads a field of ``Row``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.dates import MONTHS
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..parties.models import Vendor

IN_STOCK = "in_stock"
BANDS = (0, 5_000, 10_000, 20_000, 50_000)  # minor units; the last is open above
EVERY_MONTH = tuple(str(month) for month in range(1, 13))


class Row(NamedTuple):
    """What the facets and orders read of one published listing; the names are those of the query."""

    pk: int
    product_id: int
    product__slug: str
    product__category_id: int
    product__category__is_service: bool
    origin__code: str
    vendor_id: int
    vendor__slug: str
    vendor__kind: str
    season: str
    amount: int | None  # the lowest base price, in minor units


@dataclass(slots=True)
class World:
    """Everything that stands around the rows: shelves with their parents', vendors who deliver free, and names."""

    shelves: dict[int, tuple[str, ...]] = field(default_factory=dict)
    free: set[int] = field(default_factory=set)
    names: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)  # facet → value → (Chinese, English)
    parents: dict[str, str] = field(default_factory=dict)  # shelf → the shelf it is part of; village → its township


@dataclass(frozen=True, slots=True)
class Facet:
    """One thing to narrow by: its name in the address, its title, and which of its values a listing has.

    ``fixed`` are values with names of their own, in their order; those of the others stand in ``World.names``.
    """

    name: str
    label: Any
    values: Callable[[Row, World], Iterable[str]]
    fixed: dict[str, Any] = field(default_factory=dict)
    is_shown: bool = True

    def name_of(self, value: str, world: World) -> str:
        """The value as people read it, in the reader's language."""
        if value in self.fixed:
            return str(self.fixed[value])
        chinese, english = world.names.get(self.name, {}).get(value, (value, ""))
        return english if english and (get_language() or "").startswith("en") else chinese


def township(row: Row, world: World) -> Iterable[str]:
    return (row.origin__code[:9],) if len(row.origin__code) >= 9 else ()


def village(row: Row, world: World) -> Iterable[str]:
    return (row.origin__code,) if len(row.origin__code) == 12 else ()


def months(row: Row, world: World) -> Iterable[str]:
    return [month for month in row.season.split(",") if month] or EVERY_MONTH


def band(row: Row, world: World) -> Iterable[str]:
    amount = row.amount
    return () if amount is None else (str(max(least for least in BANDS if least <= max(0, amount))),)


def band_name(least: int) -> str:
    """The band in the reader's language."""
    at, following = BANDS.index(least), [*BANDS[1:], 0]
    if not least:
        return _("under ¥%(to)s") % {"to": following[0] // 100}
    if not following[at]:
        return _("¥%(from)s and more") % {"from": least // 100}
    return _("¥%(from)s to ¥%(to)s") % {"from": least // 100, "to": following[at] // 100}


in_words = lazy(band_name, str)  # said when the page is, not when this module is read


FACETS = (
    Facet("category", _("Category"), lambda row, world: world.shelves[row.product__category_id]),
    Facet("township", _("Township"), township),
    Facet("village", _("Village"), village),
    Facet("month", _("On offer in"), months, dict(zip(EVERY_MONTH, MONTHS.values(), strict=True))),
    Facet("band", _("Price"), band, {str(least): in_words(least) for least in BANDS}),
    Facet("kind", _("Kind of vendor"), lambda row, world: (row.vendor__kind,), dict(Vendor.Kind.choices)),
    Facet(
        "what",
        _("Produce or service"),
        lambda row, world: ("service" if row.product__category__is_service else "produce",),
        {"produce": _("farm produce"), "service": _("services")},
    ),
    Facet(
        "freight",
        _("Freight"),
        lambda row, world: ("free",) if row.vendor_id in world.free else (),
        {"free": _("free delivery everywhere")},
    ),
    Facet(IN_STOCK, _("Stock"), lambda row, world: (), {"true": _("in stock")}),  # moves with orders: see ``tally``
    Facet("product", _("Kind of produce"), lambda row, world: (row.product__slug,), is_shown=False),
    Facet("vendor", _("Vendor"), lambda row, world: (row.vendor__slug,), is_shown=False),
)
NAMED = {facet.name: facet for facet in FACETS}

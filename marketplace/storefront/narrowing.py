"""What the catalogue's address asks for, and what its filters show: choices with counts, chips of what is chosen.

The address is the whole state of a list: ``?q=兰花&category=tea&township=341523108&sort=price``; a facet may stand in it
several times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..catalogue.facets import FACETS, NAMED, Facet
from ..catalogue.tally import Narrowed, Tally, Wanted
from ..fields import MoneyFormField

PER_PAGE = 24
LONGEST = 80
AT_FIRST = 8  # choices of a facet that are seen before anybody asks for more
VILLAGES = 24  # more are only offered of the townships chosen
OLD_ORDERS = {"-newest": "newest"}


class AskedForm(forms.Form):
    """What is typed or picked beside the facets."""

    q = forms.CharField(label=gettext_lazy("Search"), max_length=LONGEST, required=False)
    price_min = MoneyFormField(label=gettext_lazy("Price from"), required=False)
    price_max = MoneyFormField(label=gettext_lazy("Price to"), required=False)
    sort = forms.ChoiceField(
        label=gettext_lazy("Sort by"),
        required=False,
        choices=[
            ("newest", gettext_lazy("newest first")),
            ("price", gettext_lazy("lowest price first")),
            ("-price", gettext_lazy("highest price first")),
            ("per_kg", gettext_lazy("lowest price per kg first")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "enterkeyhint": "search", "maxlength": LONGEST}
        )
        for name in ("price_min", "price_max"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: how many listings it would show, whether it is chosen, how deep in its tree."""

    value: str
    name: str
    count: int
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as it is shown: its choices, those seen at first and the others."""

    name: str
    label: Any
    choices: list[Choice]
    is_fixed: bool = False

    @property
    def first(self) -> list[Choice]:
        return self.choices if self.is_fixed or len(self.choices) <= AT_FIRST + 2 else self.choices[:AT_FIRST]

    @property
    def others(self) -> list[Choice]:
        return self.choices[len(self.first) :]

    @property
    def chosen(self) -> int:
        return sum(choice.is_chosen for choice in self.choices)

    @property
    def has_chosen_others(self) -> bool:
        return any(choice.is_chosen for choice in self.others)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked for, and the address of the list without it."""

    label: str
    address: str


class Asked:
    """An address, read."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self.query = query if isinstance(query, QueryDict) else _query_of(query)

    @cached_property
    def form(self) -> AskedForm:
        typed = {name: self.query.get(name, "") for name in AskedForm.base_fields}
        typed["sort"] = OLD_ORDERS.get(typed["sort"], typed["sort"]) or "newest"
        return AskedForm(typed)

    @cached_property
    def wanted(self) -> Wanted:
        """What is asked for; what cannot be read is left out and told at its field."""
        self.form.is_valid()
        read = self.form.cleaned_data
        return Wanted(
            words=read.get("q") or "",
            chosen=self.chosen,
            price_min=read.get("price_min"),
            price_max=read.get("price_max"),
            order=read.get("sort") or "newest",
        )

    @cached_property
    def chosen(self) -> dict[str, list[str]]:
        """The values by facet, as they stand in the address."""
        found = {facet.name: [value for value in self.query.getlist(facet.name) if value] for facet in FACETS}
        return {name: list(dict.fromkeys(values)) for name, values in found.items() if values}

    @property
    def is_narrowed(self) -> bool:
        return any(self.query.get(name) for name in (*NAMED, "q", "price_min", "price_max"))

    def without(self, name: str, value: str | None = None) -> str:
        """The address of this list less one thing, from its first page."""
        left = self.query.copy()
        kept = [other for other in left.getlist(name) if value is not None and other != value]
        left.setlist(name, kept)
        return address(left)

    def state(self) -> str:
        """The address without its page, the same for the same list."""
        return address(self.query)

    def chips(self, tally: Tally) -> list[Chip]:
        """Everything that leaves listings out, each with the way to take it back."""
        wanted = self.wanted
        chips = [Chip(f"“{wanted.words}”", self.without("q"))] if wanted.words else []
        for name, values in self.chosen.items():
            facet = NAMED[name]
            chips += [Chip(facet.name_of(value, tally.world), self.without(name, value)) for value in values]
        if wanted.price_min is not None:
            chips.append(Chip(_("from %(amount)s") % {"amount": wanted.price_min}, self.without("price_min")))
        if wanted.price_max is not None:
            chips.append(Chip(_("up to %(amount)s") % {"amount": wanted.price_max}, self.without("price_max")))
        return chips


def address(query: QueryDict) -> str:
    """``?…`` of what is not empty, without the page."""
    left = QueryDict(mutable=True)
    for name, values in query.lists():
        if name != "page" and (full := [value for value in values if value]):
            left.setlist(name, full)
    return f"?{left.urlencode()}"


def _query_of(values: Mapping[str, Any]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, value in values.items():
        made.setlist(name, [value] if isinstance(value, str) else list(value))
    return made


def groups(narrowed: Narrowed) -> Iterator[Group]:
    """The facets with something to choose, counted; choices that would find nothing are left out unless chosen."""
    for facet in FACETS:
        if facet.is_shown or narrowed.wanted.chosen.get(facet.name):
            choices = list(_choices(facet, narrowed))
            if len(choices) > 1 or (choices and len(facet.fixed) == 1) or any(choice.is_chosen for choice in choices):
                yield Group(facet.name, facet.label, choices, bool(facet.fixed))


def _choices(facet: Facet, narrowed: Narrowed) -> Iterable[Choice]:
    counts, chosen = narrowed.counts(facet.name), set(narrowed.wanted.chosen.get(facet.name, ()))
    offered = {value for value, count in counts.items() if count}
    if facet.name == "village":
        offered = _villages(offered, narrowed)
    if not facet.is_shown:
        offered = set()
    world = narrowed.tally.world
    for value, depth in _ordered(facet, offered | chosen, counts, narrowed):
        yield Choice(value, facet.name_of(value, world), counts.get(value, 0), value in chosen, depth)


def _villages(offered: set[str], narrowed: Narrowed) -> set[str]:
    townships = set(narrowed.wanted.chosen.get("township", ()))
    if townships:
        return {code for code in offered if code[:9] in townships}
    return offered if len(offered) <= VILLAGES else set()


def _ordered(
    facet: Facet, values: set[str], counts: Mapping[str, int], narrowed: Narrowed
) -> Iterable[tuple[str, int]]:
    """The values in their order with their depth: fixed ones as they are told, shelves as a tree, others by count."""
    if facet.name == "category":
        return [(value, depth) for value, depth in shelves(narrowed.tally) if value in values]
    if facet.fixed:
        order = list(facet.fixed)
        return [(value, 0) for value in sorted(values, key=lambda value: order.index(value) if value in order else 99)]
    return [(value, 0) for value in sorted(values, key=lambda value: (-counts.get(value, 0), value))]


def shelves(tally: Tally) -> list[tuple[str, int]]:
    """Every shelf with its depth, each below the one it is part of."""
    world = tally.world
    below: dict[str, list[str]] = {}
    for slug in world.names["category"]:
        below.setdefault(world.parents.get(slug, ""), []).append(slug)

    def walk(slug: str, depth: int) -> Iterator[tuple[str, int]]:
        yield slug, depth
        for child in below.get(slug, ()):
            yield from walk(child, depth + 1)

    return [pair for root in below.get("", ()) for pair in walk(root, 0)]

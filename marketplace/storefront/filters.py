"""Narrowing the catalogue: words, category, township, season, price, stock; and the order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Count, Q, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..catalogue.finding import count_matching, matching
from ..catalogue.models import Category, Listing, ListingQuerySet, Product
from ..fields import MoneyFormField
from ..programme.models import Region

PER_PAGE = 24
REACHED = 50 * PER_PAGE  # listings that can be leafed through; see ``Shelf``


def asked_for(query: Mapping[str, Any]) -> set[str]:
    """What in the address leaves listings out."""
    return {name for name, value in query.items() if value} - {"page", "sort"}


class MoneyFilter(filters.Filter):
    """An amount typed in yuan."""

    field_class = MoneyFormField


class ListingFilter(filters.FilterSet):
    """The catalogue's filters. Choices of category and township come from what is published (``facets``)."""

    q = filters.CharFilter(method="by_words", label=_("Search"))
    category = filters.ChoiceFilter(method="by_category", label=_("Category"), empty_label=_("all"))
    township = filters.ChoiceFilter(method="by_township", label=_("Township"), empty_label=_("all"))
    month = filters.ChoiceFilter(
        choices=list(MONTHS.items()), method="by_month", label=_("On offer in"), empty_label=_("any month")
    )
    price_min = MoneyFilter(field_name="price_from", lookup_expr="gte", label=_("Price from"))
    price_max = MoneyFilter(field_name="price_from", lookup_expr="lte", label=_("Price to"))
    in_stock = filters.BooleanFilter(
        method="by_stock", label=_("In stock only"), widget=forms.CheckboxInput(attrs={"value": "true"})
    )
    sort = filters.OrderingFilter(
        fields=[("first_published_at", "newest"), ("price_from", "price"), ("title", "title")],
        choices=[
            ("-newest", _("newest first")),
            ("price", _("lowest price first")),
            ("-price", _("highest price first")),
        ],
        label=_("Sort by"),
        empty_label=None,
    )

    class Meta:
        model = Listing
        fields: list[str] = []

    def __init__(self, *args: Any, facets: Facets, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form.fields["category"].choices = [("", _("all")), *facets.categories]
        self.form.fields["township"].choices = [("", _("all")), *facets.townships]
        for name in ("price_min", "price_max"):
            self.form.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})

    matches: int | None = None  # how many the words alone find, where that is known

    def by_words(self, listings: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        if asked_for(self.data) == {"q"}:
            self.matches = count_matching(value, REACHED + 1)
        return matching(listings, value, broad=self.matches is None or self.matches > REACHED)

    def by_category(self, listings: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        shelf = Q(category__slug=value) | Q(category__parent__slug=value)
        return listings.filter(product__in=Product.objects.filter(shelf))

    def by_township(self, listings: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return listings.filter(origin__code__startswith=value)

    def by_month(self, listings: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        return listings.in_season(int(value))

    def by_stock(self, listings: ListingQuerySet, name: str, value: bool) -> ListingQuerySet:
        return listings.in_stock() if value else listings


class Facets:
    """What the published listings offer to choose from, and how many they are; three statements, or none when given.

    ``counts`` is what ``count_published`` found, kept by the caller or not.
    """

    def __init__(self, counts: Counts | None = None) -> None:
        counts = counts or count_published()
        english = (get_language() or "").startswith("en")
        self.total = counts.total
        self.categories = [
            (slug, f"{(english and name_en) or name} ({count})") for slug, name, name_en, count in counts.categories
        ]
        self.townships = [(code, f"{name} ({count})") for code, name, count in counts.townships]


@dataclass(frozen=True, slots=True)
class Counts:
    """Published listings in all; by category (slug, name, English name, count); by township (code, name, count)."""

    total: int
    categories: list[tuple[str, str, str, int]]
    townships: list[tuple[str, str, int]]


def count_published() -> Counts:
    """The listings grouped once by product and place; names are read afterwards, so that grouping stays cheap."""
    pairs = list(
        Listing.objects.published().order_by().values_list("product_id", "origin_id").annotate(count=Count("pk"))
    )
    by_product, by_place = Counter[int](), Counter[int]()
    for product, place, count in pairs:
        by_product[product] += count
        by_place[place] += count
    products = Product.objects.filter(pk__in=by_product).select_related("category__parent")
    places = Region.objects.filter(pk__in=by_place).select_related("parent")
    return Counts(
        sum(by_product.values()), _categories(products, by_product), sorted(_townships(places, by_place).values())
    )


def _categories(products: Iterable[Product], counts: Mapping[int, int]) -> list[tuple[str, str, str, int]]:
    found: dict[Category, int] = {}
    for product in products:
        shelves = [product.category.parent, product.category]
        for shelf in filter(None, shelves):
            found[shelf] = found.get(shelf, 0) + counts[product.pk]
    return [
        (shelf.slug, shelf.name, shelf.name_en, count)
        for shelf, count in sorted(found.items(), key=lambda item: item[0].position)
    ]


def _townships(places: Iterable[Region], counts: Mapping[int, int]) -> dict[str, tuple[str, str, int]]:
    found: dict[str, tuple[str, str, int]] = {}
    for place in places:
        code = place.code[:9]
        township = place if place.level == place.Level.TOWNSHIP else place.parent
        name = township.name if township else code
        found[code] = (code, name, found.get(code, ("", "", 0))[2] + counts[place.pk])
    return found

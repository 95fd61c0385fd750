"""Narrowing the catalogue: words, category, township, season, price, stock; and the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Count, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from ..catalogue.models import Listing, ListingQuerySet
from ..catalogue.search import matching
from ..fields import MoneyFormField


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

    def by_words(self, listings: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        return matching(listings, value)

    def by_category(self, listings: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return listings.filter(product__category__slug=value) | listings.filter(product__category__parent__slug=value)

    def by_township(self, listings: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return listings.filter(origin__code__startswith=value)

    def by_month(self, listings: ListingQuerySet, name: str, value: str) -> ListingQuerySet:
        return listings.in_season(int(value))

    def by_stock(self, listings: ListingQuerySet, name: str, value: bool) -> ListingQuerySet:
        return listings.in_stock() if value else listings


class Facets:
    """What the published listings offer to choose from, in one grouped statement."""

    def __init__(self) -> None:
        rows = list(
            Listing.objects.published()
            .order_by()
            .values(
                "product__category__slug",
                "product__category__name",
                "product__category__name_en",
                "product__category__position",
                "product__category__parent__slug",
                "product__category__parent__name",
                "product__category__parent__name_en",
                "product__category__parent__position",
                "origin__code",
                "origin__level",
                "origin__name",
                "origin__parent__name",
            )
            .annotate(count=Count("pk"))
        )
        self.categories = _categories(rows)
        self.townships = _townships(rows)


def _categories(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found: dict[str, tuple[int, str, int]] = {}
    for row in rows:
        for prefix, indent in (("product__category__parent__", ""), ("product__category__", "")):
            slug = row[f"{prefix}slug"]
            if slug:
                position, _label, count = found.get(slug, (row[f"{prefix}position"], "", 0))
                found[slug] = (position, indent + _name(row, prefix), count + row["count"])
    ordered = sorted(found.items(), key=lambda item: item[1][0])
    return [(slug, f"{label} ({count})") for slug, (_position, label, count) in ordered]


def _name(row: Mapping[str, Any], prefix: str) -> str:
    from django.utils.translation import get_language

    english = (get_language() or "").startswith("en")
    return str((english and row[f"{prefix}name_en"]) or row[f"{prefix}name"])


def _townships(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, int]] = {}
    for row in rows:
        code = row["origin__code"][:9]
        name = row["origin__name"] if row["origin__level"] == "township" else row["origin__parent__name"]
        found[code] = (name or code, found.get(code, ("", 0))[1] + row["count"])
    return [(code, f"{name} ({count})") for code, (name, count) in sorted(found.items())]

"""Listings by words: the tokens of ``search`` looked up in Wagtail's index, in every way they can be said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.functions import Cast
from wagtail.search.models import IndexEntry

from .models import Listing, ListingQuerySet
from .search import query_text, ways_to_say
from .words import SearchSynonym

Synonyms = Sequence[Sequence[str]]


def synonyms() -> list[list[str]]:
    """The groups of words that mean the same; one statement."""
    return [row.split() for row in SearchSynonym.objects.values_list("words", flat=True)]


def matching(listings: ListingQuerySet, text: str, synonyms: Synonyms = ()) -> ListingQuerySet:
    """Of ``listings`` those whose index holds every token of one way to say ``text``; all of them when it has none."""
    wanted = _wanted(text, synonyms)
    if not wanted:
        return listings if not text.strip() else listings.none()
    if connection.vendor != "postgresql":
        found = Q()
        for tokens in wanted:
            found |= Q(pk__in=_searched(tokens).values("pk"))
        return listings.filter(found)
    hits = _hits(wanted).annotate(listing_pk=Cast("object_id", BigIntegerField()))
    return listings.filter(pk__in=hits.values("listing_pk"))


def keys_matching(text: str, synonyms: Synonyms = ()) -> Iterator[int]:
    """The primary keys of listings with these words, published or not, in no order; one statement on PostgreSQL."""
    wanted = _wanted(text, synonyms)
    if not wanted:
        return
    if connection.vendor == "postgresql":
        yield from map(int, _hits(wanted).values_list("object_id", flat=True).iterator(10_000))
        return
    for tokens in wanted:
        yield from _searched(tokens).values_list("pk", flat=True)


def _wanted(text: str, synonyms: Synonyms) -> list[str]:
    return [tokens for tokens in map(query_text, ways_to_say(text, synonyms)) if tokens]


def _searched(tokens: str) -> QuerySet[Listing]:
    found = Listing.objects.filter(live=True).search(tokens, operator="and", order_by_relevance=False)
    rows: QuerySet[Listing] = found.get_queryset()
    return rows


def _hits(wanted: Sequence[str]) -> QuerySet[Any]:
    """Rows of Wagtail's index, by the index of the column our only search field lies in.

    Wagtail itself asks for two columns joined together, for which its migrations make no index: at 100,000 listings
    that reads the whole table, two seconds long.
    """
    from django.contrib.postgres.search import SearchQuery  # wants PostgreSQL's driver

    ways = ("(" + " & ".join(f"'{token}'" for token in tokens.split()) + ")" for tokens in wanted)
    kind = ContentType.objects.get_for_model(Listing)
    query = SearchQuery(" | ".join(ways), search_type="raw")
    hits: QuerySet[Any] = IndexEntry.objects.filter(content_type=kind, body=query)
    return hits

"""Listings by words: the tokens of ``search`` looked up in Wagtail's index."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from wagtail.search.models import IndexEntry

from .models import Listing, ListingQuerySet
from .search import query_text


def matching(listings: ListingQuerySet, text: str, *, broad: bool = False) -> ListingQuerySet:
    """Of ``listings`` those whose index holds every token of ``text``; all of them when it has none.

    ``broad`` says that very many do (see ``count_matching``): then the newest are looked through until a page is full,
    and otherwise the few that match are fetched. PostgreSQL alone cares.
    """
    tokens = query_text(text)
    if not tokens:
        return listings if not text.strip() else listings.none()
    if connection.vendor != "postgresql":
        found = Listing.objects.filter(live=True).search(tokens, operator="and", order_by_relevance=False)
        return listings.filter(pk__in=found.get_queryset().values("pk"))
    hits = _hits(tokens)
    if broad:
        return listings.filter(Exists(hits.filter(object_id=Cast(OuterRef("pk"), CharField(max_length=50)))))
    return listings.filter(pk__in=hits.annotate(listing_pk=Cast("object_id", BigIntegerField())).values("listing_pk"))


def _hits(tokens: str) -> QuerySet[Any]:
    """Rows of Wagtail's index, by the index of the column our only search field lies in.

    Wagtail itself asks for two columns joined together, for which its migrations make no index: at 100,000 listings
    that reads the whole table, two seconds long.
    """
    from django.contrib.postgres.search import SearchQuery  # wants PostgreSQL's driver

    wanted = " & ".join(f"'{token}'" for token in tokens.split())
    kind = ContentType.objects.get_for_model(Listing)
    hits: QuerySet[Any] = IndexEntry.objects.filter(content_type=kind, body=SearchQuery(wanted, search_type="raw"))
    return hits


def count_matching(text: str, limit: int) -> int | None:
    """How many published listings match, counted up to ``limit``; ``None`` where the database has no quick answer."""
    tokens = query_text(text)
    if connection.vendor != "postgresql" or not tokens:
        return None
    entries, parameters = _hits(tokens).values("object_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(*) FROM (SELECT 1 FROM ({entries}) hit "
            "JOIN marketplace_listing listing ON listing.id = hit.object_id::bigint "
            "JOIN marketplace_vendor vendor ON vendor.id = listing.vendor_id "
            "WHERE listing.live AND listing.paused_at IS NULL AND vendor.admitted_at IS NOT NULL LIMIT %s) counted",
            [*parameters, limit],
        )
        return int(cursor.fetchone()[0])

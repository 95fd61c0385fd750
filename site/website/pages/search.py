"""Looking for words in everything public: the pages of editors, and the catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.db.models import Q
from wagtail.models import Page

from marketplace.catalogue.finding import matching, synonyms
from marketplace.catalogue.models import Listing
from marketplace.catalogue.search import query_text
from marketplace.catalogue.selectors import with_cards

FIRST_LISTINGS = 4
SUGGESTED = 5
PARTS = re.compile(r"[\w]{2,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may have been meant."""

    title: str
    address: str


def pages_with(words: str) -> Any:
    """The live public pages that hold every token of the words; the results of a search, to be paged."""
    tokens = query_text(words)
    pages = Page.objects.live().public().filter(depth__gt=1)
    return pages.search(tokens, operator="and") if tokens else pages.none()


def listings_with(words: str) -> tuple[list[Listing], int]:
    """The first listings with these words, and how many there are."""
    found = matching(Listing.objects.published(), words, synonyms()) if query_text(words) else Listing.objects.none()
    return list(with_cards(found)[:FIRST_LISTINGS]), found.count()


def suggestions(path: str) -> list[Suggestion]:
    """What an address that leads nowhere may have meant: listings and pages whose own address holds a part of it."""
    last = unquote(path).rstrip("/").rsplit("/", 1)[-1]
    parts = [part for part in PARTS.findall(last.replace("-", " ").replace("_", " ").lower()) if not part.isdigit()][:4]
    if not parts:
        return []
    held, begun = Q(), Q()
    for part in parts:
        held |= Q(slug__icontains=part)
        begun |= Q(slug__startswith=part)  # listings are many, and robots ask for much: an index has to answer
    listings = Listing.objects.published().filter(begun).only("slug", "title").order_by("slug")[:SUGGESTED]
    pages = Page.objects.live().public().filter(held, depth__gt=1)[:SUGGESTED]
    found = [Suggestion(page.title, page.get_url() or "/") for page in pages]
    return [*found, *(Suggestion(row.title, f"/catalogue/{row.slug}/") for row in listings)][:SUGGESTED]

"""The public list: narrowed, searched, ordered; names suggested while somebody types; what nobody offers yet."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..catalogue.edition import edition
from ..catalogue.search import ways_to_say
from ..catalogue.selectors import in_stock_among
from ..catalogue.tally import Narrowed, Tally, stock_of, tally_of
from ..catalogue.terms import Sort, Term, complete, nearest
from . import fragments
from .cards import cards
from .conditional import revalidated
from .highlight import highlighted
from .narrowing import LONGEST, PER_PAGE, Asked, groups, shelves

SUGGESTED = 8
NEAREST = 6


class Found:
    """What a narrowed tally found, as a paginator reads it."""

    ordered = True

    def __init__(self, narrowed: Narrowed) -> None:
        self.narrowed = narrowed

    def count(self) -> int:
        return self.narrowed.count

    def __getitem__(self, part: slice) -> list[int]:
        return self.narrowed.keys(part.start, part.stop)


class Shown:
    """The edition a page is made of, its tally, and a list narrowed out of it."""

    def __init__(self, asked: Asked) -> None:
        self.edition = edition()
        self.tally = tally_of(self.edition)
        self.version = fragments.version(fragments.CATALOGUE)
        self.narrowed = Narrowed(
            self.tally, asked.wanted, in_stock=partial(stock_of, self.edition, self.tally, self.version)
        )

    @property
    def kept_under(self) -> str:
        """What filters are kept under: they count stock, which no edition tells."""
        return f"{self.edition}-{self.version}" if self.edition else ""

    @cached_property
    def ways(self) -> list[str]:
        return ways_to_say(self.narrowed.wanted.words, self.tally.synonyms)


def catalogue(request: HttpRequest) -> HttpResponse:
    """The list. Three statements when its parts are kept, four with words, however many listings there are."""
    asked = Asked(request.GET)
    shown = Shown(asked)
    found: Any = Found(shown.narrowed)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    in_stock = in_stock_among(list(page.object_list))
    return revalidated(
        request,
        [shown.edition, sorted(in_stock)],
        make=lambda: render(request, "marketplace/storefront/catalogue.html", _context(asked, shown, page, in_stock)),
    )


def _context(asked: Asked, shown: Shown, page: Any, in_stock: set[int]) -> dict[str, Any]:
    keys = list(page.object_list)
    return {
        "form": asked.form,
        "page_obj": page,
        "cards": _cards(shown, keys, in_stock),
        "chips": asked.chips(shown.tally),
        "groups": SimpleLazyObject(lambda: list(groups(shown.narrowed))),
        "is_narrowed": asked.is_narrowed,
        "kept_under": shown.kept_under if not asked.form.errors else "",
        "meant": _meant(shown) if not keys else [],
        "words": asked.wanted.words,
        "shelves": SimpleLazyObject(lambda: _shelves(shown.tally)),
    }


def _cards(shown: Shown, keys: list[int], in_stock: set[int]) -> list[SafeString]:
    found = cards(shown.edition, [(key, key in in_stock) for key in keys])
    return [highlighted(card, shown.ways) for card in found] if shown.narrowed.wanted.words else found


def _meant(shown: Shown) -> list[tuple[str, str]]:
    """What may have been meant where nothing was found: (name, address)."""
    terms = nearest(shown.tally, shown.narrowed.wanted.words, count=NEAREST)
    return [(term.name, address_of(term)) for term in terms]


def _shelves(tally: Tally) -> list[tuple[str, str, int]]:
    """The outermost shelves with something on them: (name, address, count)."""
    from ..catalogue.facets import NAMED

    found = []
    for slug, depth in shelves(tally):
        count = tally.bits["category"].get(slug, 0).bit_count()
        if not depth and count:
            found.append((NAMED["category"].name_of(slug, tally.world), _address({"category": slug}), count))
    return found


def address_of(term: Term) -> str:
    """The list of what a name stands for."""
    return _address({"q": term.name} if term.sort == Sort.PRODUCE else {str(term.sort): term.value})


def _address(query: dict[str, str]) -> str:
    return f"{reverse('marketplace:catalogue')}?{urlencode(query)}"


SORTS: dict[Sort, Any] = {
    Sort.PRODUCE: lambda: _("produce"),
    Sort.CATEGORY: lambda: _("category"),
    Sort.TOWNSHIP: lambda: _("township"),
    Sort.VILLAGE: lambda: _("village"),
    Sort.VENDOR: lambda: _("vendor"),
}


def suggestions(request: HttpRequest) -> HttpResponse:
    """The likeliest names for what is being typed, with the list each leads to."""
    known = edition()
    return revalidated(request, [known], make=lambda: _suggested(known, request.GET.get("q", "")[:LONGEST]))


def _suggested(known: str, typed: str) -> HttpResponse:
    terms = complete(tally_of(known), typed, count=SUGGESTED)
    options = [
        {"name": term.name, "sort": SORTS[term.sort](), "address": address_of(term), "count": term.count}
        for term in terms
    ]
    answer = JsonResponse({"options": options})
    answer["X-Robots-Tag"] = "noindex"
    return answer

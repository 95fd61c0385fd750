"""Public screens of this site that are no pages: search, robots, and the answer to an address that leads nowhere."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse

from .search import listings_with, pages_with, suggestions

PER_PAGE = 20
LONGEST = 80
PRIVATE = (
    "/admin/",
    "/accounts/",
    "/desk/",
    "/organisations/",
    "/orders/",
    "/requisitions/",
    "/invoices/",
    "/pick/",
    "/vendor/",
    "/search/",
)


def search(request: HttpRequest) -> HttpResponse:
    """Pages and listings that hold the words."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    listings, count = listings_with(words)
    found = Paginator(pages_with(words), PER_PAGE).get_page(request.GET.get("page"))
    context = {"words": words, "listings": listings, "listing_count": count, "page_obj": found}
    return render(request, "pages/search.html", context)


def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read; what needs a person is left out."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines += ["", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A friendly 404: what may have been meant, and a search. Says nothing of what only some may see."""
    meant = suggestions(request.path) if _is_public(request.path) else []
    return render(request, "404.html", {"suggestions": meant}, status=404)


def _is_public(path: str) -> bool:
    if path.startswith(PRIVATE):
        return False
    try:
        name: Any = resolve(path).view_name
    except (Resolver404, Http404):
        return True
    return name in ("wagtail_serve", "marketplace:listing_detail")

"""Officers read what buyers looked for and nobody offers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..catalogue.wishes import most_missed, wishes
from .scope import scope_of


def wish_list(request: HttpRequest) -> HttpResponse:
    """What is missed, the latest first, and the words that came most often. It names nobody and knows no county."""
    scope_of(request.user)
    context = {
        "page_obj": Paginator(wishes(), 30).get_page(request.GET.get("page")),
        "most": most_missed(count=10),
    }
    return render(request, "marketplace/backoffice/wishes.html", context)

"""Officers read what buyers say of the county's goods, and hide what does not belong on a page, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..ratings.actions import hide_rating, show_rating
from ..ratings.models import Rating
from .scope import scope_for

PER_PAGE = 20


def _mine(request: HttpRequest) -> QuerySet[Rating]:
    rows = Rating.objects.filter(listing__in=scope_for(request).listings())
    return rows.select_related("listing__vendor__home", "hidden_by").prefetch_related("pictures__file")


def rating_list(request: HttpRequest) -> HttpResponse:
    """Ratings of the county's goods, the newest first; narrowed by words, and to those hidden."""
    rows, words = _mine(request), request.GET.get("q", "").strip()
    if words:
        found = Q(listing__title__icontains=words) | Q(listing__vendor__name__icontains=words)
        rows = rows.filter(found | Q(words__icontains=words))
    is_hidden = bool(request.GET.get("hidden"))
    if is_hidden:
        rows = rows.filter(hidden_at__isnull=False)
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "q": words,
        "is_hidden": is_hidden,
        "may_decide": not scope_for(request).everything,
    }
    return render(request, "marketplace/backoffice/ratings.html", context)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a rating with a reason, or show it again."""
    rating = get_object_or_404(_mine(request), pk=pk)
    try:
        if "show" in request.POST:
            show_rating(rating=rating, by=request.user, at=timezone.now())
            done = _("The rating is shown again.")
        else:
            reason = request.POST.get("reason", "")
            hide_rating(rating=rating, reason=reason, by=request.user, at=timezone.now())
            done = _("The rating is hidden. Its writer and the vendor are told why.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("marketplace_backoffice:ratings")

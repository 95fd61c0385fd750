"""The listings' screens in the admin, every one of them behind the county's gate.

Wagtail's generic snippet views ask for permissions by model, never by
instance; so each view of the set is wrapped here, and the list is narrowed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import VERSION
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import HistoryView, SnippetViewSet, UsageView

from ..catalogue.models import Listing, ListingQuerySet
from .chooser import ListingChooserViewSet
from .policy import CountyPolicy
from .scope import scope_of


def _visible(user: Any) -> ListingQuerySet:
    return scope_of(user).listings()


def county_gate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse (403) whoever is no officer, and hide (404) listings of other counties."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        visible = _visible(request.user)
        pk = kwargs.get("pk", args[0] if args else None)
        if pk is not None and not visible.filter(pk=pk).exists():
            raise Http404
        return view(request, *args, **kwargs)

    return gated


class ListingHistory(HistoryView):
    """Whoever may look at a listing may look at what was done with it."""

    any_permission_required = ["view", "change"]


class ListingUsage(UsageView):
    """Whoever may look at a listing may look at what uses it."""

    permission_required = None
    any_permission_required = ["view", "change"]


class ListingViewSet(SnippetViewSet):
    """List, inspect, history and usage of the county's listings; reviewing has a page of its own."""

    if VERSION < (8,):  # later Wagtails ask their registry, see wagtail_hooks
        permission_policy = CountyPolicy(Listing)

    model = Listing
    icon = "tag"
    menu_label = _("Listings")
    menu_order = 210
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    history_view_class = ListingHistory
    usage_view_class = ListingUsage
    chooser_viewset_class = ListingChooserViewSet
    list_display = ["title", "vendor", "origin", Column("get_state_display", label=_("State")), "first_published_at"]
    list_filter = ["live", "product__category", "vendor"]
    search_fields = ["title", "vendor__name"]
    list_per_page = 30
    inspect_view_fields = [
        "title", "vendor", "product", "origin", "summary", "description", "season", "first_published_at",
    ]  # fmt: skip

    @property
    def breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Wagtail's, but the first in the reader's language instead of the one the server started with."""
        rest: list[dict[str, Any]] = super().breadcrumbs_items[1:]
        return [{"url": reverse_lazy("wagtailadmin_home"), "label": _("Home")}, *rest]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        return _visible(request.user).with_review().select_related("vendor", "origin")

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            URLPattern(pattern.pattern, county_gate(pattern.callback), pattern.default_args, pattern.name)
            for pattern in super().get_urlpatterns()
        ]

"""The listings' chooser in the admin, narrowed like their list, and the bulk deletion that listings do not have."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views import chooser

from ..catalogue.models import Listing, ListingQuerySet
from .scope import scope_of


class _Narrowed:
    """Every question a chooser asks goes to the listings of the reader's county."""

    request: HttpRequest

    def get_object_list(self) -> ListingQuerySet:
        return scope_of(self.request.user).listings()

    def get_object(self, pk: Any) -> Listing:
        return self.get_object_list().get(pk=pk)

    def get_objects(self, pks: list[Any]) -> ListingQuerySet:
        return self.get_object_list().filter(pk__in=pks)


class ChooseListing(_Narrowed, chooser.ChooseView):
    """The dialogue."""


class ChooseListingResults(_Narrowed, chooser.ChooseResultsView):
    """Its results."""


class ListingChosen(_Narrowed, chooser.SnippetChosenView):
    """One was chosen."""


class ListingsChosen(_Narrowed, chooser.SnippetChosenMultipleView):
    """Several were chosen."""


class ListingChooserViewSet(chooser.SnippetChooserViewSet):
    """A chooser that offers the listings of the reader's county."""

    choose_view_class = ChooseListing
    choose_results_view_class = ChooseListingResults
    chosen_view_class = ListingChosen
    chosen_multiple_view_class = ListingsChosen


class NoBulkDelete(DeleteBulkAction):
    """Listings are withdrawn, never deleted; Wagtail's page would also name those of other counties."""

    models = [Listing]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

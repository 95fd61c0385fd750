"""Choosers for editors: what a block or a page can show, searched for and paged, never a drop-down of everything.

Only what everybody may read is offered; whoever may edit no page is not let in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.permissions import page_permission_policy

from ..catalogue.models import Category, Listing
from ..grouporders.models import GroupOrder
from ..parties.models import Vendor
from ..programme.models import Campaign, Region

EDIT = ("add", "change", "publish")


class WordsForm(BaseFilterForm):
    """Narrows by what was typed; ``fields`` are searched for it as it stands."""

    q = forms.CharField(label=_("Search"), required=False)
    fields_searched: tuple[str, ...] = ()

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        words = self.cleaned_data["q"].split()
        for word in words:
            objects = objects.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in self.fields_searched)))
        self.is_searching, self.search_query = bool(words), self.cleaned_data["q"]
        return super().filter(objects)


class _ForEditors:
    """Lets in whoever may edit pages, and shows what the chooser offers."""

    offered: Callable[[], QuerySet[Any]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not page_permission_policy.user_has_any_permission(request.user, EDIT):
            raise PermissionDenied
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a view's
        return answer

    def get_object_list(self) -> QuerySet[Any]:
        return self.offered()

    def get_object(self, pk: Any) -> Any:
        return get_object_or_404(self.offered(), pk=pk)

    def get_objects(self, pks: list[Any]) -> QuerySet[Any]:
        return self.offered().filter(pk__in=pks)


class Choose(_ForEditors, chooser.ChooseView):
    """The dialogue."""

    offered = Region.objects.none


class ChooseResults(_ForEditors, chooser.ChooseResultsView):
    """Its results."""

    offered = Region.objects.none


class Chosen(_ForEditors, chooser.ChosenView):
    """One was chosen."""

    offered = Region.objects.none


class ChosenMultiple(_ForEditors, chooser.ChosenMultipleView):
    """Several were chosen."""

    offered = Region.objects.none


class EditorsChooser(ChooserViewSet):
    """A chooser behind the editors' gate, searched by substrings of ``words``."""

    choose_view_class = Choose
    choose_results_view_class = ChooseResults
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenMultiple
    per_page = 20
    words: tuple[str, ...] = ("name",)

    def offered(self) -> QuerySet[Any]:
        """What can be chosen."""
        rows: QuerySet[Any] = self.model._default_manager.all()
        return rows

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        form = type("ChooserWords", (WordsForm,), {"fields_searched": self.words})
        common = {"offered": self.offered, "filter_form_class": form}
        found: dict[str, Any] = super().get_common_view_kwargs(**common, **kwargs)
        return found

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


class CampaignChooser(EditorsChooser):
    """Campaigns, the latest first."""

    model = Campaign
    icon = "calendar"
    choose_one_text = _("Choose a campaign")
    choose_another_text = _("Choose another campaign")


class RegionChooser(EditorsChooser):
    """Places, by code: each township followed by its villages."""

    model = Region
    words = ("name", "code", "parent__name")
    icon = "site"
    choose_one_text = _("Choose a place")
    choose_another_text = _("Choose another place")

    def offered(self) -> QuerySet[Any]:
        return Region.objects.filter(valid_to=None).select_related("parent")


class VendorChooser(EditorsChooser):
    """Admitted vendors."""

    model = Vendor
    icon = "user"
    choose_one_text = _("Choose a vendor")
    choose_another_text = _("Choose another vendor")

    def offered(self) -> QuerySet[Any]:
        return Vendor.objects.filter(admitted_at__isnull=False)


class CategoryChooser(EditorsChooser):
    """The shelves of the catalogue."""

    model = Category
    icon = "folder-open-inverse"
    choose_one_text = _("Choose a category")
    choose_another_text = _("Choose another category")


class PublishedListingChooser(EditorsChooser):
    """What stands in the catalogue now."""

    model = Listing
    words = ("title", "vendor__name")
    register_widget = False  # officers choose from their county's listings, published or not
    icon = "tag"
    choose_one_text = _("Choose a listing")
    choose_another_text = _("Choose another listing")

    def offered(self) -> QuerySet[Any]:
        return Listing.objects.published().select_related("vendor")


class GroupOrderChooser(EditorsChooser):
    """Group orders that are open or to be opened."""

    model = GroupOrder
    words = ("title", "reference", "organisation__name")
    icon = "group"
    choose_one_text = _("Choose a group order")
    choose_another_text = _("Choose another group order")

    def offered(self) -> QuerySet[Any]:
        return GroupOrder.objects.filter(state="open").select_related("organisation")


CHOOSERS = {
    "campaign": CampaignChooser("marketplace_campaign_chooser"),
    "region": RegionChooser("marketplace_region_chooser"),
    "vendor": VendorChooser("marketplace_vendor_chooser"),
    "category": CategoryChooser("marketplace_category_chooser"),
    "listing": PublishedListingChooser("marketplace_listing_chooser"),
    "group_order": GroupOrderChooser("marketplace_group_order_chooser"),
}

"""What the operator lays before anybody trades: regions, pairings, campaigns, kinds of produce, vendors, officers' seats.

Plain Wagtail model screens; only the operator has the permissions they ask for.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from ..catalogue.models import Category, Product
from ..catalogue.words import SearchSynonym
from ..parties.models import OFFICERS, DeliveryPoint, OfficeMembership, Vendor
from ..programme.models import Campaign, CampaignTarget, Pairing, Region


class StampedCreateView(CreateView):
    """Fills the moment at which what is created began."""

    stamp: ClassVar[str] = "began_at"

    def get_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(*args, **kwargs)
        setattr(form.instance, self.stamp, timezone.now())
        return form


class VendorCreateView(StampedCreateView):
    """A vendor is entered by the operator and admitted by an officer of its county."""

    stamp = "applied_at"


class SeatCreateView(StampedCreateView):
    """A seat lets its holder into the admin."""

    def save_instance(self) -> Any:
        seat = super().save_instance()
        seat.user.groups.add(Group.objects.get(name=OFFICERS))
        return seat


class RegionViewSet(ModelViewSet):
    """Counties, townships and villages with their dated codes."""

    model = Region
    icon = "site"
    form_fields: ClassVar = ["code", "name", "level", "parent", "designation", "edition", "valid_from", "valid_to"]
    list_display: ClassVar = ["name", "code", "level", "parent", "edition"]
    list_filter: ClassVar = ["level"]
    search_fields: ClassVar = ["name", "code"]
    search_backend_name = None


class PairingViewSet(ModelViewSet):
    """Which region supports which."""

    model = Pairing
    icon = "link"
    form_fields: ClassVar = ["supporting", "aided", "kind", "starts_on", "ends_on"]
    list_display: ClassVar = ["supporting", "aided", "kind", "starts_on", "ends_on"]


class CampaignViewSet(ModelViewSet):
    """Dated drives of a pairing."""

    model = Campaign
    icon = "calendar"
    form_fields: ClassVar = ["name", "name_en", "slug", "pairing", "summary", "starts_on", "ends_on"]
    list_display: ClassVar = ["name", "pairing", "starts_on", "ends_on"]


class TargetViewSet(ModelViewSet):
    """What a campaign is to reach."""

    model = CampaignTarget
    icon = "pick"
    form_fields: ClassVar = ["campaign", "amount"]
    list_display: ClassVar = ["campaign", "amount"]


class CategoryViewSet(ModelViewSet):
    """The shelves of the catalogue."""

    model = Category
    icon = "folder-open-inverse"
    form_fields: ClassVar = ["name", "name_en", "slug", "parent", "is_service", "position"]
    list_display: ClassVar = ["name", "name_en", "parent", BooleanColumn("is_service", label=_("services")), "position"]


class ProductViewSet(ModelViewSet):
    """The kinds of produce that listings share."""

    model = Product
    icon = "tag"
    form_fields: ClassVar = ["name", "slug", "category"]
    list_display: ClassVar = ["name", "category"]
    list_filter: ClassVar = ["category"]
    search_fields: ClassVar = ["name"]
    search_backend_name = None


class SynonymViewSet(ModelViewSet):
    """Words that mean the same to buyers; the search knows them at once."""

    model = SearchSynonym
    icon = "search"
    form_fields: ClassVar = ["words"]
    list_display: ClassVar = ["words"]


class VendorViewSet(ModelViewSet):
    """Who sells; admission is the county's officers'."""

    model = Vendor
    icon = "user"
    form_fields: ClassVar = ["name", "slug", "kind", "social_credit_code", "home", "story", "contact_name", "phone"]
    list_display: ClassVar = ["name", "kind", "home", "admitted_at"]
    list_filter: ClassVar = ["kind"]
    search_fields: ClassVar = ["name"]
    search_backend_name = None
    add_view_class = VendorCreateView


class DeliveryPointViewSet(ModelViewSet):
    """Where a buyer's goods are handed over."""

    model = DeliveryPoint
    icon = "home"
    form_fields: ClassVar = ["organisation", "name", "address", "contact_name", "phone"]
    list_display: ClassVar = ["organisation", "name", "address"]


class SeatViewSet(ModelViewSet):
    """Officers and the region each looks after; an ended seat opens nothing."""

    model = OfficeMembership
    icon = "group"
    form_fields: ClassVar = ["user", "region", "ended_at"]
    list_display: ClassVar = ["user", "region", "began_at", "ended_at"]
    add_view_class = SeatCreateView


class GroundworkGroup(ModelViewSetGroup):
    """The operator's menu of all of them."""

    menu_label = _("Groundwork")
    menu_icon = "cogs"
    menu_order = 220
    items = (
        RegionViewSet("region"),
        PairingViewSet("pairing"),
        CampaignViewSet("campaign"),
        TargetViewSet("campaign_target"),
        CategoryViewSet("category"),
        ProductViewSet("product"),
        VendorViewSet("vendor"),
        DeliveryPointViewSet("delivery_point"),
        SeatViewSet("office_seat"),
        SynonymViewSet("search_synonym"),
    )

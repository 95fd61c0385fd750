"""What an officer sees: purchases by buyers of their county or from vendors of it; the operator sees all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import user_passes_test
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from ..catalogue.models import Listing, ListingQuerySet
from ..impact.elsewhere.models import ElsewherePurchase
from ..impact.models import ImpactEntry
from ..orders.models import PurchaseOrder
from ..parties.models import Vendor
from ..parties.selectors import counties_of


@dataclass(frozen=True, slots=True)
class Scope:
    """The counties (six-digit codes) whose purchases are shown; ``everything`` for the operator."""

    counties: frozenset[str]
    everything: bool = False

    def orders(self) -> QuerySet[PurchaseOrder]:
        """Orders by the counties' buyers, or from their vendors."""
        rows = PurchaseOrder.objects.all()
        mine = Q(buyer_county__in=self.counties)
        for county in self.counties:
            mine |= Q(vendor__home__code__startswith=county)
        return rows if self.everything else rows.filter(mine)

    def buyers_orders(self) -> QuerySet[PurchaseOrder]:
        """Orders by the counties' buyers: what these officers may have counted for something else."""
        rows = PurchaseOrder.objects.all()
        return rows if self.everything else rows.filter(buyer_county__in=self.counties)

    def entries(self, entries: QuerySet[ImpactEntry]) -> QuerySet[ImpactEntry]:
        """Of these impact entries the ones to be seen."""
        mine = Q(buyer_county__in=self.counties) | Q(vendor_county__in=self.counties)
        return entries if self.everything else entries.filter(mine)

    def elsewhere(self) -> QuerySet[ElsewherePurchase]:
        """Purchases made elsewhere by the counties' buyers; once confirmed, also those of produce from the counties."""
        rows = ElsewherePurchase.objects.all()
        if self.everything:
            return rows
        counted = ImpactEntry.objects.filter(elsewhere_line__isnull=False, vendor_county__in=self.counties)
        from_here = Q(pk__in=counted.values("elsewhere_line__purchase"))
        return rows.filter(Q(buyer_county__in=self.counties) | from_here)

    def buyers_elsewhere(self) -> QuerySet[ElsewherePurchase]:
        """Purchases made elsewhere by the counties' buyers: what these officers check."""
        rows = ElsewherePurchase.objects.all()
        return rows if self.everything else rows.filter(buyer_county__in=self.counties)

    def vendors(self) -> QuerySet[Vendor]:
        """Vendors at home in the counties."""
        return Vendor.objects.all() if self.everything else self.own_vendors()

    def own_vendors(self) -> QuerySet[Vendor]:
        """Vendors these counties' officers decide about; the operator decides about none."""
        return Vendor.objects.filter(_at_home("home__code", self.counties))

    def own_listings(self) -> ListingQuerySet:
        """Listings these counties' officers decide about."""
        rows: ListingQuerySet = Listing.objects.all()
        return rows.filter(_at_home("vendor__home__code", self.counties))

    def listings(self) -> ListingQuerySet:
        """Listings of those vendors."""
        rows: ListingQuerySet = Listing.objects.all()
        return rows if self.everything else self.own_listings()


def _at_home(column: str, counties: frozenset[str]) -> Q:
    mine = Q(pk__in=[])
    for county in counties:
        mine |= Q(**{f"{column}__startswith": county})
    return mine


def scope_of(user: Any) -> Scope:
    """The scope of an officer or the operator; ``PermissionDenied`` for everybody else."""
    if user.is_superuser:
        return Scope(frozenset(), everything=True)
    counties = counties_of(user)
    if not counties:
        raise PermissionDenied
    return Scope(counties)


def scope_for(request: HttpRequest) -> Scope:
    """The reader's scope."""
    return scope_of(request.user)


def operator_only(view: Any) -> Any:
    """A view only the operator may open."""
    return user_passes_test(lambda user: user.is_superuser)(view)

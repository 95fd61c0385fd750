"""The package an organiser proposes beside the free choice: some of what is offered, within the allowance."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.translation import gettext

from ..conf import currency
from ..money import total
from .errors import NotOffered, PackageOverAllowance
from .models import GroupOrder, GroupOrderOffer, Package, PackageItem


def packaged(group_order: GroupOrder, *, besides: QuerySet[GroupOrderOffer]) -> dict[int, int]:
    """What the package has (pack pk → quantity), of all offers but these."""
    items = PackageItem.objects.filter(package__group_order=group_order).exclude(offer__in=besides)
    return dict(items.values_list("offer__pack_id", "quantity"))


def make_package(
    group_order: GroupOrder, offers: Mapping[int, GroupOrderOffer], name: str, items: Mapping[int, int]
) -> None:
    """Propose these (pack pk → quantity). ``NotOffered``, ``PackageOverAllowance``."""
    if missing := items.keys() - offers.keys():
        raise NotOffered(pack=min(missing))
    cost = total((offers[pk].unit_price * quantity for pk, quantity in items.items()), currency())
    if cost > group_order.allowance_per_member:
        raise PackageOverAllowance(total=cost, allowance=group_order.allowance_per_member)
    made = Package.objects.create(group_order=group_order, name=name or gettext("Package"))
    PackageItem.objects.bulk_create(
        PackageItem(package=made, offer=offers[pk], quantity=quantity) for pk, quantity in items.items() if quantity
    )

"""Questions about baskets, requisitions and orders."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from ..allowances import caps
from ..allowances.models import RulePack
from ..allowances.selectors import spent_in_year
from ..catalogue.models import Pack, Stock
from ..grouporders.completion import Demand, Misfit, misfits
from ..grouporders.models import MemberChoice
from ..parties.models import BuyerOrganisation, Vendor
from ..programme.models import Campaign
from ..references import local_year
from .models import BasketLine, OrderLine, PurchaseOrder, Requisition, RequisitionLine


def basket_of(organisation: BuyerOrganisation) -> list[BasketLine]:
    """The basket with pack, listing and tiers, so that each line knows its price at its quantity."""
    return list(
        BasketLine.objects.filter(organisation=organisation)
        .select_related("pack__listing__vendor", "pack__listing__cover", "pack__stock")
        .prefetch_related("pack__tiers")
    )


def available(pack: Pack) -> int:
    """How many of a pack can be ordered now (0 when it is off the shelf)."""
    try:
        on_sale = pack.is_offered and pack.listing.live
        return pack.stock.available if on_sale else 0
    except Stock.DoesNotExist:
        return 0


def line_misfits(lines: Sequence[BasketLine | RequisitionLine]) -> list[Misfit]:
    """What about these lines (with pack, listing and stock at hand) cannot be ordered."""
    return misfits(
        [
            Demand(
                pack_pk=line.pack_id,
                label=str(line.pack),
                quantity=line.quantity,
                available=available(line.pack),
                minimum=line.pack.minimum_quantity,
                multiple=line.pack.multiple,
            )
            for line in lines
        ]
    )


def findings_for(requisition: Requisition, pack: RulePack | None) -> list[caps.Finding]:
    """What the rule pack says about each member of a group order now; nothing for a direct order.

    The year is the one the allowances were granted for: a purchase over New Year counts where its money does.
    """
    if pack is None or requisition.group_order is None or requisition.group_order.opened_at is None:
        return []
    year = local_year(requisition.group_order.opened_at)
    proposed = dict(
        MemberChoice.objects.filter(
            participant__group_order=requisition.group_order, replaced_at=None, amount__gt=0
        ).values_list("participant__member_id", "amount")
    )
    before = spent_in_year(
        list(proposed), purpose=requisition.purpose, year=year, except_occasion=requisition.group_order.reference
    )
    spends = [
        caps.MemberSpend(member_pk=pk, before=before.get(pk, amount - amount), proposed=amount)
        for pk, amount in proposed.items()
    ]
    return caps.check(pack.rules, requisition.purpose, spends)


def lines_of(requisition: Requisition) -> QuerySet[RequisitionLine]:
    """The lines with pack, listing, vendor, place and category; one statement."""
    return RequisitionLine.objects.filter(requisition=requisition).select_related(
        "pack__stock",
        "pack__listing__vendor__home",
        "pack__listing__cover",
        "pack__listing__product__category",
        "pack__listing__origin__parent",
    )


def orders_of_vendor(vendor: Vendor) -> QuerySet[PurchaseOrder]:
    """A vendor's orders with their lines, latest first."""
    return vendor.orders.select_related("organisation", "requisition", "campaign").prefetch_related(
        Prefetch("lines", OrderLine.objects.select_related("reservation"))
    )


def buyers_in_campaign(campaign: Campaign) -> QuerySet[BuyerOrganisation]:
    """The organisations that ordered in a campaign, by name; individuals are never listed."""
    orders = PurchaseOrder.objects.filter(campaign=campaign).values("organisation")
    return BuyerOrganisation.objects.filter(pk__in=orders).exclude(kind=BuyerOrganisation.Kind.INDIVIDUAL)

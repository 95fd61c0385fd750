"""Questions about baskets, requisitions and orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Prefetch, QuerySet
from django.db.models.functions import Coalesce

from ..allowances import caps
from ..allowances.models import RulePack
from ..allowances.selectors import spent_in_year
from ..catalogue.models import Pack, Stock
from ..grouporders.completion import Demand, Misfit, misfits
from ..grouporders.models import ChoiceLine, FreightSharing, GroupOrder, MemberChoice, Participant
from ..masking import masked_address, masked_name, masked_phone
from ..money import Money
from ..parties.models import BuyerOrganisation, Vendor
from ..programme.models import Campaign, Region
from ..references import local_year
from .models import BasketLine, OrderDelivery, OrderLine, PurchaseOrder, Requisition, RequisitionLine, RequisitionShare
from .sharing import Part, added_up, shares


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an order goes and who takes it, as its reader may see it."""

    name: str
    address: str
    contact: str
    phone: str
    opening_hours: str = ""
    unloading_note: str = ""
    is_masked: bool = False


def delivery_to_show(order: PurchaseOrder, place: OrderDelivery, *, in_full: bool) -> Delivery:
    """Whole for whoever has to bring the goods; afterwards the person is masked, and a private buyer's address, too."""
    if in_full:
        return Delivery(
            place.name, place.address, place.contact_name, place.phone, place.opening_hours, place.unloading_note
        )
    address = masked_address(place.address) if order.pays_first else place.address
    return Delivery(place.name, address, masked_name(place.contact_name), masked_phone(place.phone), is_masked=True)


def basket_of(organisation: BuyerOrganisation) -> list[BasketLine]:
    """The basket with pack, listing and tiers, so that each line knows its price at its quantity."""
    return list(
        BasketLine.objects.filter(organisation=organisation)
        .select_related("pack__listing__vendor", "pack__listing__cover", "pack__stock__capacity", "pack__session")
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
        "pack__stock__capacity",
        "pack__session",
        "pack__listing__vendor__home",
        "pack__listing__cover",
        "pack__listing__product__category",
        "pack__listing__origin__parent",
    )


@dataclass(frozen=True, slots=True)
class LineToPlace:
    """A requisition's line with what an order keeps of it: keys, names as they are now, and the price approved."""

    pack: int
    quantity: int
    unit_price: Money
    weight_grams: int
    pack_name: str
    unit: str
    is_redeemed: bool
    session: int | None
    listing: int
    title: str
    tax_rate: str
    vendor: int
    vendor_name: str
    vendor_place: str
    category: int
    category_name: str
    is_service: bool
    origin: int
    origin_code: str
    origin_name: str
    origin_level: str
    above_name: str | None
    to_several: bool

    @property
    def label(self) -> str:
        """As a pack calls itself."""
        return f"{self.title} · {self.pack_name}"

    @property
    def vendor_county(self) -> str:
        """The county the vendor is at home in: six digits."""
        return self.vendor_place[:6]

    @property
    def township_name(self) -> str:
        """The township it comes from; the place itself where nothing is known above it."""
        is_township = self.origin_level == Region.Level.TOWNSHIP
        return self.origin_name if is_township or self.above_name is None else self.above_name


TO_PLACE = (
    "pack_id",
    "quantity",
    "unit_price",
    "weight_grams",
    "pack__name",
    "pack__unit",
    "pack__is_redeemed",
    "pack__session_id",
    "pack__listing_id",
    "pack__listing__title",
    "pack__listing__tax_rate",
    "pack__listing__vendor_id",
    "pack__listing__vendor__name",
    "pack__listing__vendor__home__code",
    "pack__listing__product__category_id",
    "pack__listing__product__category__name",
    "pack__listing__product__category__is_service",
    "pack__listing__origin_id",
    "pack__listing__origin__code",
    "pack__listing__origin__name",
    "pack__listing__origin__level",
    "pack__listing__origin__parent__name",
    "to_several",
)


def lines_to_place(requisition: Requisition) -> list[LineToPlace]:
    """The lines with what an order keeps of them and nothing else, for placing reads them all; one statement.

    Each knows ``to_several``: whether anything of the requisition goes anywhere but to its own delivery point.
    """
    elsewhere: QuerySet[Any] = RequisitionShare.objects.filter(line__requisition=requisition)
    if requisition.group_order_id is not None:
        elsewhere = Participant.objects.filter(group_order=requisition.group_order_id, delivery_point__isnull=False)
    lines = RequisitionLine.objects.filter(requisition=requisition).annotate(to_several=Exists(elsewhere))
    return [LineToPlace(*row) for row in lines.order_by("pk").values_list(*TO_PLACE)]


def orders_of_vendor(vendor: Vendor) -> QuerySet[PurchaseOrder]:
    """A vendor's orders with their lines, latest first."""
    return vendor.orders.select_related("organisation", "requisition", "campaign").prefetch_related(
        Prefetch("lines", OrderLine.objects.select_related("reservation"))
    )


def freight_shares(group_order: GroupOrder) -> dict[int, Money]:
    """Each participant's share (by pk) of the freight of a placed group order; two statements.

    A member has a part in the freight of those vendors whose goods they get; the organisation bears it.
    """
    lines = OrderLine.objects.filter(order__requisition__group_order=group_order).values_list(
        "order_id", "order__freight", Coalesce("chosen_pack_id", "pack_id"), "weight_grams"
    )
    freights, packs = {}, {}
    for order, freight, pack, grams in lines:
        freights[order], packs[pack] = freight, (order, grams)
    parts: dict[int, dict[int, list[int]]] = {order: {} for order in freights}
    for line in _served(group_order):
        if line.pack_id in packs:
            order, grams = packs[line.pack_id]
            sums = parts[order].setdefault(line.choice.participant_id, [0, 0, 0])
            served = line.quantity_served
            for place, more in enumerate(
                (line.unit_price.amount * served, grams * served, line.unit_price.amount * line.quantity)
            ):
                sums[place] += more
    by_weight = group_order.freight_shared_by == FreightSharing.WEIGHT
    return added_up(
        [
            shares(freight, [Part(pk, *sums) for pk, sums in sorted(parts[order].items())], by_weight=by_weight)
            for order, freight in freights.items()
        ]
    )


def _served(group_order: GroupOrder) -> QuerySet[ChoiceLine]:
    return (
        ChoiceLine.objects.filter(choice__participant__group_order=group_order, choice__replaced_at=None)
        .select_related("choice")
        .order_by("pk")
    )


def buyers_in_campaign(campaign: Campaign) -> QuerySet[BuyerOrganisation]:
    """The organisations that ordered in a campaign, by name; individuals are never listed."""
    orders = PurchaseOrder.objects.filter(campaign=campaign).values("organisation")
    return BuyerOrganisation.objects.filter(pk__in=orders).exclude(kind=BuyerOrganisation.Kind.INDIVIDUAL)

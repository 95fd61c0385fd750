"""A larger market on the small world: many vendors, packs, orders and members, for questions of scale."""

from __future__ import annotations

from collections.abc import Sequence

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.models import Listing, ListingPicture, Pack
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.parties.models import Vendor
from marketplace.purchase.place import place
from tests.factories import world as factory
from tests.factories.world import World

STOCK = 10_000


def vendors(world: World, count: int) -> list[Vendor]:
    """So many more admitted vendors of the county, ``seller-0`` onwards."""
    return [factory.vendor(f"seller-{number}", "341523108901", world.officer, world.now) for number in range(count)]


def offer(world: World, seller: Vendor, slug: str, packs: int = 1) -> Listing:
    """A published listing with so many packs, the last of them the dearest."""
    person = seller.people.get().user
    listing = Listing(
        vendor=seller,
        product=world.tea.product,
        slug=slug,
        title=f"舒城茶 {slug}",
        summary="简介",
        description="说明",
        origin=seller.home,
        live=False,
    )
    listing.packs = [
        Pack(name=f"{number} 号罐", unit="罐", unit_price=yuan(10 + number), initial_stock=STOCK, sort_order=number)
        for number in range(packs)
    ]
    listing.pictures = [ListingPicture(image=world.tea.pictures.get().image, alt_text="图")]
    catalogue.save_listing_draft(listing=listing, by=person, at=world.now)
    catalogue.submit_listing(listing=listing, by=person, at=world.now)
    listing = Listing.objects.get(pk=listing.pk)
    return catalogue.approve_listing(
        listing=listing, revision_pk=listing.latest_revision_id, by=world.officer, at=world.now
    )


def packs_of(sellers: Sequence[Vendor], each: int) -> list[Pack]:
    """The first ``each`` packs of every seller's listing."""
    return [
        pack
        for seller in sellers
        for pack in Pack.objects.filter(listing__vendor=seller).select_related("listing").order_by("sort_order")[:each]
    ]


def approved(world: World, packs: Sequence[Pack], *, quantity: int = 1) -> Requisition:
    """The society's basket of these packs, requested, submitted and approved."""
    buyer, head = world.users["buyer"], world.users["head"]
    for pack in packs:
        orders.set_basket_line(organisation=world.society, pack=pack, quantity=quantity, by=buyer, at=world.now)
    made = orders.request_from_basket(
        organisation=world.society,
        campaign=world.campaign,
        purpose="charity",
        fund_source="organisation",
        delivery_point=world.society.delivery_points.get(),
        by=buyer,
        at=world.now,
    )
    made = orders.submit_requisition(requisition=made, by=buyer, at=world.now)
    return orders.approve_requisition(requisition=made, by=head, at=world.now)


def bought(world: World, packs: Sequence[Pack]) -> list[PurchaseOrder]:
    """The society's placed orders of one of each of these packs."""
    return place(requisition=approved(world, packs), by=world.users["head"], at=world.now)

"""A small world made by the real actions, so that no test stands on an impossible one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from PIL import Image as PillowImage
from wagtail.images.models import Image
from wagtail.models import Collection

from marketplace.allowances.actions import load_rule_packs
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.certifying import confirm_certificate, enter_certificate
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.catalogue.models import Category, Listing, ListingPicture, Pack, PriceTier, Product
from marketplace.catalogue.opening import Plan, open_session
from marketplace.catalogue.set_freight import set_freight_rule
from marketplace.fulfilment.models import GoodsReturn
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.models import GroupOrder, Participant
from marketplace.grouporders.terms import Terms
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.orders.placing import LineAnswer
from marketplace.parties import actions as parties
from marketplace.parties.models import (
    OFFICERS,
    BuyerOrganisation,
    DeliveryPoint,
    Member,
    Membership,
    OfficeMembership,
    Vendor,
)
from marketplace.programme.actions import load_regions
from marketplace.programme.models import Campaign, CampaignTarget, Pairing, Region
from marketplace.purchase.answer import answer
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.place import place
from marketplace.purchase.send_back import agree_to_return, propose_return
from marketplace.uploads import Upload
from vendors.people.models import VendorMembership


@dataclass
class World:
    """Who and what a test can name."""

    now: datetime
    campaign: Campaign
    union: BuyerOrganisation
    society: BuyerOrganisation
    officer: User
    foreign_officer: User
    tea_vendor: Vendor
    rice_vendor: Vendor
    tea: Listing
    rice: Listing
    users: dict[str, User] = field(default_factory=dict)

    @property
    def tea_pack(self) -> Pack:
        return self.tea.packs.get()

    @property
    def rice_pack(self) -> Pack:
        return self.rice.packs.get()


def user(name: str, **extra: Any) -> User:
    """Somebody who can sign in with the password ``secret``."""
    return User.objects.create_user(name, password="secret", **extra)


def region(code: str) -> Region:
    """The region of the shipped data with this code."""
    return Region.objects.get(code=code)


def picture(title: str = "picture") -> Image:
    """A small real image file in the library."""
    from django.core.files.images import ImageFile

    buffer = io.BytesIO()
    PillowImage.new("RGB", (40, 30), "#2f6f4f").save(buffer, "PNG")
    return Image.objects.create(title=title, file=ImageFile(io.BytesIO(buffer.getvalue()), name=f"{title}.png"))


def organisation(name: str, kind: str, now: datetime, **roles: Sequence[str]) -> BuyerOrganisation:
    """An organisation in 宣州区 with a delivery point; ``roles`` maps a user name to its roles."""
    made = BuyerOrganisation.objects.create(
        name=name, slug=name.lower(), kind=kind, region=region("341802"), fapiao_title=f"{name}（抬头）", created_at=now
    )
    DeliveryPoint.objects.create(
        organisation=made, name="仓库", address="示范路1号", contact_name="甲", phone="13800000000"
    )
    for username, held in roles.items():
        person = user(username)
        Membership.objects.bulk_create(
            Membership(user=person, organisation=made, role=role, began_at=now) for role in held
        )
    return made


def vendor(name: str, home: str, officer: User, now: datetime) -> Vendor:
    """An admitted vendor with one person, who signs in under the vendor's slug."""
    made = Vendor.objects.create(name=name, slug=name.lower(), kind="cooperative", home=region(home), applied_at=now)
    parties.admit_vendor(vendor=made, by=officer, at=now)
    VendorMembership.objects.create(vendor=made, user=user(made.slug), began_at=now)
    return Vendor.objects.get(pk=made.pk)


def drafted(title: str, seller: Vendor, product: Product, person: User, now: datetime, **more: Any) -> Listing:
    """A draft with one pack, ready to be submitted; ``tiers`` maps quantity to price."""
    listing = Listing(
        vendor=seller,
        product=product,
        slug=more.get("slug", f"{seller.slug}-{product.slug}"),
        title=title,
        summary="简介",
        description="说明",
        origin=seller.home,
        season=more.get("season", ""),
        tax_rate=more.get("tax_rate", "exempt"),
        live=False,
    )
    pack = Pack(
        name=more.get("pack", "1 kg 袋"),
        unit="袋",
        unit_price=more.get("price", yuan(10)),
        initial_stock=more.get("stock", 10),
        minimum_quantity=more.get("minimum", 1),
        multiple=more.get("multiple", 1),
        weight_grams=more.get("grams", 1000),
        net_grams=more.get("net", 0),
    )
    pack.tiers = [PriceTier(from_quantity=n, unit_price=p) for n, p in more.get("tiers", {}).items()]
    listing.packs = [pack]
    listing.pictures = [ListingPicture(image=picture(title), alt_text="图")]
    return catalogue.save_listing_draft(listing=listing, by=person, at=now)


def published(
    title: str, seller: Vendor, product: Product, price: Money, stock: int, officer: User, now: datetime, **more: Any
) -> Listing:
    """A listing with one pack, reviewed and published as people do it; ``tiers`` maps quantity to price."""
    person = seller.people.get().user
    listing = drafted(title, seller, product, person, now, price=price, stock=stock, **more)
    catalogue.submit_listing(listing=listing, by=person, at=now)
    listing = Listing.objects.get(pk=listing.pk)
    return catalogue.approve_listing(listing=listing, revision_pk=listing.latest_revision_id, by=officer, at=now)


def build_world(now: datetime) -> World:
    """The world of the ``world`` fixture."""
    if Collection.get_first_root_node() is None:  # emptied between tests with real commits
        Collection.add_root(name="Root")
    load_regions()
    load_rule_packs()
    pairing = Pairing.objects.create(supporting=region("341802"), aided=region("341523"), starts_on=date(2017, 1, 1))
    day = parties.office_day(now)
    campaign = Campaign.objects.create(
        slug="drive", name="秋季攻势", pairing=pairing, starts_on=day - timedelta(30), ends_on=day + timedelta(60)
    )
    CampaignTarget.objects.create(campaign=campaign, amount=yuan(10000))
    officers = [officer("officer", "341523", now), officer("foreign-officer", "341524", now)]
    union = organisation(
        "Union",
        "trade_union",
        now,
        clerk=["organiser", "requester"],
        chair=["approver"],
        store=["receiver"],
        treasurer=["treasurer"],
        admin=["administrator"],
    )
    society = organisation(
        "Society", "social_organisation", now, buyer=["requester"], head=["approver"], keeper=["receiver", "treasurer"]
    )
    category = Category.objects.create(slug="tea", name="茶叶", name_en="Tea")
    grain = Category.objects.create(slug="grain", name="粮油", name_en="Grain")
    tea_product = Product.objects.create(slug="tea", name="舒城小兰花", category=category)
    rice_product = Product.objects.create(slug="rice", name="大米", category=grain)
    tea_vendor = vendor("TeaCo", "341523108901", officers[0], now)
    rice_vendor = vendor("RiceCo", "341523105901", officers[0], now)
    tea = published(
        "舒城小兰花", tea_vendor, tea_product, yuan(100), 50, officers[0], now, tiers={5: yuan(90), 10: yuan(80)}
    )
    rice = published("双塘稻虾米", rice_vendor, rice_product, yuan(40), 100, officers[0], now)
    return World(
        now,
        campaign,
        union,
        society,
        *officers,
        tea_vendor,
        rice_vendor,
        tea,
        rice,
        {person.username: person for person in User.objects.all()},
    )


def officer(name: str, county: str, now: datetime) -> User:
    """An officer of a county; a county the shipped data lacks is made."""
    if not Region.objects.filter(code=county).exists():
        Region.objects.create(code=county, name=county, level="county", edition="test", valid_from=date(2000, 1, 1))
    person = user(name)
    person.groups.add(Group.objects.get(name=OFFICERS))
    OfficeMembership.objects.create(user=person, region=region(county), began_at=now)
    return person


def members(world: World, count: int) -> list[Member]:
    """So many more members on the union's roll."""
    first = world.union.members.count()
    return Member.objects.bulk_create(
        Member(
            organisation=world.union,
            name=f"会员{number}",
            department="一部" if number % 2 else "二部",
            staff_number=f"N{number:03d}",
            joined_on=date(2020, 1, 1),
        )
        for number in range(first, first + count)
    )


def drafted_group_order(
    world: World, *, allowance: Money | None = None, further: tuple[DeliveryPoint, ...] = ()
) -> GroupOrder:
    """A group order of the union over tea and rice that is not open yet; ``further`` places besides."""
    clerk = world.users["clerk"]
    terms = Terms(
        title="中秋慰问",
        campaign=world.campaign,
        purpose="holiday_gifts",
        fund_source="union",
        allowance_per_member=allowance or yuan(300),
        delivery_point=world.union.delivery_points.order_by("pk")[0],
        further_points=further,
        opens_at=world.now - timedelta(hours=1),
        closes_at=world.now + timedelta(days=3),
    )
    made = grouporders.create_group_order(organisation=world.union, terms=terms, by=clerk, at=world.now)
    return grouporders.set_offers(group_order=made, packs=[world.tea_pack, world.rice_pack], by=clerk, at=world.now)


def open_group_order(world: World, *, count: int = 3, **terms: Any) -> GroupOrder:
    """Such a group order, open now, with ``count`` new members; ``terms`` as of ``drafted_group_order``."""
    members(world, count)
    made = drafted_group_order(world, **terms)
    return grouporders.open_group_order(group_order=made, by=world.users["clerk"], at=world.now)


def participants(group_order: GroupOrder) -> list[Participant]:
    """Who takes part, in order."""
    return list(group_order.participants.order_by("pk"))


def submitted(world: World, *, tea: int = 2, rice: int = 1, count: int = 3) -> Requisition:
    """A requisition of a closed group order in which everybody chose the same, waiting for approval."""
    clerk = world.users["clerk"]
    group_order = open_group_order(world, count=count)
    wanted = {world.tea_pack.pk: tea, world.rice_pack.pk: rice}
    for participant in participants(group_order):
        grouporders.choose(participant=participant, quantities=wanted, at=world.now)
    close_group_order(group_order=group_order, by=clerk, at=world.now)
    made = orders.request_from_group_order(group_order=group_order, by=clerk, at=world.now)
    return orders.submit_requisition(requisition=made, by=clerk, at=world.now)


def placed(world: World, **chosen: int) -> list[PurchaseOrder]:
    """The placed orders of such a requisition, tea first."""
    made = submitted(world, **chosen)
    chair = world.users["chair"]
    made = orders.approve_requisition(requisition=made, by=chair, at=world.now)
    return place(requisition=made, by=chair, at=world.now)


def seat(order: PurchaseOrder) -> User:
    """The person who acts for the order's vendor."""
    return order.vendor.people.get().user


def answered(order: PurchaseOrder, now: datetime, *, decline: int = 0) -> PurchaseOrder:
    """The order confirmed but for ``decline`` packs of every line."""
    answers = [
        LineAnswer(
            line.pk,
            line.quantity_ordered - decline,
            promised_on=now.date() + timedelta(5),
            reason="减产" if decline else "",
        )
        for line in order.lines.all()
    ]
    return answer(order=order, answers=answers, by=seat(order), at=now)


def delivered(order: PurchaseOrder, receiver: User, now: datetime, *, damaged: int = 0) -> PurchaseOrder:
    """Everything confirmed sent in one consignment, received with ``damaged`` of every line, and accepted."""
    from marketplace.fulfilment.actions import Count

    quantities = {line.pk: line.quantity_confirmed for line in order.lines.all()}
    consignment = dispatch(order=order, quantities=quantities, waybill_number="SF1", by=seat(order), at=now)
    counts = [Count(row.pk, row.quantity - damaged, damaged=damaged) for row in consignment.lines.all()]
    receive(consignment=consignment, counts=counts, by=receiver, at=now)
    accept(order=order, by=receiver, at=now)
    return PurchaseOrder.objects.get(pk=order.pk)


def charges(vendor: Vendor, now: datetime, *zones: Zone) -> FreightRule:
    """The vendor's freight rule from now on; without zones, 宣州区 costs ¥8 for 1 kg and ¥2 for each more."""
    here = Zone("341802", True, 1000, yuan(8), 1000, yuan(2), free_from=yuan(999))
    elsewhere = Zone("", True, 1000, yuan(20), 500, yuan(6))
    return set_freight_rule(vendor=vendor, zones=zones or [here, elsewhere], by=vendor.people.get().user, at=now)


def certified(listing: Listing, /, *, at: datetime, is_confirmed: bool = True, **more: Any) -> Certificate:
    """A certificate of the listing (an SC licence unless told), entered by its vendor and confirmed by the county's officer."""
    day = parties.office_day(at)
    given = {
        "kind": "sc_licence",
        "number": "SC11434152300017",
        "issuer": "市场监管局",
        "valid_to": day + timedelta(40),
    }
    facts: dict[str, Any] = given | {"listing": listing, "valid_from": day - timedelta(365)} | more
    person = listing.vendor.people.get().user
    buffer = io.BytesIO()
    PillowImage.new("RGB", (30, 40), "#fff").save(buffer, "PNG")
    made = enter_certificate(
        certificate=Certificate(**facts),
        vendor=listing.vendor,
        scan=Upload("paper.png", buffer.getvalue()),
        by=person,
        at=at,
    )
    if not is_confirmed:
        return made
    officer = User.objects.get(username="officer")
    return confirm_certificate(certificate=made, on=day, by=officer, at=at)


def advance(world: World, *, kilograms: int = 10, stock: int = 50, packs: int = 2, **plan: Any) -> Listing:
    """A listing of the rice vendor sold in advance until in ten days: packs of 1 kg, 2 kg … that share one harvest."""
    day, seller = parties.office_day(world.now), world.rice_vendor
    days = {
        "advance_from": day - timedelta(5),
        "advance_until": day + timedelta(10),
        "harvest_from": day + timedelta(20),
        "ships_from": day + timedelta(22),
        "ships_until": day + timedelta(30),
    }
    listing = Listing(
        vendor=seller,
        product=world.rice.product,
        slug="spring-rice",
        title="新米预订",
        summary="简介",
        description="说明",
        origin=seller.home,
        live=False,
        harvest_kilograms=kilograms,
        **(days | plan),
    )
    listing.packs = [
        Pack(
            name=f"{n} kg 袋",
            unit="袋",
            unit_price=yuan(10 * n),
            initial_stock=stock,
            weight_grams=1000 * n + 100,
            net_grams=1000 * n,
            sort_order=n,
        )
        for n in range(1, packs + 1)
    ]
    listing.pictures = [ListingPicture(image=world.rice.pictures.get().image, alt_text="图")]
    return reviewed(listing, world)


def reviewed(listing: Listing, world: World) -> Listing:
    """What the vendor wrote, submitted and published: by an officer's approval where it needs one."""
    person = listing.vendor.people.get().user
    catalogue.save_listing_draft(listing=listing, by=person, at=world.now)
    review = catalogue.submit_listing(listing=listing, by=person, at=world.now)
    fresh = Listing.objects.get(pk=listing.pk)
    if review is None:
        return fresh
    revision = fresh.latest_revision_id or 0
    return catalogue.approve_listing(listing=fresh, revision_pk=revision, by=world.officer, at=world.now)


def sent_back(order: PurchaseOrder, *, quantities: dict[int, int], reason: str, by: User, at: datetime) -> GoodsReturn:
    """Accepted goods taken back by the vendor for their money."""
    proposed = propose_return(order=order, quantities=quantities, reason=reason, by=by, at=at)
    return agree_to_return(goods_return=proposed, by=seat(order), at=at)


def service(world: World, *sessions: Plan, packs: Sequence[Pack] = ()) -> Listing:
    """A published service of the tea vendor (a seat, and a family of three), with these sessions opened by the vendor."""
    shelf, _made = Category.objects.get_or_create(
        slug="services", defaults={"name": "乡村服务", "name_en": "Rural services", "is_service": True}
    )
    product, _made = Product.objects.get_or_create(slug="tea-picking", defaults={"name": "采茶体验", "category": shelf})
    seller = world.tea_vendor
    listing = Listing(
        vendor=seller,
        product=product,
        slug="tea-picking-day",
        title="采茶一日",
        summary="简介",
        description="说明",
        origin=seller.home,
        tax_rate="6",
        live=False,
    )
    listing.packs = packs or [
        Pack(name="每位", unit="位", unit_price=yuan(50), persons=1, sort_order=0),
        Pack(name="三口之家", unit="家", unit_price=yuan(120), persons=3, sort_order=1),
    ]
    listing.pictures = [ListingPicture(image=world.tea.pictures.get().image, alt_text="图")]
    listing = reviewed(listing, world)
    for plan in sessions:
        open_session(listing=listing, plan=plan, by=seller.people.get().user, at=world.now)
    return Listing.objects.get(pk=listing.pk)


def session_plan(world: World, days: int = 20, persons: int = 20, **more: Any) -> Plan:
    """A session in so many days, booked until three days before."""
    return Plan(
        starts_on=parties.office_day(world.now) + timedelta(days=days), persons=persons, **({"deadline_days": 3} | more)
    )


def packs_of_session(listing: Listing, place: int = 0) -> list[Pack]:
    """The packs of a listing's session, as they are sold."""
    session = list(listing.sessions.all())[place]
    return list(Pack.objects.filter(session=session).select_related("listing", "session").order_by("sort_order"))


def bought_directly(world: World, wanted: dict[Pack, int]) -> Requisition:
    """An approved direct requisition of the society for these packs."""
    buyer = world.users["buyer"]
    for pack, quantity in wanted.items():
        orders.set_basket_line(organisation=world.society, pack=pack, quantity=quantity, by=buyer, at=world.now)
    made = orders.request_from_basket(
        organisation=world.society,
        campaign=world.campaign,
        purpose="activity",
        fund_source="union",
        delivery_point=world.society.delivery_points.get(),
        by=buyer,
        at=world.now,
    )
    made = orders.submit_requisition(requisition=made, by=buyer, at=world.now)
    return orders.approve_requisition(requisition=made, by=world.users["head"], at=world.now)


def outing(world: World, quantity: int = 4) -> PurchaseOrder:
    """The society's seats on a session of the tea vendor, confirmed."""
    listing = service(world, session_plan(world))
    made = bought_directly(world, {packs_of_session(listing)[0]: quantity})
    (order,) = place(requisition=made, by=world.users["head"], at=world.now)
    return answered(order, world.now)

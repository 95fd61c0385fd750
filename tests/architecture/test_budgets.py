"""Statement budgets on PostgreSQL: what a screen or a step may ask, and that it does not ask more of a larger world."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.edition import new_edition
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.catalogue.evidencing import enter_evidence
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.models import Listing, Pack
from marketplace.catalogue.opening import open_session
from marketplace.catalogue.prices import PriceChange
from marketplace.catalogue.session_packs import make_packs
from marketplace.files import Kind, keep
from marketplace.fulfilment.vouchering import issue_vouchers
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import GroupOrder
from marketplace.grouporders.terms import Terms
from marketplace.impact.elsewhere import importing
from marketplace.money import yuan
from marketplace.orders.actions import approve_requisition, set_basket_line
from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.place import place
from marketplace.ratings.locks import add_to_total
from marketplace.ratings.models import Rating
from marketplace.reports.actions import acknowledge_report, file_report
from tests.architecture.stage import scan
from tests.factories import elsewhere, market, pages, ratings
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.pg, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def statements(step: Callable[[], Any]) -> list[str]:
    """The statements a step sends, savepoints not counted: the test's own transaction makes them."""
    with CaptureQueriesContext(connection) as captured:
        step()
    return [row["sql"] for row in captured if "SAVEPOINT" not in row["sql"]]


def page(client: Client, address: str) -> list[str]:
    """The statements of a page on its second showing, when what is the same for everybody is known."""
    assert client.get(address).status_code == 200
    return statements(lambda: client.get(address))


def visitor(world: World, username: str = "") -> Client:
    client = Client()
    if username:
        client.force_login(world.users[username])
    return client


def within(found: list[str], limit: int) -> None:
    """Not more than ``limit`` statements; the failure lists them."""
    assert len(found) <= limit, "\n".join(["", *found])


def same(few: list[str], many: list[str]) -> None:
    """Not a statement more for many rows than for few; the failure lists those of many."""
    assert len(many) <= len(few), "\n".join([f"{len(few)} for few, {len(many)} for many:", *many])


@pytest.mark.parametrize(("username", "limit"), [("", 4), ("buyer", 7)], ids=["anonymous", "signed in"])
def test_the_catalogue_costs_the_same_for_three_listings_and_for_thirty(
    world: World, username: str, limit: int
) -> None:
    client, address = visitor(world, username), reverse("marketplace:catalogue")
    market.offer(world, world.tea_vendor, "third")
    few = page(client, address)
    for number in range(27):
        market.offer(world, world.tea_vendor, f"more-{number}")
    many = page(client, address)
    assert "30" in client.get(address).content.decode()
    within(many, limit)
    same(few, many)


@pytest.mark.parametrize(("username", "limit"), [("", 14), ("buyer", 16)], ids=["anonymous", "signed in"])
def test_the_first_showing_after_a_publication_costs_the_same_for_few_listings_and_for_thirty(
    world: World, username: str, limit: int
) -> None:
    client, address = visitor(world, username), reverse("marketplace:catalogue")

    def first(count: int) -> list[str]:
        page(client, address)  # what stood before is known
        for number in range(count):
            market.offer(world, world.tea_vendor, f"more-{Pack.objects.count()}-{number}")
        return statements(lambda: client.get(address))

    few, many = first(1), first(27)
    assert "30" in client.get(address).content.decode()
    within(many, limit)
    same(few, many)
    assert len(page(client, address)) < len(many)  # it was a first showing


def test_a_filtered_and_searched_catalogue_stays_within_its_budget(world: World) -> None:
    address = reverse("marketplace:catalogue") + "?q=兰花&category=tea&in_stock=true&price_max=200&month=11&sort=price"
    within(page(visitor(world), address), 4)


def test_a_narrowed_list_counts_its_facets_without_a_statement(world: World) -> None:
    address = reverse("marketplace:catalogue") + "?category=tea&township=341523108&band=10000&kind=cooperative&month=4"
    within(page(visitor(world), address), 3)


def test_suggestions_cost_one_statement(world: World) -> None:
    within(page(visitor(world), reverse("marketplace:suggestions") + "?q=xlh"), 1)


@pytest.mark.parametrize(
    ("name", "limit"), [("calendar", 1), ("places", 6), ("vendors", 3), ("vendor", 9), ("place", 14)]
)
def test_the_pages_around_the_catalogue_cost_the_same_for_few_vendors_and_for_many(
    world: World, name: str, limit: int
) -> None:
    args = {"vendor": [world.tea_vendor.slug], "place": [world.tea.origin.code[:9]]}.get(name, [])
    client, address = visitor(world), reverse(f"marketplace:{name}", args=args)
    market.offer(world, world.tea_vendor, "second")
    few = page(client, address)
    for number, seller in enumerate(market.vendors(world, 5)):
        market.offer(world, seller, f"more-{number}")
        market.offer(world, world.tea_vendor, f"tea-{number}")
    many = page(client, address)
    within(many, limit)
    same(few, many)


def test_a_listing_costs_the_same_with_one_pack_and_with_ten(world: World) -> None:
    client = visitor(world)
    few = page(client, reverse("marketplace:listing_detail", args=[world.tea.slug]))
    wide = market.offer(world, world.tea_vendor, "wide", packs=10)
    same(few, page(client, reverse("marketplace:listing_detail", args=[wide.slug])))


def test_a_listing_with_everything_costs_five_statements_at_most(world: World) -> None:
    wide = market.offer(world, world.tea_vendor, "everything", packs=10)
    for number in range(12):
        factory.certified(wide, at=world.now, number=f"证书 {number}")
    full = wide.get_latest_revision_as_object()
    full.linkages = [FarmerLinkage(mode="contract", households=n, year=2026) for n in range(1, 6)]
    factory.reviewed(full, world)
    factory.charges(world.tea_vendor, world.now)
    client, address = visitor(world), reverse("marketplace:listing_detail", args=[wide.slug])
    within(page(client, address), 5)
    assert client.get(address).content.decode().count("证书 ") >= 12


def rate_the_tea(world: World, count: int) -> None:
    """So many ratings of the tea, each by another buyer, each with a picture and an answer."""
    line = OrderLine.objects.create(
        order=market.bought(world, [world.rice_pack])[0],
        pack=world.tea_pack,
        listing=world.tea,
        category=world.tea.product.category,
        origin=world.tea.origin,
        unit_price=yuan(1),
        quantity_ordered=1,
    )
    for number in range(count):
        buyer = factory.organisation(f"Buyer-{line.pk}-{number}", "trade_union", world.now)
        made = Rating.objects.create(
            listing=world.tea, organisation=buyer, line=line, stars=4, words="好", answer="谢谢", answered_at=world.now,
            buyer_kind="trade_union", district="宣州区", rated_at=world.now,
        )  # fmt: skip
        file = keep(kind=Kind.RATING_PICTURE, upload=scan(), by=None, at=world.now)
        made.pictures.create(file=file, image=world.tea.pictures.get().image)
        add_to_total(world.tea.pk, count=1, stars=4)
    new_edition()


def report_the_tea(world: World, count: int) -> None:
    """So many reports about the tea, all taken up."""
    for number in range(count):
        made = file_report(listing=world.tea, reason="other", words=f"不对 {number}", contact="0563", at=world.now)
        acknowledge_report(report=made, by=world.officer, at=world.now)


@pytest.mark.parametrize(
    ("username", "name", "limit"),
    [
        ("", "marketplace:ratings", 9),
        ("", "marketplace:listing_detail", 5),
        ("teaco", "vendors:ratings", 8),
        ("teaco", "vendors:reports", 8),
        ("officer", "marketplace_backoffice:ratings", 24),
        ("officer", "marketplace_backoffice:reports", 24),
    ],
)
def test_ratings_and_reports_cost_the_same_for_two_and_for_twelve(
    world: World, username: str, name: str, limit: int
) -> None:
    args = [world.tea.slug] if name.startswith("marketplace:") else []
    client, address = visitor(world, username), reverse(name, args=args)
    rate_the_tea(world, 2)
    report_the_tea(world, 2)
    few = page(client, address)
    rate_the_tea(world, 10)
    report_the_tea(world, 10)
    many = page(client, address)
    within(many, limit)
    same(few, many)


def test_a_price_history_and_evidence_cost_a_review_the_same_for_one_and_for_many(world: World) -> None:
    client, address = visitor(world, "officer"), reverse("marketplace_backoffice:review", args=[world.tea.pk])
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.title = "新茶"
    catalogue.save_listing_draft(listing=changed, by=world.users["teaco"], at=world.now)
    catalogue.submit_listing(listing=changed, by=world.users["teaco"], at=world.now)
    prove(world, 1)
    few = page(client, address)
    prove(world, 9)
    PriceChange.objects.bulk_create(
        PriceChange(
            listing=world.tea, pack=world.tea_pack, pack_name="袋", unit_price=yuan(90 + number), changed_at=world.now
        )
        for number in range(20)
    )
    same(few, page(client, address))


def prove(world: World, count: int) -> None:
    for _ in range(count):
        evidence = PriceEvidence(seller="集市", price=yuan(90), seen_on=world.now.date())
        person = world.users["teaco"]
        enter_evidence(evidence=evidence, listing=world.tea, paper=scan(), by=person, at=world.now)


def test_an_invitation_to_rate_costs_the_desk_the_same_for_one_order_and_for_five(world: World) -> None:
    client = visitor(world, "keeper")
    ratings.completed(world)
    few = page(client, reverse("marketplace:desk"))
    for _ in range(4):
        ratings.completed(world)
    same(few, page(client, reverse("marketplace:desk")))


def test_the_home_page_costs_the_same_with_one_kept_block_and_with_eight(world: World) -> None:
    home = pages.home()
    few = page(visitor(world), home.url)
    shelf = {"heading": "", "rule": "newest", "category": None, "place": None, "listings": [], "count": 12}
    home.body = [
        {"type": "shelf", "value": shelf},
        {"type": "shelf", "value": {**shelf, "rule": "hand", "listings": [world.tea.pk, world.rice.pk]}},
        {"type": "season", "value": {"heading": "", "count": 8}},
        {"type": "campaign", "value": {"campaign": world.campaign.pk}},
        {"type": "impact", "value": {"heading": "", "of": "all", "campaign": None, "place": None}},
        {"type": "vendor", "value": {"vendor": world.tea_vendor.pk}},
        {"type": "village", "value": {"place": world.tea.origin_id, "picture": None, "text": "茶山"}},
        {"type": "notices", "value": {"heading": "", "category": "", "count": 5}},
    ]
    home.save_revision().publish()
    for number in range(10):
        market.offer(world, world.tea_vendor, f"more-{number}")
    many = page(visitor(world), home.url)
    within(many, 12)
    same(few, many)


def test_a_campaign_page_costs_the_same_for_one_buyer_and_for_many(world: World) -> None:
    home = pages.home()
    found = pages.campaign_page(home, world)
    market.bought(world, [world.tea_pack])
    pages.story(home, "a", campaign=world.campaign)
    few = page(visitor(world), found.url)
    for seller in market.vendors(world, 6):
        market.bought(world, list(Pack.objects.filter(listing=market.offer(world, seller, f"{seller.slug}-tea"))))
    for slug in "bcdef":
        pages.story(home, slug, campaign=world.campaign)
    many = page(visitor(world), found.url)
    within(many, 20)
    same(few, many)


def test_a_village_page_costs_the_same_for_one_listing_and_for_many(world: World) -> None:
    found = pages.village_page(pages.home())
    few = page(visitor(world), found.url)
    for number in range(10):
        market.offer(world, world.tea_vendor, f"more-{number}")
    many = page(visitor(world), found.url)
    within(many, 18)
    same(few, many)


def test_the_list_of_notices_costs_the_same_for_one_and_for_thirty(world: World) -> None:
    found = pages.notices(pages.home())
    pages.notice(found)
    few = page(visitor(world), found.url)
    for _ in range(29):
        pages.notice(found)
    many = page(visitor(world), found.url + "?category=notice&year=2026")
    assert visitor(world).get(found.url).content.decode().count("X/2026") == 0  # a list names, it does not show
    within(many, 12)
    same(few, many)


@pytest.fixture
def sellers(world: World, request: pytest.FixtureRequest) -> list[Any]:
    """Ten vendors, each with a listing of two packs, or as many as the test is parametrized with."""
    made = market.vendors(world, 10)
    for seller in made:
        market.offer(world, seller, f"{seller.slug}-tea", packs=getattr(request, "param", 2))
    return made


twenty_packs_each = pytest.mark.parametrize("sellers", [20], indirect=True, ids=["200 packs"])


def placing(world: World, sellers: list[Any], *, each: int) -> list[str]:
    requisition = market.approved(world, market.packs_of(sellers, each))
    return statements(lambda: place(requisition=requisition, by=world.users["head"], at=world.now))


@twenty_packs_each
def test_placing_two_hundred_lines_costs_what_placing_twenty_costs(world: World, sellers: list[Any]) -> None:
    placing(world, sellers, each=1)  # the accounts of the book are opened once
    twenty = placing(world, sellers, each=2)
    two_hundred = placing(world, sellers, each=20)
    assert OrderLine.objects.count() == 10 + 20 + 200
    within(twenty, 30)
    assert len(two_hundred) == len(twenty), "\n".join(two_hundred)


def test_placing_with_freight_costs_what_placing_without_it_costs(world: World, sellers: list[Any]) -> None:
    free = placing(world, sellers, each=1)
    for seller in sellers:
        factory.charges(seller, world.now, Zone("", True, 1000, yuan(8), 1000, yuan(2)))
    Pack.objects.update(weight_grams=1500)
    charged = placing(world, sellers, each=1)
    assert PurchaseOrder.objects.filter(freight=yuan(10)).count() == 10
    within(charged, 30)
    same(free, charged)


def test_the_basket_costs_the_same_for_one_vendor_with_a_freight_rule_and_for_ten(
    world: World, sellers: list[Any]
) -> None:
    client, counts = visitor(world, "buyer"), []
    for chosen in (sellers[:1], sellers):
        for seller in chosen:
            factory.charges(seller, world.now)
        for pack in market.packs_of(chosen, 1):
            set_basket_line(organisation=world.society, pack=pack, quantity=1, by=world.users["buyer"], at=world.now)
        counts.append(page(client, reverse("marketplace:basket", args=[world.society.slug])))
    same(*counts)


def test_the_freight_page_and_the_listing_cost_the_same_for_one_edition_and_for_twenty(world: World) -> None:
    client, counts = visitor(world), []
    client.force_login(world.tea_vendor.people.get().user)
    for editions in (1, 19):
        for _ in range(editions):
            factory.charges(world.tea_vendor, world.now)
        addresses = [
            reverse("vendors:freight", args=[world.tea_vendor.slug]),
            reverse("marketplace:listing_detail", args=[world.tea.slug]),
        ]
        counts.append([statement for address in addresses for statement in page(client, address)])
    same(*counts)


def test_placing_for_the_first_time_stays_within_the_budget(world: World, sellers: list[Any]) -> None:
    within(placing(world, sellers, each=2), 30)
    assert PurchaseOrder.objects.count() == 10


def test_placing_a_group_order_of_many_members_stays_within_the_budget(world: World) -> None:
    chair = world.users["chair"]
    requisition = factory.submitted(world, tea=1, rice=1, count=30)
    approve_requisition(requisition=requisition, by=chair, at=world.now)
    within(statements(lambda: place(requisition=requisition, by=chair, at=world.now)), 30)


def test_a_members_choice_stays_within_its_budget_as_choices_accumulate(world: World) -> None:
    group_order = factory.open_group_order(world, count=30)
    people = factory.participants(group_order)
    wanted = {world.tea_pack.pk: 1, world.rice_pack.pk: 1}

    def choice(place: int, **changed: int) -> list[str]:
        quantities = {**wanted, **{getattr(world, f"{name}_pack").pk: n for name, n in changed.items()}}
        return statements(lambda: grouporders.choose(participant=people[place], quantities=quantities, at=world.now))

    first = choice(0)
    within(first, 10)
    for number in range(1, 29):
        choice(number)
    within(choice(29), len(first))
    within(choice(0, tea=2), 10)  # a changed choice


def many_orders(world: World, sellers: list[Any], times: int = 1, each: int = 2) -> None:
    for _ in range(times):
        market.bought(world, market.packs_of(sellers, each))


@twenty_packs_each
def test_the_officers_dashboard_is_constant_in_order_lines(world: World, sellers: list[Any]) -> None:
    client, address = visitor(world, "officer"), reverse("marketplace_backoffice:dashboard")
    many_orders(world, sellers, each=1)
    few = page(client, address)
    many_orders(world, sellers, times=3, each=20)
    assert OrderLine.objects.count() == 610
    same(few, page(client, address))


@pytest.mark.parametrize("page_of", ["orders/", "orders/?late=on", "totals/vendor/", "totals/vendor/workbook/"])
def test_the_officers_lists_cost_the_same_for_few_and_many(world: World, sellers: list[Any], page_of: str) -> None:
    client, address = visitor(world, "officer"), reverse("marketplace_backoffice:dashboard") + page_of
    many_orders(world, sellers[:1], each=1)
    few = page(client, address)
    many_orders(world, sellers, times=2, each=2)
    same(few, page(client, address))


def everybody_chooses(world: World, group_order: GroupOrder) -> None:
    for participant in factory.participants(group_order):
        quantities = {world.tea_pack.pk: 1, world.rice_pack.pk: 1}
        grouporders.choose(participant=participant, quantities=quantities, at=world.now)


@pytest.mark.parametrize("username", ["clerk", "chair"], ids=["organiser", "approver"])
def test_the_group_order_board_costs_the_same_for_three_members_and_for_thirty(world: World, username: str) -> None:
    client = visitor(world, username)
    small = factory.open_group_order(world, count=3)
    everybody_chooses(world, small)
    few = page(client, reverse("marketplace:group_order", args=[small.reference]))
    large = factory.open_group_order(world, count=27)
    everybody_chooses(world, large)
    assert large.participants.count() == 30
    same(few, page(client, reverse("marketplace:group_order", args=[large.reference])))


def offering(world: World, packs: list[Any]) -> GroupOrder:
    """A group order of the union over these packs, in which the first member has chosen one of each."""
    clerk, at = world.users["clerk"], world.now
    terms = Terms(
        title="慰问",
        campaign=world.campaign,
        purpose="holiday_gifts",
        fund_source="union",
        allowance_per_member=yuan(5000),
        delivery_point=world.union.delivery_points.get(),
        opens_at=at - timedelta(hours=1),
        closes_at=at + timedelta(days=3),
    )
    made = grouporders.create_group_order(organisation=world.union, terms=terms, by=clerk, at=at)
    package = {pack.pk: 1 for pack in packs}
    grouporders.set_offers(group_order=made, packs=packs, package_name="套餐", package=package, by=clerk, at=at)
    made = grouporders.open_group_order(group_order=made, by=clerk, at=at)
    grouporders.choose(participant=factory.participants(made)[0], quantities=package, at=at)
    return made


@pytest.fixture
def two_sizes(world: World, sellers: list[Any]) -> tuple[GroupOrder, GroupOrder]:
    """A group order over two packs of one vendor, and one over twenty packs of ten."""
    factory.members(world, 2)
    return offering(world, market.packs_of(sellers[:1], 2)), offering(world, market.packs_of(sellers, 2))


def board(group_order: GroupOrder) -> str:
    return reverse("marketplace:group_order", args=[group_order.reference])


def on_behalf(group_order: GroupOrder) -> str:
    return reverse("marketplace:choose_for", args=[group_order.reference, factory.participants(group_order)[0].pk])


@pytest.mark.parametrize("address", [board, on_behalf])
def test_the_organisers_pages_cost_the_same_for_two_offers_and_for_twenty(
    world: World, two_sizes: tuple[GroupOrder, GroupOrder], address: Callable[[GroupOrder], str]
) -> None:
    client = visitor(world, "clerk")
    few, many = (page(client, address(group_order)) for group_order in two_sizes)
    same(few, many)


def test_the_offers_page_costs_the_same_for_few_packs_on_sale_and_for_many(world: World) -> None:
    clerk, client = world.users["clerk"], visitor(world, "clerk")
    factory.members(world, 1)
    terms = Terms(
        "慰问", world.campaign, "holiday_gifts", "union", yuan(100), world.union.delivery_points.get(),
        world.now, world.now + timedelta(days=3),
    )  # fmt: skip
    made = grouporders.create_group_order(organisation=world.union, terms=terms, by=clerk, at=world.now)
    address = reverse("marketplace:group_order_offers", args=[made.reference])
    few = page(client, address)
    for number in range(5):
        market.offer(world, world.rice_vendor, f"offer-{number}", packs=4)
    same(few, page(client, address))


def test_the_members_page_costs_the_same_for_two_offers_and_for_twenty(
    world: World, two_sizes: tuple[GroupOrder, GroupOrder]
) -> None:
    counts = []
    for group_order in two_sizes:
        client = Client()
        token = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)[0][1]
        client.get(reverse("marketplace:pick_link", args=[token]))
        counts.append(page(client, reverse("marketplace:pick")))
    same(*counts)


@pytest.fixture
def two_orders(world: World, sellers: list[Any]) -> tuple[PurchaseOrder, PurchaseOrder]:
    """An order of one line and one of twenty, both answered, received with something damaged, and accepted."""
    market.offer(world, sellers[0], "wide", packs=20)
    packs = list(Pack.objects.filter(listing__slug="wide").select_related("listing"))
    made = []
    for wanted in (packs[:1], packs):
        order = place(requisition=market.approved(world, wanted, quantity=3), by=world.users["head"], at=world.now)[0]
        factory.answered(order, world.now, decline=1)
        made.append(factory.delivered(order, world.users["keeper"], world.now, damaged=1))
    return made[0], made[1]


ORDER_PAGES = {
    "order": ("keeper", lambda order: reverse("marketplace:order", args=[order.reference])),
    "accept": ("keeper", lambda order: reverse("marketplace:accept_order", args=[order.reference])),
    "return": ("keeper", lambda order: reverse("marketplace:return_goods", args=[order.reference])),
    "certificate": ("keeper", lambda order: reverse("marketplace:certificate", args=[order.reference])),
    "requisition": ("buyer", lambda order: reverse("marketplace:requisition", args=[order.requisition.reference])),
    "invoice": ("keeper", lambda order: reverse("marketplace:invoice", args=[order.requisition.invoice.number])),
    "notice": ("keeper", lambda order: reverse("marketplace:payment_notice", args=[order.requisition.invoice.number])),
    "receive": ("keeper", lambda order: reverse("marketplace:receive", args=[order.consignments.get().reference])),
    "vendor's order": ("seller-0", lambda order: reverse("vendors:order", args=[order.reference])),
    "dispatch note": (
        "seller-0",
        lambda order: reverse("vendors:dispatch_note", args=[order.consignments.get().reference]),
    ),
    "officer's order": ("officer", lambda order: reverse("marketplace_backoffice:order", args=[order.reference])),
    "register": ("officer", lambda order: reverse("marketplace_backoffice:register", args=["2026-11"])),
}


@pytest.mark.parametrize("name", ORDER_PAGES)
def test_the_pages_of_an_order_cost_the_same_for_one_line_and_for_twenty(
    world: World, two_orders: tuple[PurchaseOrder, PurchaseOrder], name: str
) -> None:
    username, address = ORDER_PAGES[name]
    client = visitor(world)
    client.force_login(User.objects.get(username=username))
    few, many = (page(client, address(order)) for order in two_orders)
    same(few, many)


@pytest.mark.parametrize("name", ["vendor's desk", "vendor's orders", "purchases", "desk", "dashboard"])
def test_a_list_of_orders_costs_the_same_for_three_and_for_thirty(world: World, sellers: list[Any], name: str) -> None:
    username, address = {
        "vendor's desk": ("seller-0", reverse("vendors:desk")),
        "vendor's orders": ("seller-0", reverse("vendors:orders")),
        "purchases": ("buyer", reverse("marketplace:purchases", args=[world.society.slug])),
        "desk": ("keeper", reverse("marketplace:desk")),
        "dashboard": ("officer", reverse("marketplace_backoffice:dashboard")),
    }[name]
    client = visitor(world)
    client.force_login(User.objects.get(username=username))
    counts = []
    for times in (3, 27):
        for _ in range(times):
            order = market.bought(world, market.packs_of(sellers[:1], 2))[0]
            factory.answered(order, world.now)
            market.approved(world, market.packs_of(sellers[1:2], 1))
        counts.append(page(client, address))
    same(*counts)


def test_the_roll_costs_the_same_for_three_members_and_for_forty(world: World) -> None:
    client, address = visitor(world, "clerk"), reverse("marketplace:roll", args=[world.union.slug])
    factory.members(world, 3)
    few = page(client, address)
    factory.members(world, 37)
    same(few, page(client, address))


def test_the_vendors_listings_cost_the_same_for_one_and_for_twenty(world: World) -> None:
    client = visitor(world)
    client.force_login(world.tea_vendor.people.get().user)
    few = page(client, reverse("vendors:listings"))
    for number in range(19):
        market.offer(world, world.tea_vendor, f"own-{number}", packs=2)
    same(few, page(client, reverse("vendors:listings")))


def test_the_basket_costs_the_same_for_one_line_and_for_twenty(world: World, sellers: list[Any]) -> None:
    client, address = visitor(world, "buyer"), reverse("marketplace:basket", args=[world.society.slug])
    buyer = world.users["buyer"]
    counts = []
    for packs in (market.packs_of(sellers[:1], 1), market.packs_of(sellers, 2)):
        for pack in packs:
            set_basket_line(organisation=world.society, pack=pack, quantity=2, by=buyer, at=world.now)
        counts.append(page(client, address))
    same(*counts)


def test_the_handout_list_costs_the_same_for_three_members_and_for_thirty(world: World) -> None:
    client, counts = visitor(world, "clerk"), []
    for count in (3, 27):
        placed = factory.placed(world, tea=1, rice=0, count=count)
        for order in placed:
            factory.answered(order, world.now)
            factory.delivered(order, world.users["store"], world.now)
        made = make_handout_list(requisition=placed[0].requisition, by=world.users["clerk"], at=world.now)
        counts.append(page(client, reverse("marketplace:handout_list", args=[made.reference])))
    same(*counts)


def test_purchases_made_elsewhere_cost_the_same_for_one_and_for_ten(world: World) -> None:
    factory_of = [("clerk", "marketplace:elsewhere_list"), ("clerk", "marketplace:desk")]
    elsewhere.district(world)
    world.society.memberships.create(user=world.users["clerk"], role="requester", began_at=world.now)
    pages = [
        (visitor(world, who), reverse(name, args=[] if "desk" in name else ["society"])) for who, name in factory_of
    ]
    officers = ["marketplace_backoffice:elsewhere_list", "marketplace_backoffice:dashboard"]
    pages += [(visitor(world, "district"), reverse(name)) for name in officers]
    pages += [(visitor(world, "district"), reverse("marketplace_backoffice:register", args=["2026-11"]))]
    pages += [(visitor(world), reverse("marketplace:impact"))]

    def several(first: int, last: int) -> list[list[str]]:
        for number in range(first, last):
            for make in (elsewhere.entered, elsewhere.submitted, elsewhere.confirmed):
                make(world, elsewhere.entry(world, seller_name=f"卖方{number}"))
        return [page(client, address) for client, address in pages]

    for few, many in zip(several(0, 1), several(1, 10), strict=True):
        same(few, many)


def test_one_purchase_made_elsewhere_costs_the_same_for_one_line_and_for_twenty(world: World) -> None:
    elsewhere.district(world)
    doors = [
        ("buyer", "marketplace:elsewhere"),
        ("buyer", "marketplace:change_elsewhere"),
        ("district", "marketplace_backoffice:elsewhere"),
    ]
    for who, name in doors:
        make = elsewhere.entered if "change" in name else elsewhere.submitted
        counts = []
        for number in (1, 20):
            lines = [elsewhere.line() for _ in range(number)]
            made = make(world, elsewhere.entry(world, *lines, seller_name=f"{name}{number}"))
            counts.append(page(visitor(world, who), reverse(name, args=[made.reference])))
        same(*counts)


def test_a_sheet_of_forty_purchases_costs_what_a_sheet_of_two_costs(world: World) -> None:
    buyer, counts = world.users["buyer"], []
    for number in (2, 40):
        rows = [elsewhere.row_of(外部单号=f"{number}-{place}") for place in range(number)]
        sheet = importing.upload_sheet(
            organisation=world.society,
            filename="e.xlsx",
            content=elsewhere.sheet(*rows),
            voucher=elsewhere.SCAN,
            by=buyer,
            at=world.now,
        )
        preview = page(
            visitor(world, "buyer"), reverse("marketplace:elsewhere_sheet", args=[world.society.slug, sheet.pk])
        )
        digest = importing.sheet_plan(sheet, at=world.now).digest
        entering = statements(partial(importing.apply_sheet, sheet=sheet, digest=digest, by=buyer, at=world.now))
        counts.append((preview, entering))
    (few_shown, few_entered), (many_shown, many_entered) = counts
    same(few_shown, many_shown)
    same(few_entered, many_entered)


def test_the_public_impact_page_is_constant_in_orders(world: World, sellers: list[Any]) -> None:
    client, address = visitor(world), reverse("marketplace:impact")
    many_orders(world, sellers, each=1)
    few = page(client, address)
    many_orders(world, sellers, times=2)
    same(few, page(client, address))


def test_the_pages_of_a_service_cost_the_same_for_one_session_and_for_eight(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    person = world.tea_vendor.people.get().user
    shown, sellers_own = visitor(world, "buyer"), Client()
    sellers_own.force_login(person)
    counts = []
    for number in range(2):
        addresses = [
            (shown, reverse("marketplace:listing_detail", args=[listing.slug])),
            (sellers_own, reverse("vendors:sessions", args=[listing.pk])),
            (sellers_own, reverse("vendors:change_listing", args=[listing.pk])),
        ]
        counts.append([statement for client, address in addresses for statement in page(client, address)])
        if number == 0:
            for days in range(30, 37):
                plan = factory.session_plan(world, days)
                open_session(listing=listing, plan=plan, by=person, at=world.now)
    same(*counts)


def test_publishing_a_service_costs_the_same_for_one_session_and_for_eight(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    few = statements(lambda: make_packs(listing, office_day(world.now)))
    for days in range(30, 37):
        plan = factory.session_plan(world, days)
        open_session(listing=listing, plan=plan, by=world.users["teaco"], at=world.now)
    many = statements(lambda: make_packs(listing, office_day(world.now)))
    within(many, 10)
    same(few, many)


def test_vouchers_cost_the_same_for_one_and_for_twelve(world: World) -> None:
    counts = []
    for quantity in (1, 12):
        order = outing(world, quantity)
        given = statements(lambda: issue_vouchers(order=order, by=world.users["buyer"], at=world.now))  # noqa: B023  # called at once
        within(given, 22)
        address = reverse("marketplace:vouchers", args=[order.reference])
        counts.append([*given, *page(visitor(world, "buyer"), address)])
    same(*counts)


def test_a_session_costs_the_same_for_one_booking_and_for_six(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    client, counts = Client(), []
    client.force_login(world.tea_vendor.people.get().user)
    for bookings in (1, 5):
        for _ in range(bookings):
            booked(world, listing, 1)
        counts.append(page(client, reverse("vendors:session", args=[listing.sessions.get().pk])))
    same(*counts)


def booked(world: World, listing: Listing, quantity: int) -> PurchaseOrder:
    """So many seats on its session, placed by the society."""
    made = factory.bought_directly(world, {factory.packs_of_session(listing)[0]: quantity})
    return place(requisition=made, by=world.users["head"], at=world.now)[0]


def outing(world: World, quantity: int) -> PurchaseOrder:
    """A confirmed booking of a service of its own."""
    listing = Listing.objects.filter(is_by_session=True).first() or factory.service(world, factory.session_plan(world))
    return factory.answered(booked(world, listing, quantity), world.now)

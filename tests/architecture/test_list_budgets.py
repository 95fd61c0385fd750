"""Every list that is leafed through asks the same of few rows and of many, and a new list cannot come without a budget."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import resolve, reverse
from openpyxl import Workbook

from marketplace.access.actions import answer_complaint, file_complaint
from marketplace.catalogue.wishes import tell_wish
from marketplace.impact.elsewhere import importing as elsewhere_importing
from marketplace.money import yuan
from marketplace.parties import actions as parties
from marketplace.parties import recovery
from marketplace.parties.looks import note_look
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice, Refund
from marketplace.purchase.erase import ask_erasure
from marketplace.purchase.merge import propose_merger
from marketplace.purchase.pay import record_payment
from marketplace.uploads import Upload
from tests.architecture.stage import draft
from tests.architecture.test_budgets import page, same
from tests.factories import elsewhere, imports, market, pages
from tests.factories import world as factory
from tests.factories.world import World
from vendors.listing.importing import upload_listings
from website.pages.models import HomePage, SectionPage

ROOT = Path(__file__).resolve().parents[2]
FEW, MANY = 2, 9


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@dataclass(frozen=True, slots=True)
class Case:
    """A list: whose code pages it, who reads it, where, what one more row of it is, and by what each row is known there."""

    module: str
    username: str
    address: Callable[[World], str]
    row: Callable[[World, int], Any]
    mark: str


def _section(world: World) -> SectionPage:
    return SectionPage.objects.first() or pages.section(HomePage.objects.first() or pages.home())


def _story(world: World, number: int) -> None:
    child = pages.section(_section(world), f"below-{number}") if number % 3 == 0 else None
    told = {
        "picture": factory.picture(f"p{number}"),
        "picture_alt": "图",
        "region": world.tea.origin,
        "campaign": world.campaign,
    }
    pages.story(child or _section(world), f"s{number}", **told)
    pages.story(_section(world), f"t{number}", **told)


def _sheet_of_elsewhere(world: World, number: int) -> Any:
    buyer = User.objects.create_user(f"sheet-buyer-{number}")
    world.society.memberships.create(user=buyer, role="requester", began_at=world.now)
    return elsewhere_importing.upload_sheet(
        organisation=world.society,
        filename=f"平台外-{number}.xlsx",
        content=elsewhere.sheet(elsewhere.row_of()),
        voucher=elsewhere.SCAN,
        by=buyer,
        at=world.now,
    )


def _certificates(world: World, number: int) -> None:
    listing = market.offer(world, world.tea_vendor, f"certified-{number}")
    for is_confirmed in (True, False):
        factory.certified(listing, at=world.now, is_confirmed=is_confirmed, number=f"证书 {number}")


def _complaints(world: World, number: int) -> None:
    file_complaint(hindrance="等答复的障碍", by=None, at=world.now)
    made = file_complaint(hindrance="答复过的障碍", by=None, at=world.now)
    officer = User.objects.create_user(f"answering-{number}")
    answer_complaint(complaint=made, answer="改好了", by=officer, at=world.now)


def _wishes(world: World, number: int) -> None:
    for _ in range(2):
        tell_wish(words=f"缺的东西{number}", note="请问", at=world.now)


def _looks(world: World, number: int) -> None:
    reader = User.objects.create_user(f"reader-{number}")
    note_look(people_list="roll", organisation=world.union, rows=3, subject="看名册", by=reader, at=world.now)
    member = factory.members(world, 1)[0]
    ask_erasure(member=member, by=None, at=world.now)
    ask_erasure(account=User.objects.create_user(f"leaving-{number}"), by=reader, at=world.now)


def _refunds(world: World, number: int) -> None:
    invoice = Invoice.objects.get(requisition=market.bought(world, [world.tea_pack])[0].requisition)
    keeper = world.users["keeper"]
    receipt = Receipt(f"BANK{number}", yuan(10), date(2026, 11, 23))
    payment = record_payment(invoice=invoice, receipt=receipt, by=keeper, at=world.now)
    asked = {
        "invoice": invoice,
        "payment": payment,
        "amount": yuan(1),
        "gateway": "bank_transfer",
        "requested_by": keeper,
    }
    ends: list[dict[str, Any]] = [{}, {"done_at": world.now, "done_by": keeper}, {"failed_at": world.now}]
    for place, end in enumerate(ends):
        Refund.objects.create(reference=f"TK-{number}-{place}", requested_at=world.now, **asked, **end)


def _changes(world: World, number: int) -> None:
    name = f"Other{number}"
    roles = {f"admin-{number}": ["administrator"], f"lost-{number}": ["receiver"]}
    made = factory.organisation(name, "trade_union", world.now, **roles)
    admin, lost = (User.objects.get(username=username) for username in roles)
    recovery.ask_recovery(organisation=made, person=lost, reason="忘了", by=admin, at=world.now)
    day = parties.office_day(world.now) + timedelta(9)
    operator = User.objects.get(username="operator")
    propose_merger(absorbed=made, into=world.union, takes_effect_on=day, reason="改革", by=operator, at=world.now)


def _entries(world: World, number: int) -> None:
    seller = factory.vendor(f"entry-{number}", "341523108901", world.officer, world.now)
    listing = market.offer(world, seller, f"entry-{number}")
    market.bought(world, list(type(world.tea_pack)._default_manager.filter(listing=listing)))


def _listing_import(world: World, number: int, rows: int = 1) -> Any:
    person = User.objects.create_user(f"importer-{rows}-{number}")
    world.tea_vendor.people.create(user=person, began_at=world.now)
    new = [
        {**imports.NEW, "title": f"导入茶{place}", "product": world.tea.product.name, "origin": "河西村"}
        for place in range(rows)
    ]
    return upload_listings(
        vendor=world.tea_vendor, sheet=imports.sheet(new), pictures=imports.pictures("a.jpg"), by=person, at=world.now
    )


LISTS = {
    "site search": Case("website.pages.views", "", lambda w: reverse("search") + "?q=案例", _story, "案例"),
    "listings in the site search": Case(
        "website.pages.views",
        "",
        lambda w: reverse("search") + "?q=舒城茶",
        lambda w, n: market.offer(w, w.tea_vendor, f"found-{n}"),
        "/catalogue/found-",
    ),
    "section": Case("marketplace.storefront.pages.home", "", lambda w: str(_section(w).url), _story, "案例t"),
    "group orders": Case(
        "marketplace.workspace.grouporders",
        "clerk",
        lambda w: reverse("marketplace:group_orders", args=[w.union.slug]),
        lambda w, n: draft(w, w.union, w.users["clerk"]),
        "/group-orders/GO",
    ),
    "sheets of purchases elsewhere": Case(
        "marketplace.workspace.elsewhere_sheets",
        "buyer",
        lambda w: reverse("marketplace:elsewhere_sheets", args=[w.society.slug]),
        _sheet_of_elsewhere,
        "平台外-",
    ),
    "officers' certificates": Case(
        "marketplace.backoffice.certificates",
        "officer",
        lambda w: reverse("marketplace_backoffice:certificates"),
        _certificates,
        "证书 ",
    ),
    "vendor's certificates": Case(
        "vendors.workspace.certificates",
        "teaco",
        lambda w: reverse("vendors:certificates", args=[w.tea_vendor.slug]),
        _certificates,
        "证书 ",
    ),
    "complaints": Case(
        "marketplace.backoffice.complaints",
        "officer",
        lambda w: reverse("marketplace_backoffice:complaints"),
        _complaints,
        "的障碍",
    ),
    "wishes": Case(
        "marketplace.backoffice.wishes", "officer", lambda w: reverse("marketplace_backoffice:wishes"), _wishes, "缺的"
    ),
    "an organisation's privacy": Case(
        "marketplace.workspace.members",
        "admin",
        lambda w: reverse("marketplace:privacy_desk", args=[w.union.slug]),
        _looks,
        "看名册",
    ),
    "the operator's privacy": Case(
        "marketplace.backoffice.privacy",
        "operator",
        lambda w: reverse("marketplace_backoffice:privacy"),
        _looks,
        "看名册",
    ),
    "refunds": Case(
        "marketplace.backoffice.refunds",
        "operator",
        lambda w: reverse("marketplace_backoffice:refunds"),
        _refunds,
        "TK-",
    ),
    "organisations": Case(
        "marketplace.backoffice.standing",
        "operator",
        lambda w: reverse("marketplace_backoffice:changes"),
        _changes,
        "Other",
    ),
    "lines behind a figure": Case(
        "marketplace.backoffice.lines",
        "officer",
        lambda w: reverse("marketplace_backoffice:lines", args=["vendor_county", "341523"]) + "?measure=ordered",
        _entries,
        "entry-",
    ),
    "all rows of a table of the dashboard": Case(
        "marketplace.backoffice.totals",
        "officer",
        lambda w: reverse("marketplace_backoffice:totals", args=["vendor"]),
        _entries,
        "entry-",
    ),
    "imports of listings": Case(
        "vendors.workspace.imports",
        "teaco",
        lambda w: reverse("vendors:imports", args=[w.tea_vendor.slug]),
        _listing_import,
        "importer-",
    ),
}


def reader(world: World, username: str) -> Client:
    """Somebody signed in, the operator among them; a visitor without a name."""
    client = Client()
    if username == "operator":
        User.objects.filter(username="operator").exists() or User.objects.create_superuser("operator")
    if username:
        client.force_login(User.objects.get(username=username))
    return client


def compare(client: Client, addresses: tuple[str, str], mark: str, more: Callable[[], Any]) -> None:
    """Two readings of a list, of few rows and of many: more rows stand there, and no statement more was asked."""
    few, shown = page(client, addresses[0]), client.get(addresses[0]).content.decode().count(mark)
    more()
    many = page(client, addresses[1])
    found = client.get(addresses[1]).content.decode().count(mark)
    assert (shown > 0, found > shown) == (True, True), f"{shown} and {found} times {mark}"
    same(few, many)


@pytest.mark.pg
@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_few_rows_and_for_many(world: World, name: str) -> None:
    case = LISTS[name]
    client = reader(world, case.username)
    for number in range(FEW):
        case.row(world, number)
    address = case.address(world)

    def more() -> None:
        for number in range(FEW, MANY):
            case.row(world, number)

    compare(client, (address, address), case.mark, more)


@pytest.mark.pg
@pytest.mark.django_db
def test_the_preview_of_an_import_costs_the_same_for_few_listings_and_for_many(world: World) -> None:
    few, many = (_listing_import(world, 0, rows) for rows in (FEW, MANY))
    addresses = tuple(reverse("vendors:import", args=[world.tea_vendor.slug, made.pk]) for made in (few, many))
    compare(reader(world, "teaco"), (addresses[0], addresses[1]), "导入茶", lambda: None)


def _roster(world: World, rows: int) -> str:
    book, buffer = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["姓名", "部门", "工号"])
    for number in range(rows):
        book.active.append([f"新人{number}", "一部", f"X{number:03d}"])
    book.save(buffer)
    made = parties.upload_roster(
        organisation=world.union,
        roster=Upload("r.xlsx", buffer.getvalue()),
        is_complete=False,
        by=world.users["clerk"],
        at=world.now,
    )
    return reverse("marketplace:roster_import", args=[world.union.slug, made.pk])


@pytest.mark.pg
@pytest.mark.django_db
def test_the_preview_of_a_roster_costs_the_same_for_few_people_and_for_many(world: World) -> None:
    addresses = (_roster(world, FEW), _roster(world, MANY))
    compare(reader(world, "clerk"), addresses, "新人", lambda: None)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in LISTS if name != "section"])
def test_a_budgeted_list_is_the_one_its_module_shows(world: World, name: str) -> None:
    """So that the table below cannot name a module whose list nobody measures."""
    view = resolve(LISTS[name].address(world).split("?")[0]).func
    assert view.__module__ == LISTS[name].module


# Lists whose budget is asserted by a test of their own.
ELSEWHERE = {
    "marketplace.storefront.ratings": "test_ratings_and_reports_cost_the_same_for_two_and_for_twelve",
    "marketplace.backoffice.ratings": "test_ratings_and_reports_cost_the_same_for_two_and_for_twelve",
    "marketplace.backoffice.reports": "test_ratings_and_reports_cost_the_same_for_two_and_for_twelve",
    "vendors.workspace.hearing": "test_ratings_and_reports_cost_the_same_for_two_and_for_twelve",
    "marketplace.workspace.group_offers": "test_the_offers_page_costs_the_same_for_few_packs_on_sale_and_for_many",
    "marketplace.workspace.vouchers": "test_vouchers_cost_the_same_for_one_and_for_twelve",
    "vendors.workspace.sessions": "test_the_pages_of_a_service_cost_the_same_for_one_session_and_for_eight",
    "marketplace.storefront.catalogue": "test_the_catalogue_costs_the_same_for_three_listings_and_for_thirty",
    "marketplace.storefront.sellers": "test_the_pages_around_the_catalogue_cost_the_same_for_few_vendors_and_for_many",
    "marketplace.storefront.pages.notice": "test_the_list_of_notices_costs_the_same_for_one_and_for_thirty",
    "marketplace.workspace.desk": "test_a_list_of_orders_costs_the_same_for_three_and_for_thirty",
    "marketplace.workspace.elsewhere": "test_purchases_made_elsewhere_cost_the_same_for_one_and_for_ten",
    "marketplace.workspace.roster": "test_the_roll_costs_the_same_for_three_members_and_for_forty",
    "marketplace.backoffice.elsewhere": "test_purchases_made_elsewhere_cost_the_same_for_one_and_for_ten",
    "marketplace.backoffice.orders": "test_the_officers_lists_cost_the_same_for_few_and_many",
    "marketplace.backoffice.queue": "test_the_queue_and_the_looks_cost_the_same_for_one_and_for_eight",
    "vendors.workspace.desk": "test_a_list_of_orders_costs_the_same_for_three_and_for_thirty",
    "vendors.workspace.listings": "test_the_vendors_listings_cost_the_same_for_one_and_for_twenty",
}


def modules_with_pages() -> set[str]:
    """The dotted names of our modules that leaf through rows."""
    bases = {"marketplace": ROOT, "vendors": ROOT, "site": ROOT / "site"}
    return {
        ".".join(path.relative_to(base).with_suffix("").parts)
        for folder, base in bases.items()
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^from .* import .*\bPaginator\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def names_of_tests() -> set[str]:
    """All tests of ours."""
    paths = (ROOT / "tests").rglob("test_*.py")
    return {
        name
        for path in paths
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_every_module_that_leafs_through_rows_has_a_budget() -> None:
    budgeted = {case.module for case in LISTS.values()} | set(ELSEWHERE)
    assert modules_with_pages() - budgeted == set()
    assert set(ELSEWHERE) - modules_with_pages() == set()
    assert set(ELSEWHERE.values()) - names_of_tests() == set()

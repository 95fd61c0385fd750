"""A reader who has a page already is told so, until something it shows has changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from marketplace.catalogue.actions import set_stock, withdraw_listing
from marketplace.catalogue.models import Stock
from marketplace.display import COOKIE, ELDER
from tests.factories import market, pages
from tests.factories.world import World
from website.pages.models import HomePage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("captured_commits")]

PUBLIC = [
    "/",
    "/catalogue/",
    "/catalogue/?category=tea&sort=price",
    "/catalogue/teaco-tea/",
    "/search/suggestions/?q=xlh",
    "/calendar/",
    "/places/",
    "/vendors/",
    "/vendors/teaco/",
    "/impact/",
    "/privacy/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-listings.xml",
    "/feed/",
]


@pytest.fixture(autouse=True)
def _an_empty_cache() -> None:
    cache.clear()


@pytest.fixture
def home(world: World) -> HomePage:
    return pages.home()


@pytest.fixture
def visitor() -> Client:
    """Somebody with a browser that has been here before, so that it has the forms' cookie."""
    visitor = Client(headers={"accept-language": "zh-CN"})
    visitor.get("/catalogue/")
    return visitor


def tag_of(visitor: Client, address: str) -> str:
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Language"} <= {word.strip() for word in answer["Vary"].split(",")}
    return str(answer["ETag"])


def still_holds(visitor: Client, address: str, tag: str) -> bool:
    answer = visitor.get(address, headers={"if-none-match": tag})
    assert answer.status_code in (200, 304)
    assert (answer["ETag"] == tag) is (answer.status_code == 304)
    assert (answer.content == b"") is (answer.status_code == 304)
    return bool(answer.status_code == 304)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_a_reader_has_is_not_sent_again(home: HomePage, visitor: Client, address: str) -> None:
    pages.story(home)
    tag = tag_of(visitor, address)
    assert tag.startswith('W/"')
    assert still_holds(visitor, address, tag)
    assert not still_holds(visitor, address, 'W/"something else"')


def sold_out(world: World) -> None:
    for stock in Stock.objects.filter(pack__listing=world.tea).select_related("pack"):
        set_stock(pack=stock.pack, on_hand=0, by=world.officer, at=world.now)


def one_sold(world: World) -> None:
    stock = Stock.objects.select_related("pack").get(pack__listing=world.tea)
    set_stock(pack=stock.pack, on_hand=stock.on_hand - 1, by=world.officer, at=world.now)


def withdrawn(world: World) -> None:
    withdraw_listing(listing=world.rice, by=world.rice_vendor.people.get().user, at=world.now)


def renamed(world: World) -> None:
    world.tea_vendor.name = "改名的合作社"
    world.tea_vendor.save()


def another_listing(world: World) -> None:
    market.offer(world, world.tea_vendor, "fresh")


@pytest.mark.parametrize(
    ("address", "change"),
    [
        ("/", another_listing),
        ("/catalogue/", another_listing),
        ("/catalogue/", sold_out),
        ("/catalogue/?q=小兰花", renamed),
        ("/catalogue/teaco-tea/", one_sold),
        ("/catalogue/teaco-tea/", renamed),
        ("/vendors/", withdrawn),
        ("/vendors/teaco/", renamed),
        ("/sitemap-listings.xml", withdrawn),
        ("/search/suggestions/?q=fresh", another_listing),
    ],
)
def test_a_change_of_what_it_shows_is_seen_at_once(
    world: World, home: HomePage, visitor: Client, address: str, change: Callable[[World], None],
    django_capture_on_commit_callbacks: Callable[..., CaptureQueriesContext],
) -> None:  # fmt: skip
    tag = tag_of(visitor, address)
    with django_capture_on_commit_callbacks(execute=True):
        change(world)
    assert not still_holds(visitor, address, tag)


def test_an_edited_page_is_seen_at_once(home: HomePage, visitor: Client) -> None:
    page = pages.story(home)
    tag = tag_of(visitor, page.url)
    page.title = "另一个标题"
    page.save_revision().publish()
    assert not still_holds(visitor, page.url, tag)


@pytest.mark.parametrize("address", ["/", "/catalogue/", "/catalogue/teaco-tea/"])
def test_each_reader_has_their_own(home: HomePage, visitor: Client, address: str) -> None:
    tag = tag_of(visitor, address)
    visitor.cookies[COOKIE] = ELDER
    elder = tag_of(visitor, address)
    english = visitor.get(address, headers={"accept-language": "en"})["ETag"]
    assert len({tag, elder, english}) == 3


def test_a_page_belongs_to_the_cookie_its_forms_belong_to(world: World, visitor: Client) -> None:
    address = reverse("marketplace:accessibility")
    visitor.get(address)  # a page with a form
    tag = tag_of(visitor, "/catalogue/")
    visitor.cookies["csrftoken"] = "0" * 32
    assert not still_holds(visitor, "/catalogue/", tag)


def test_what_a_signed_in_person_sees_is_made_every_time(world: World, home: HomePage) -> None:
    client = Client()
    client.force_login(world.users["buyer"])
    for address in ("/", "/catalogue/", "/catalogue/teaco-tea/"):
        answer = client.get(address)
        assert not answer.has_header("ETag")
        assert answer["Cache-Control"] == "private, no-cache"


def test_a_message_is_said_once(world: World, visitor: Client) -> None:
    tag = tag_of(visitor, "/catalogue/")
    visitor.post(reverse("marketplace:tell_wish"), {"words": "蜂蜜", "next": "/catalogue/"})
    answer = visitor.get("/catalogue/", headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert not answer.has_header("ETag")
    assert still_holds(visitor, "/catalogue/", tag)


def test_a_page_that_nobody_finds_is_not_kept(world: World, visitor: Client) -> None:
    assert not visitor.get("/catalogue/no-such-thing/").has_header("ETag")


@pytest.mark.parametrize(("address", "statements"), [("/catalogue/", 3), ("/catalogue/teaco-tea/", 3)])
def test_an_unchanged_page_is_not_even_made(
    world: World, visitor: Client, address: str, statements: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    tag = tag_of(visitor, address)
    with django_assert_max_num_queries(statements):
        answer = visitor.get(address, headers={"if-none-match": tag})
    assert answer.status_code == 304
    assert answer.templates == []

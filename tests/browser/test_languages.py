"""The interface in either language: the switch keeps the page, and only data is left in the other one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from marketplace.grouporders.links import issue_links
from tests.browser.conftest import Person
from tests.browser.looks import look
from tests.browser.steps import press
from tests.browser.words import chinese_words, english_words
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_switching_the_language_keeps_the_page(market: World, person: Person) -> None:
    page = person()
    page.goto("/catalogue/?q=兰花&sort=price_from")
    address = page.url
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    press(page, "English")
    expect(page.get_by_role("heading", name="Farm produce and services of the paired county")).to_be_visible()
    assert page.url == address
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_label("Search")).to_have_value("兰花")
    press(page, "中文")
    expect(page.get_by_role("heading", name="结对县的农产品与服务")).to_be_visible()
    assert page.url == address


def english(page: Page, address: str, heading: str) -> None:
    """The page at this address has this heading, is in English throughout, and looks as it should."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    assert chinese_words(page) == [], address


def test_the_public_pages_are_english_throughout(market: World, person: Person) -> None:
    page = person(locale="en-GB")
    english(page, "/catalogue/", "Farm produce and services of the paired county")
    look(page)
    english(page, "/catalogue/teaco-tea/", "About this offer")
    english(page, "/impact/", "What the purchases came to")
    english(page, "/accounts/login/", "Sign in")


def test_the_buyers_pages_are_english_throughout(market: World, person: Person) -> None:
    group_order = factory.open_group_order(market, count=2)
    _member, token = issue_links(group_order=group_order, by=market.users["clerk"], at=market.now)[0]
    page = person("clerk", locale="en-GB")
    english(page, "/desk/", "My desk")
    look(page)
    english(page, f"/group-orders/{group_order.reference}/", "What is offered")
    look(page)
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    english(page, "/organisations/union/roll/", "Member roll")
    english(page, "/organisations/union/group-orders/new/", "New group order")
    english(page, "/organisations/union/purchases/", "Purchases")
    member = person(locale="en-GB")
    english(member, f"/pick/{token}/", group_order.title)
    look(member)


def test_the_vendors_and_officers_pages_are_english_throughout(market: World, person: Person) -> None:
    order = factory.placed(market)[0]
    vendor = person("teaco", locale="en-GB")
    english(vendor, "/vendor/", "TeaCo")
    english(vendor, "/vendor/listings/new/", "What it is")
    look(vendor)
    english(vendor, f"/vendor/orders/{order.reference}/", "Timeline")
    officer = person("officer", locale="en-GB")
    english(officer, "/admin/marketplace/", "Totals")
    english(officer, f"/admin/marketplace/orders/{order.reference}/", "Attribution")
    look(officer)


def chinese(page: Page, address: str, heading: str) -> None:
    """The page at this address has this heading, and is in Chinese throughout."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    assert english_words(page) == [], address


def test_signing_in_and_passwords_are_chinese_throughout(market: World, person: Person) -> None:
    visitor = person()
    chinese(visitor, "/accounts/login/", "登录")
    look(visitor)
    visitor.locator("input[name=login]").fill("clerk")
    visitor.locator("input[name=password]").fill("wrong")
    visitor.locator("main form button[type=submit]").first.click()
    expect(visitor.get_by_text("不正确")).to_be_visible()
    assert english_words(visitor) == []
    chinese(visitor, "/accounts/password/reset/", "密码")
    look(visitor)
    clerk = person("clerk")
    chinese(clerk, "/accounts/logout/", "退出")
    look(clerk)


LISTING_SCREENS = ["list", "inspect", "history", "usage"]


@pytest.mark.parametrize(("locale", "foreign"), [("zh-CN", english_words), ("en-GB", chinese_words)])
def test_the_screens_of_listings_in_the_admin_keep_to_their_language(
    market: World, person: Person, locale: str, foreign: Callable[[Page], list[str]]
) -> None:
    officer = person("officer", locale=locale)
    wrong = []
    for name in LISTING_SCREENS:
        officer.goto(reverse(f"wagtailsnippets_marketplace_listing:{name}", args=[market.tea.pk][: name != "list"]))
        expect(officer.get_by_text("舒城小兰花").first).to_be_visible()
        expect(officer.locator("html")).to_have_attribute("lang", re.compile(f"^{locale[:2]}"))
        wrong += [f"{name}: {' '.join(words)}" for words in [foreign(officer)] if words]
    assert wrong == []

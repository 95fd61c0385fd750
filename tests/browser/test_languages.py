"""The interface in English: the switch keeps the page, and only data is left in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from playwright.sync_api import Page, expect

from marketplace.grouporders import actions as grouporders
from tests.browser.conftest import Person
from tests.browser.looks import look
from tests.browser.steps import press
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHINESE = re.compile(r"[\u3400-\u9fff]+")
# What to type, said in English with an example that is typed in Chinese.
EXAMPLES = ("中秋慰问品", "2.5 kg 箱", "箱, 袋, 罐")
# Every word of the page, those for screen readers and in empty fields too; not the switch to Chinese.
WORDS = """() => {
    const body = document.body.cloneNode(true);
    body.querySelectorAll("script, style, template, [lang=zh-CN]").forEach(node => node.remove());
    const named = [...body.querySelectorAll("[aria-label], [placeholder], [alt], [title]")].flatMap(node =>
        ["aria-label", "placeholder", "alt", "title"].map(name => node.getAttribute(name) || ""));
    return [document.title, body.textContent, ...named].join("\\n");
}"""


def data() -> Iterator[str]:
    """Every text the two apps hold: names, titles, descriptions, reasons."""
    for label in ("marketplace", "vendors"):
        for model in apps.get_app_config(label).get_models():
            names = [field.name for field in model._meta.fields if isinstance(field, CharField | TextField)]
            for row in model._default_manager.values_list(*names) if names else []:
                yield from (value for value in row if isinstance(value, str) and CHINESE.search(value))


def chinese_words(page: Page) -> list[str]:
    """What stands on the page in Chinese and is neither data nor an example."""
    text = page.evaluate(WORDS)
    for value in sorted({*data(), *EXAMPLES}, key=len, reverse=True):
        text = text.replace(value, "")
    return CHINESE.findall(text)


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
    _member, token = grouporders.issue_links(group_order=group_order, by=market.users["clerk"], at=market.now)[0]
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

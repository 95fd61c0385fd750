"""Lists in a real browser: filter to basket by keyboard, the same without JavaScript, suggestions, and every page looked at."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.looks import look, look_without_scripts
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_until(page: Page, selector: str) -> None:
    """Press Tab until what the selector names has the focus."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def test_from_a_filter_to_the_basket_by_keyboard(market: World, person: Person) -> None:
    page = person("buyer")
    page.goto("/catalogue/")
    expect(page.locator("#found")).to_have_text("2 件商品")
    tab_until(page, "#choice-category-tea")
    page.keyboard.press("Space")
    expect(page.locator("#found")).to_have_text("1 件商品")
    expect(page).to_have_url(re.compile(r"\?category=tea$"))
    expect(page.locator("#choice-category-tea")).to_be_focused()  # the swap did not take the keyboard away
    page.go_back()
    expect(page.locator("#found")).to_have_text("2 件商品")
    page.wait_for_load_state()
    page.go_forward()
    expect(page.locator("#found")).to_have_text("1 件商品")
    look(page)
    tab_until(page, ".card-title a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="舒城小兰花")).to_be_visible()
    page.get_by_label("数量").press("2")
    page.get_by_label("数量").press("Enter")
    expect(page.locator(".messages")).to_contain_text("采购篮已更新")


def test_the_same_without_javascript_on_a_phone(market: World, person: Person) -> None:
    page = person(width=PHONE, scripts=False)
    page.goto("/catalogue/")
    page.locator("#filter-sheet > summary").click()
    look_without_scripts(page)
    page.locator("#choice-category-tea").check()
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#found")).to_have_text("1 件商品")
    page.locator(".chip", has_text="茶").click()
    expect(page.locator("#found")).to_have_text("2 件商品")
    page.get_by_label("搜索").fill("xlh")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("mark")).to_have_text("小兰花")
    page.get_by_role("link", name="舒城小兰花").click()
    expect(page.get_by_role("heading", level=1, name="舒城小兰花")).to_be_visible()


def test_a_buyer_walks_on_into_the_basket_without_javascript_on_a_phone(market: World, person: Person) -> None:
    page = person("buyer", PHONE, scripts=False)
    page.goto("/catalogue/?q=xlh")
    page.get_by_role("link", name="舒城小兰花").click()
    quantity = page.get_by_label("数量")
    look_without_scripts(page)
    quantity.fill("3")
    page.get_by_role("button", name="放入采购篮").click()
    expect(page.locator(".messages")).to_contain_text("采购篮已更新")
    expect(page.get_by_role("heading", level=1, name="舒城小兰花")).to_be_visible()  # one goes on looking from here
    page.goto("/organisations/society/basket/")
    line = page.locator("main").get_by_label("舒城小兰花")
    expect(line).to_have_value("3")
    look_without_scripts(page)
    line.fill("2")
    page.get_by_role("button", name="修改 舒城小兰花").click()
    expect(page.locator("main").get_by_label("舒城小兰花")).to_have_value("2")
    page.reload()
    expect(page.locator("main").get_by_label("舒城小兰花")).to_have_value("2")


def test_names_are_suggested_and_chosen_by_keyboard(market: World, person: Person) -> None:
    page = person()
    page.goto("/catalogue/")
    field = page.get_by_role("combobox", name="搜索")
    field.focus()
    page.keyboard.type("xlh")
    option = page.get_by_role("option", name="小兰花")
    expect(option).to_be_visible()
    look(page)
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    page.keyboard.type(" ")
    page.keyboard.press("Backspace")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("1 件商品")


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_every_page_around_the_catalogue_is_looked_at(market: World, person: Person, width: int) -> None:
    page = person(width=width)
    places = ["/calendar/", "/places/", "/vendors/", f"/vendors/{market.tea_vendor.slug}/"]
    places += [f"/places/{market.tea.origin.code[:9]}/", "/catalogue/?q=小蓝花", "/catalogue/?category=tea&sort=price"]
    for address in places:
        page.goto(address)
        look(page)

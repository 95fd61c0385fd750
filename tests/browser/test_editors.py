"""An editor writes a campaign's page of three blocks, looks at it, submits it; a moderator publishes; a visitor reads."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Person
from tests.browser.looks import look
from tests.factories import pages
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def home(market: World) -> Any:
    """A site with a home page, an editor and a moderator."""
    made = pages.home()
    pages.newsroom()
    return made


def choose(page: Page, button: str, name: str) -> None:
    """Open a chooser by its button and take what has this name."""
    page.get_by_role("button", name=button, exact=True).last.click()
    page.locator(".modal-body a[data-chooser-modal-choice]").filter(has_text=name).first.click()
    expect(page.locator(".modal-body")).to_have_count(0)


def insert(page: Page, block: str) -> None:
    """Put a block of this kind at the end of the page."""
    page.locator(".c-sf-add-button").last.click()
    page.get_by_role("option", name=block, exact=True).click()


def write(page: Page, home: Any) -> None:
    """The campaign's page, with a heading, its progress and a shelf."""
    page.goto(f"/admin/pages/add/pages/campaignpage/{home.pk}/")
    page.locator("#id_title").fill("秋天一起买")
    choose(page, "选择活动", "秋季攻势")
    page.locator("#id_lead").fill("把秋收的好物带回来。")
    insert(page, "标题")
    page.locator("#body-0-value").fill("怎样参加")
    insert(page, "活动进度")
    choose(page, "选择活动", "秋季攻势")
    insert(page, "商品货架")
    page.locator("#body-2-value-heading").fill("大家正在买的")
    with page.expect_navigation():
        page.get_by_role("button", name="保存草稿").click()
    expect(page).to_have_url(re.compile(r"/admin/pages/\d+/edit/"))


def seen(page: Page) -> None:
    """The page of the campaign as it should be, whoever sees it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("秋天一起买")
    expect(page.get_by_role("heading", name="怎样参加")).to_be_visible()
    expect(page.get_by_role("heading", name="大家正在买的")).to_be_visible()
    expect(page.locator(".card").filter(has_text="舒城小兰花")).to_be_visible()
    expect(page.locator("progress")).to_have_count(2)


def test_a_campaign_page_from_the_first_word_to_the_public(person: Person, market: World, home: Any) -> None:
    editor = person("editor")
    expect(editor).to_have_url(re.compile("/admin/$"))
    write(editor, home)
    number = re.search(r"/pages/(\d+)/", editor.url)[1]  # type: ignore[index]  # waited for
    editor.goto(f"/admin/pages/{number}/view_draft/")
    seen(editor)
    look(editor)

    editor.goto(f"/admin/pages/{number}/edit/")
    editor.get_by_role("button", name="更多动作").click()
    editor.get_by_role("button", name=re.compile("提交给")).click()
    expect(editor.get_by_text("已经提交进行审核").first).to_be_visible()

    visitor = person(None, PHONE)
    assert visitor.request.get("/秋天一起买/").status == 404

    moderator = person("moderator")
    expect(moderator.get_by_text("秋天一起买").first).to_be_visible()
    moderator.goto(f"/admin/pages/{number}/edit/")
    moderator.get_by_role("button", name="更多动作").click()
    with moderator.expect_navigation():
        moderator.get_by_role("button", name="批准 和发布", exact=True).click()

    pages.CampaignPage.objects.get(pk=number, live=True)
    visitor.goto(pages.CampaignPage.objects.get(pk=number).url)
    seen(visitor)
    look(visitor)

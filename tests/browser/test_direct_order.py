"""A social organisation's direct order in Chinese, from a search to the totals; the buying by keyboard alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from marketplace.parties.actions import office_day
from tests.browser.conftest import HEIGHTS, PHONE, Person
from tests.browser.looks import look
from tests.browser.steps import amount_to_invoice, desk, follow, photograph, press, told
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

TABS = 60  # no control on these pages is further from the skip link
# The ring stands around the control, around what its ::after covers, or around the card it opens.
HAS_RING = """node => [[node], [node, "::after"], [node.closest(".card") || node]]
    .some(([where, part]) => getComputedStyle(where, part).outlineStyle !== "none")"""
STEPS = ["下单", "供应商确认", "供应商发货", "采购方收货", "采购方验收", "发票相符", "账单付清"]


def test_a_direct_order_from_a_search_to_the_totals(market: World, person: Person) -> None:
    visitor = person(width=PHONE)
    visitor.goto("/impact/")
    expect(visitor.get_by_role("heading", name="还没有完结的采购")).to_be_visible()

    buyer = person("buyer")
    find_and_request_by_keyboard(buyer)
    approve_and_place(person("head"))
    vendor = person("teaco", PHONE)
    answer_and_dispatch(vendor)
    keeper = person("keeper")
    receive_and_accept(keeper)
    enter_the_fapiao(vendor)
    pay(keeper)

    read_the_timelines(buyer, vendor, person("officer"))
    visitor.reload()
    look(visitor)
    expect(visitor.locator(".stat").filter(has_text="来自舒城县的已完结采购")).to_contain_text("¥300.00")
    expect(visitor.get_by_role("table", name="按产地乡镇").get_by_role("row", name="南港镇")).to_contain_text("¥300.00")


# The keyboard alone.


def tab_to(page: Page, control: Locator) -> None:
    """Press Tab until the control has the focus, and see that it shows."""
    for _press in range(TABS):
        page.keyboard.press("Tab")
        if control.evaluate("node => node === document.activeElement"):
            break
    expect(control).to_be_focused()
    assert control.evaluate(HAS_RING), f"nothing shows that {control} has the focus"


def enter(page: Page, control: Locator) -> None:
    """Tab to the control and press Enter, which leads to another page."""
    tab_to(page, control)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def find_and_request_by_keyboard(page: Page) -> None:
    page.goto("/catalogue/")
    look(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("搜索")).to_be_focused()
    page.keyboard.type("兰花")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 件商品")).to_be_visible()
    look(page)
    enter(page, page.get_by_role("link", name="舒城小兰花"))
    look(page)
    tab_to(page, page.get_by_label("数量"))
    page.keyboard.type("3")
    enter(page, page.get_by_role("button", name="放入采购篮"))
    told(page, "Society的采购篮已更新。")
    enter(page, page.get_by_role("navigation", name="主导航").get_by_role("link", name="我的工作台"))
    look(page)
    enter(page, page.get_by_role("link", name="采购篮", exact=True))
    expect(page.get_by_role("row", name="合计")).to_contain_text("¥300.00")
    look(page)
    tab_to(page, page.get_by_label("给审批人的说明"))
    page.keyboard.type("慰问敬老院")
    enter(page, page.get_by_role("button", name="起草采购申请"))
    told(page, "采购申请已起草。请核对后提交。")
    enter(page, page.get_by_role("button", name="提交", exact=True))
    told(page, "采购申请已提交。接下来由审批人决定。")


# The others.


def approve_and_place(page: Page) -> None:
    desk(page, "批准或退回采购申请")
    expect(page.get_by_text("慰问敬老院")).to_be_visible()
    look(page)
    press(page, "批准")
    told(page, "已批准。现在可以下单。")
    press(page, "下单")
    told(page, "已下单：每家供应商都有了订单，账单已开出。")


def answer_and_dispatch(page: Page) -> None:
    desk(page, "答复订单")
    expect(page.get_by_label("可供数量")).to_have_value("3")
    page.get_by_label("送达日期").fill((office_day(timezone.now()) + timedelta(days=2)).isoformat())
    press(page, "发送答复")
    told(page, "答复已发给采购方。接下来是发货。")
    page.get_by_label("运单号").fill("YT0001")
    press(page, "发货")
    told(page, "货已在途；采购方验收人的工作台上已有提示。")


def receive_and_accept(page: Page) -> None:
    desk(page, "收货")
    follow(page, "收货 CN-")
    expect(page.get_by_label("完好")).to_have_value("3")
    press(page, "保存清点结果")
    told(page, "收货已登记。")
    follow(page, "验收货物")
    press(page, "验收并生成验收单")
    told(page, "已验收。验收单可以打印了，缺少的部分不必付款。")


def enter_the_fapiao(page: Page) -> None:
    desk(page, "登记发票")
    page.get_by_label("发票号码").fill("26340000000000000077")
    page.get_by_label("发票抬头").fill("Society（抬头）")
    page.get_by_label("价税合计，含运费（元）").fill(amount_to_invoice(page))
    page.get_by_label("合计税额（元）").fill("0")
    press(page, "登记发票")
    told(page, "发票与验收金额相符。")


def pay(page: Page) -> None:
    desk(page, "支付账单")
    page.get_by_label("银行流水号").fill("BOC 77")
    page.get_by_label("凭证").set_input_files(photograph())
    press(page, "登记转账")
    told(page, "转账已登记。")


def read_the_timelines(buyer: Page, vendor: Page, officer: Page) -> None:
    """Buyer, vendor and officer each see the same seven steps done."""
    buyer.goto("/organisations/society/purchases/")
    look(buyer)
    expect(buyer.get_by_role("row").filter(has_text="TeaCo")).to_contain_text("已完结")
    buyer.get_by_role("row").filter(has_text="TeaCo").get_by_role("link").first.click()
    expect(buyer.get_by_text("这张订单已完结")).to_be_visible()
    vendor.goto("/vendor/orders/")
    vendor.get_by_role("row").filter(has_text="Society").get_by_role("link").click()
    officer.goto("/admin/marketplace/orders/")
    look(officer)
    officer.get_by_role("row").filter(has_text="Society").get_by_role("link").click()
    for page in (buyer, vendor, officer):
        done = page.locator(".timeline li[data-state=done] .timeline-what")
        expect(done).to_have_text([re.compile(step) for step in STEPS])
        look(page)
    officer.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
    look(officer)

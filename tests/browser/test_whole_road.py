"""The whole road on the real pages, in Chinese: from a vendor's phone to the totals, everybody by what they see."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from marketplace.money import Money, yuan
from marketplace.parties.actions import office_day
from marketplace.payments.gateways.base import Receipt
from marketplace.purchase.pay import accepted_amount, enter_fapiao, record_payment
from tests.browser.conftest import PHONE, Person
from tests.browser.looks import look, look_without_scripts
from tests.browser.steps import amount_to_invoice, desk, downloaded, follow, photograph, press, refused, told
from tests.factories import market as trade
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]

NEW = "舒城黄大茶 250 克"
FAPIAO = "26340000000000000042"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_the_whole_road_from_a_listing_to_the_totals(market: World, person: Person) -> None:
    earlier_purchase(market, yuan(40))
    vendor = person("teaco", PHONE)
    list_a_product(vendor)
    officer = person("officer")
    review_and_publish(officer)
    assert read_totals(officer, person()) == yuan(40)

    organiser = person("clerk")
    import_the_roster(organiser)
    prepare_the_group_order(organiser)
    links = download_links(organiser)
    choose_without_scripts(person(None, PHONE, scripts=False), links["张三"])
    take_the_package(person(None, PHONE), links["李四"])
    choose_on_behalf_and_close(organiser)

    approve_and_place(person("chair"))
    answer_and_dispatch(vendor)
    receive_and_accept(person("store", PHONE))
    enter_the_fapiao(vendor)
    pay_by_transfer(person("treasurer"))
    hand_out(organiser)

    # 18 tins of tea at ¥80 and 8 of the new tea at ¥41.20, beside the earlier ¥40.
    assert read_totals(officer, person()) == yuan("1809.60")
    read_the_register(officer)


def earlier_purchase(market: World, amount: Money) -> None:
    """A completed purchase of the society, so that the totals start from something."""
    order = trade.bought(market, [market.rice_pack])[0]
    factory.answered(order, market.now)
    order = factory.delivered(order, market.users["keeper"], market.now)
    assert accepted_amount(order) == amount
    fapiao = {"number": "26340000000000000001", "title": order.fapiao_title, "amount": amount}
    enter_fapiao(order=order, issued_on=office_day(market.now), by=factory.seat(order), at=market.now, **fapiao)
    receipt = Receipt("ICBC-0", amount, office_day(market.now))
    record_payment(invoice=order.requisition.invoice, receipt=receipt, by=market.users["keeper"], at=market.now)


# The vendor lists, the officer reviews and reads.


def list_a_product(page: Page) -> None:
    look(page)
    follow(page, "发布商品")
    look(page)
    page.get_by_label("品种").select_option(label="舒城小兰花")
    page.get_by_label("标题").fill(NEW)
    page.get_by_label("一句话简介").fill("高火香浓的黄大茶")
    page.get_by_label("介绍", exact=True).fill("晓天镇山场谷雨后采摘，炭火拉老火。阴凉干燥处保存。")
    page.get_by_label("产地").select_option(label="晓天镇 白桑园村")
    page.get_by_label("发票税率").select_option(label="免税")
    press(page, "保存")
    follow(page, "规格与价格")
    look(page)
    pack = page.locator("details").filter(has=page.get_by_text("规格 1", exact=True)).first
    pack.get_by_label("规格").fill("250 克罐")
    pack.get_by_label("单位").fill("罐")
    pack.get_by_label("单价（元）").first.fill("45.50")
    pack.get_by_label("库存").fill("30")
    pack.get_by_label("起订量").fill("2")
    pack.get_by_label("毛重（含包装）").fill("300克")
    pack.get_by_text("阶梯价", exact=True).click()
    pack.get_by_label("起始数量").first.fill("4")
    pack.get_by_label("单价（元）").nth(1).fill("41.20")
    press(page, "保存")
    follow(page, "图片")
    picture = page.locator("details").filter(has=page.get_by_text("图片 1", exact=True)).first
    picture.get_by_label("图片", exact=False).first.set_input_files(photograph())
    picture.get_by_label("图片内容说明").fill("一罐黄大茶，旁边是冲泡好的茶汤")
    press(page, "保存")
    look(page)
    press(page, "提交审核")
    told(page, "已提交。接下来由县里的审核人查看。")
    expect(page.get_by_role("article").filter(has_text=NEW)).to_contain_text("审核中")


def review_and_publish(page: Page) -> None:
    look(page)
    follow(page, f"审核商品：{NEW}")
    look(page)
    expect(page.get_by_role("row", name="250 克罐（罐） ¥45.50 ≥4: ¥41.20 2 / 1 30 300 g")).to_be_visible()
    expect(page.frame_locator("iframe").get_by_role("img", name="一罐黄大茶").first).to_be_visible()
    press(page, "通过并上架")
    expect(page.get_by_text(f"“{NEW}”已按您审核的内容原样上架。")).to_be_visible()


def read_totals(officer: Page, visitor: Page) -> Money:
    """The completed amount as the dashboard and the public page say it; both must say the same."""
    officer.goto("/admin/marketplace/")
    look(officer)
    figures = officer.get_by_role("link", name=re.compile(r"^¥[\d,.]+ ?已完结$")).all_inner_texts()
    said = {Money.parse(figure.replace("已完结", "")) for figure in figures}
    visitor.goto("/impact/")
    look(visitor)
    stat = visitor.locator(".stat").filter(has_text="来自舒城县的已完结采购")
    said.add(Money.parse(stat.locator(".stat-value").inner_text()))
    visitor.context.close()
    assert len(figures) == 2  # the county's and the campaign's
    assert len(said) == 1
    return said.pop()


# The organiser: roster, terms, offers, links.


def roster() -> dict[str, Any]:
    book = Workbook()
    rows = [
        ["宣州区某单位工会会员名册"],
        ["姓名", "部门", "工号", "手机", "入会日期"],
        ["张 三", "办公室", "Ａ００１", "１３８００００００１１", "2020-09-01"],
        ["李四", "财务科", "A002", "", "2023-03-15"],
        ["王五", "财务科", "A003", 13800000013, ""],
        ["赵六", "办公室", "A004", "", ""],
    ]
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return {"name": "会员名册.xlsx", "mimeType": XLSX, "buffer": buffer.getvalue()}


def import_the_roster(page: Page) -> None:
    look(page)
    follow(page, "会员名册")
    look(page)
    page.get_by_label("名册文件（.xlsx）").set_input_files(roster())
    press(page, "读取文件")
    told(page, "还没有任何改动")
    expect(page.locator(".stat").filter(has_text="新增")).to_contain_text("4")
    expect(page.get_by_role("row", name=re.compile("新增.*张三.*办公室"))).to_be_visible()
    press(page, "确认全部")
    told(page, "名册已更新。")
    follow(page, "会员名册")
    expect(page.get_by_text("名册上有 4 位会员")).to_be_visible()
    expect(page.get_by_role("row", name="张三")).to_contain_text("A001")


def prepare_the_group_order(page: Page) -> None:
    follow(page, "集采单")
    look(page)
    follow(page, "新建集采单")
    look(page)
    page.get_by_label("标题").fill("元旦慰问品")
    page.get_by_label("活动").select_option(label="秋季攻势")
    page.get_by_label("用途").select_option(label="节日慰问品")
    page.get_by_label("资金来源").select_option(label="工会经费")
    page.get_by_label("每人额度（元）").fill("1900")
    page.get_by_label("给会员的话").fill("祝大家元旦快乐！")
    press(page, "保存并继续")
    told(page, "条款已保存。接着选定会员可选的商品。")
    page.get_by_role("checkbox", name="舒城小兰花 · 1 kg 袋").check()
    page.get_by_role("checkbox", name=f"{NEW} · 250 克罐").check()
    page.get_by_label("套餐中舒城小兰花的数量").fill("1")
    page.get_by_label(f"套餐中{NEW}的数量").fill("2")
    page.get_by_label("套餐名称").fill("茶香套餐")
    press(page, "保存可选商品")
    told(page, "可选商品已保存。")
    press(page, "开放集采单")
    told(page, "集采单已开放。接着分发个人链接。")


def download_links(page: Page) -> dict[str, str]:
    """Name → personal link, as the downloaded workbook has them; the sheet with QR codes is looked at too."""
    rows = downloaded(page, lambda: press(page, "链接表格（XLSX）"))
    assert (rows[0][0], rows[0][-1]) == ("部门", "个人链接")
    press(page, "二维码页")
    expect(page.get_by_text("链接只显示这一次")).to_be_visible()
    expect(page.locator(".slip svg")).to_have_count(4)
    look(page)
    follow(page, "返回集采单")
    return {str(row[1]): str(row[4]) for row in rows[1:]}


# The members choose.


def choose_without_scripts(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="元旦慰问品")).to_be_visible()
    expect(page.locator(".stat").filter(has_text="您的额度")).to_contain_text("¥1,900.00")
    tea = page.get_by_role("article").filter(has=page.get_by_role("heading", name="舒城小兰花"))
    expect(tea).to_contain_text("大家再凑 5 袋，每份就是¥90.00。")
    look_without_scripts(page)
    page.get_by_label("数量 舒城小兰花 1 kg 袋").fill("20")
    press(page, "保存我的选择")
    refused(page, "超出您的额度¥100.00：请少选一些，或换小一点的。原有选择没有改动。")
    expect(page.get_by_label("数量 舒城小兰花 1 kg 袋")).to_have_value("20")
    look_without_scripts(page)
    page.get_by_label("数量 舒城小兰花 1 kg 袋").fill("15")
    page.get_by_label(f"数量 {NEW} 250 克罐").fill("8")
    press(page, "保存我的选择")
    expect(page.get_by_text("您的选择已保存，截止前可以随时更改。").first).to_be_visible()
    expect(page.locator(".stat").filter(has_text="剩余")).to_contain_text("¥36.00")
    expect(tea).to_contain_text("大家一起，已享每份¥80.00。")
    look_without_scripts(page)


def take_the_package(page: Page, link: str) -> None:
    page.goto(link)
    total, left = page.locator("[data-total]"), page.locator("[data-left]")
    expect(total).to_have_text("¥0.00")
    page.get_by_role("button", name="舒城小兰花加一份").click()
    page.get_by_label(f"数量 {NEW} 250 克罐").fill("2")
    expect(total).to_have_text("¥191.00")
    expect(left).to_have_text("¥1,709.00")
    look(page)
    press(page, "要套餐")
    told(page, "您的选择已保存，截止前可以随时更改。")
    expect(page.get_by_label("数量 舒城小兰花 1 kg 袋")).to_have_value("1")
    expect(page.get_by_label(f"数量 {NEW} 250 克罐")).to_have_value("2")
    expect(page.locator(".stat").filter(has_text="剩余")).to_contain_text("¥1,709.00")


def choose_on_behalf_and_close(page: Page) -> None:
    desk(page, "4 位会员中已有 2 位选好")
    waiting = page.get_by_role("row").filter(has_text="尚未选")
    expect(waiting).to_have_count(2)
    expect(waiting.nth(0)).to_contain_text("赵六")
    expect(waiting.nth(1)).to_contain_text("王五")
    follow(page, "代选 王五")
    look(page)
    page.get_by_label("数量 舒城小兰花 1 kg 袋").fill("3")
    press(page, "保存这次选择")
    told(page, "已代王五选好。")
    expect(waiting).to_have_count(1)
    press(page, "截止集采单")
    told(page, "集采单已截止。大家都按达到的阶梯价付款。")
    press(page, "起草采购申请")
    told(page, "采购申请已起草。请核对后提交。")
    expect(page.get_by_role("row", name="合计")).to_contain_text("¥1,932.00")
    press(page, "提交")
    told(page, "采购申请已提交。接下来由审批人决定。")


# Approval, delivery, money.


def approve_and_place(page: Page) -> None:
    desk(page, "批准或退回采购申请")
    look(page)
    expect(page.get_by_text("张三（办公室）今年将累计到¥1,529.60，超过上限¥1,500.00共¥29.60。")).to_be_visible()
    press(page, "批准")
    told(page, "已批准。现在可以下单。")
    press(page, "下单")
    told(page, "已下单：每家供应商都有了订单，账单已开出。")


def answer_and_dispatch(page: Page) -> None:
    desk(page, "答复订单")
    look(page)
    day = (office_day(timezone.now()) + timedelta(days=3)).isoformat()
    tea, new = (page.get_by_role("group", name=title) for title in ("舒城小兰花", NEW))
    tea.get_by_label("送达日期").fill(day)
    new.get_by_label("可供数量").fill("8")
    new.get_by_label("送达日期").fill(day)
    new.get_by_label("不能全供的原因").fill("炭火坊只剩这些")
    press(page, "发送答复")
    told(page, "答复已发给采购方。接下来是发货。")
    expect(page.get_by_label("舒城小兰花 1 kg 袋：本次发出（剩余 19 袋）")).to_have_value("19")
    page.get_by_label("承运方").fill("顺丰")
    page.get_by_label("运单号").fill("SF1234567890")
    press(page, "发货")
    told(page, "货已在途；采购方验收人的工作台上已有提示。")
    follow(page, "发货单")
    expect(page.get_by_text("SF1234567890")).to_be_visible()
    look(page)


def receive_and_accept(page: Page) -> None:
    desk(page, "收货")
    look(page)
    follow(page, "收货 CN-")
    look(page)
    tea = page.get_by_role("group", name="舒城小兰花")
    tea.get_by_label("完好").fill("18")
    tea.get_by_label("破损").fill("1")
    press(page, "保存清点结果")
    told(page, "收货已登记。")
    expect(page.get_by_text("舒城小兰花 × 19（破损 1）")).to_be_visible()
    follow(page, "验收货物")
    look(page)
    press(page, "验收并生成验收单")
    told(page, "已验收。验收单可以打印了，缺少的部分不必付款。")
    follow(page, "验收单")
    expect(page.get_by_role("row", name="验收金额")).to_contain_text("¥1,769.60")
    look(page)


def enter_the_fapiao(page: Page) -> None:
    desk(page, "登记发票")
    page.get_by_label("发票号码").fill(FAPIAO)
    page.get_by_label("发票抬头").fill("宣州区某单位")
    page.get_by_label("价税合计，含运费（元）").fill(amount_to_invoice(page))
    page.get_by_label("合计税额（元）").fill("0")
    press(page, "登记发票")
    refused(page, "发票抬头应为“Union（抬头）”，而不是“宣州区某单位”。请重开后登记新发票。")
    look(page)
    expect(page.get_by_label("发票号码")).to_have_value(FAPIAO)
    expect(page.get_by_label("发票抬头")).to_have_value("宣州区某单位")
    page.get_by_label("发票抬头").fill("Union（抬头）")
    press(page, "登记发票")
    told(page, "发票与验收金额相符。")


def pay_by_transfer(page: Page) -> None:
    desk(page, "支付账单")
    look(page)
    follow(page, "付款通知单")
    expect(page.get_by_role("definition").filter(has_text="¥1,769.60")).to_be_visible()
    look(page)
    follow(page, "返回账单")
    page.get_by_label("银行流水号").fill("ICBC-20261124-7")
    page.get_by_label("凭证").set_input_files(photograph())
    press(page, "登记转账")
    told(page, "转账已登记。")
    expect(page.get_by_role("row", name="ICBC-20261124-7")).to_contain_text("查看")
    expect(page.locator(".stat").filter(has_text="未付")).to_contain_text("¥0.00")


def hand_out(page: Page) -> None:
    desk(page, "发放物品")
    look(page)
    press(page, "生成签领册")
    told(page, "签领册可以打印了。")
    follow(page, "打开签领册")
    expect(page.get_by_role("row", name="张三")).to_contain_text("× 15")
    expect(page.get_by_role("row", name="赵六")).to_have_count(0)
    for name in ("张三", "李四"):
        page.get_by_role("checkbox", name=f"已领 {name}").check()
    press(page, "保存勾选")
    told(page, "勾选已保存。")
    expect(page.get_by_text("已发放 2 / 3")).to_be_visible()
    expect(page.get_by_role("checkbox", name="已领 张三")).to_be_checked()


def read_the_register(page: Page) -> None:
    rows = downloaded(page, lambda: follow(page, "台账（XLSX）"))
    place = {name: number for number, name in enumerate(rows[1])}
    lines = [row for row in rows if row[place["商品"]] == NEW]
    assert len(lines) == 1
    wanted = {"采购单位": "Union", "产地乡镇": "晓天镇", "产地": "白桑园村", "规格": "250 克罐", "数量": 8}
    assert {name: lines[0][place[name]] for name in wanted} == wanted
    assert Money.parse(str(lines[0][place["金额（元）"]])) == yuan("329.60")
    assert lines[0][place["发票号码"]] == FAPIAO
    assert Money.parse(str(rows[-1][place["金额（元）"]])) == yuan("1809.60")

"""Purchases made elsewhere in any state, by the actions people use."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from openpyxl import Workbook
from pypdf import PdfWriter

from marketplace.catalogue.models import Category
from marketplace.impact.elsewhere import actions
from marketplace.impact.elsewhere.models import ElsewherePurchase
from marketplace.impact.elsewhere.rules import Entry, EntryLine
from marketplace.money import Money, yuan
from marketplace.uploads import Upload
from tests.factories import world as factory
from tests.factories.world import World


def _pdf() -> bytes:
    """A whole PDF of one empty page."""
    buffer = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=100)
    writer.write(buffer)
    return buffer.getvalue()


SCAN = Upload("receipt.pdf", _pdf())
TEA, RICE = "341523108901", "341523105901"  # the vendors' home villages


def line(what: str = "小兰花茶", amount: Money | None = None, *, origin: str = TEA, shelf: str = "tea") -> EntryLine:
    """One line of so much from a village."""
    return EntryLine(what, Category.objects.get(slug=shelf), factory.region(origin), amount or yuan(100), 5, "斤")


def entry(world: World, *lines: EntryLine, **changed: Any) -> Entry:
    """A direct purchase at a market stall two days ago, of 100 yuan unless told otherwise."""
    typed = Entry(
        mode="direct",
        channel="market",
        seller_name="山里人家",
        purpose="canteen",
        fund_source="canteen",
        bought_on=date(2026, 11, 21),
        lines=lines or (line(),),
        campaign=world.campaign,
    )
    return replace(typed, **changed)


def helped(world: World, *lines: EntryLine, **changed: Any) -> Entry:
    """A sale this organisation helped to bring about."""
    return entry(world, *lines, mode="helped", helped_buyer="社区居民", **changed)


def entered(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Written down by the society's buyer, with a voucher."""
    buyer = world.users["buyer"]
    made = actions.enter_purchase(organisation=world.society, entry=typed or entry(world), by=buyer, at=world.now)
    actions.add_vouchers(purchase=made, vouchers=[SCAN], by=buyer, at=world.now)
    return made


def submitted(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Handed to the county's officers."""
    return actions.submit_purchase(purchase=entered(world, typed), by=world.users["buyer"], at=world.now)


HEAD = [
    "采购日期",
    "方式",
    "渠道",
    "卖方",
    "商品",
    "品类",
    "产地",
    "金额",
    "数量",
    "用途",
    "资金来源",
    "外部单号",
    "实际购买人",
]
ROW = ["2026-11-20", "直接采购", "832平台", "茶叶店", "茶", "茶叶", "341523", "120.5", "3", "食堂", "食堂经费", "", ""]


def sheet(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    """A sheet as an office keeps it, of one good row unless told otherwise."""
    book = Workbook()
    book.active.append(["采购台账"])
    book.active.append(list(head))
    for row in rows or (row_of(),):
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def row_of(**changed: Any) -> list[Any]:
    """A good row, with some of its cells changed."""
    cells = {**dict(zip(HEAD, ROW, strict=True)), "产地": factory.region(TEA).name, **changed}
    return [cells[name] for name in HEAD]


def district(world: World) -> Any:
    """The officer of the buyers' county, made when first asked for."""
    if "district" not in world.users:
        world.users["district"] = factory.officer("district", "341802", world.now)
        world.users["second"] = factory.officer("second", "341802", world.now)
    return world.users["district"]


def confirmed(world: World, typed: Entry | None = None) -> ElsewherePurchase:
    """Confirmed by the district's officer."""
    made = submitted(world, typed)
    return actions.confirm_purchase(purchase=made, submission=1, by=district(world), at=world.now)

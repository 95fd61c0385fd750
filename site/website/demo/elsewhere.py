"""What organisations bought outside the platform and helped to sell: every state, both ways, and a sheet of many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.models import Category
from marketplace.impact.elsewhere import actions, importing
from marketplace.impact.elsewhere.models import ElsewhereImport, ElsewherePurchase
from marketplace.impact.elsewhere.rules import Entry, EntryLine
from marketplace.money import yuan
from marketplace.parties.actions import office_day
from marketplace.sheets import make_workbook
from marketplace.uploads import Upload

from .founding import Cast
from .steps import person, scan

OFFICER, OPERATOR = "officer-xuanzhou", "operator"
HEAD = [
    "采购日期", "方式", "渠道", "卖方", "商品", "品类", "产地", "金额（元）", "数量", "单位", "用途", "资金来源", "外部单号", "实际购买人",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase to be told: whose, when entered, from whom, and its lines (what, shelf, place, yuan, quantity, unit)."""

    organisation: str
    day: float
    seller: str
    lines: list[tuple[str, str, str, int, int, str]]
    channel: str = "832"
    mode: str = "direct"
    purpose: str = "canteen"
    fund_source: str = "canteen"
    number: str = ""
    fapiao: str = ""
    code: str = ""
    helped_buyer: str = ""
    note: str = ""


def tell(cast: Cast) -> None:
    """Confirmed, voided, about to be voided, waiting (one of them too long), returned, withdrawn, and begun."""
    _confirmed(cast)
    _voided(cast)
    _waiting(cast)
    _sent_back(cast)
    _sheets(cast)


def _confirmed(cast: Cast) -> None:
    canteen = [
        ("双塘稻虾米 10 kg", "grain", "341523105901", 4560, 60, "袋"),
        ("山茶油 5 L", "oil", "341523109901", 3980, 20, "桶"),
        ("时令蔬菜", "fruit-vegetables", "341523102", 1260, 420, "斤"),
    ]
    _confirm(
        cast, Bought("qinghe-welfare", -34, "双塘稻虾种养专业合作社（示范）", canteen, number="DD202610180001"), -31
    )
    eggs = [("土鸡蛋", "poultry-eggs", "341523112901", 1680, 56, "箱")]
    market = Bought(
        "nuanlu-elder-care",
        -27,
        "燕春家庭农场展销摊位（示范）",
        eggs,
        channel="market",
        fund_source="organisation",
        fapiao="26340000000000900001",
    )
    _confirm(cast, market, -25)
    teas = [
        ("小兰花秋茶", "tea", "341523108901", 5400, 30, "盒"),
        ("金丝皇菊", "flower-tea", "341523200901", 2160, 36, "罐"),
    ]
    helped = Bought(
        "qingteng-volunteers",
        -20,
        "河西茶农联户（示范）",
        teas,
        channel="market",
        mode="helped",
        purpose="charity",
        fund_source="private",
        helped_buyer="敬亭山街道三个社区的居民",
        note="周末集市，志愿者帮忙吆喝",
    )
    _confirm(cast, helped, -17)


def _voided(cast: Cast) -> None:
    honey = [("百花蜜", "bee", "341523101202", 960, 12, "瓶")]
    made = _confirm(cast, Bought("wutong-school", -15, "三元蜂农（示范）", honey, channel="phone"), -13)
    asked = actions.propose_voiding(purchase=made, reason="货退了，卖方已退款", by=cast.users[OFFICER], at=cast.at(-6))
    actions.agree_to_void(voiding=asked, by=cast.users[OPERATOR], at=cast.at(-5))
    toon = [("香椿酱", "prepared", "341523203901", 640, 32, "瓶")]
    doubted = _confirm(
        cast, Bought("shuiyang-township", -12, "转水湾食品店（示范）", toon, number="DD202611080017"), -9
    )
    actions.propose_voiding(
        purchase=doubted, reason="付款凭证是另一家单位的，待核", by=cast.users[OFFICER], at=cast.at(-2)
    )


def _waiting(cast: Cast) -> None:
    chestnuts = [("板栗仁", "dried-goods", "341523101203", 2400, 80, "袋")]
    twice = Bought(
        "civil-affairs",
        -10,
        "晓天山货批发部（示范）",
        chestnuts,
        channel="phone",
        purpose="holiday_gifts",
        fund_source="union",
        code="92341523MA8TEXT250",
    )
    _submit(cast, twice)
    _submit(cast, twice, day=-3)
    chickens = [("散养土鸡", "poultry-eggs", "341523113901", 3200, 20, "只")]
    helped = Bought(
        "wutong-school",
        -4,
        "龙骨村股份经济合作社（示范）",
        chickens,
        channel="phone",
        mode="helped",
        purpose="other",
        fund_source="private",
        helped_buyer="学生家长自愿拼单",
    )
    _submit(cast, helped)


def _sent_back(cast: Cast) -> None:
    fish = [("万佛湖鱼头", "aquatic", "341523103901", 1750, 25, "个")]
    returned = _submit(cast, Bought("civil-affairs", -8, "独山鱼行（示范）", fish, channel="market"))
    actions.return_purchase(
        purchase=returned,
        submission=1,
        reason="凭证看不清金额，请补发票或付款截图",
        by=cast.users[OFFICER],
        at=cast.at(-6),
    )
    ginger = [("小黄姜", "fruit-vegetables", "341523105902", 480, 120, "斤")]
    dropped = _submit(cast, Bought("qinghe-welfare", -7, "金东村农户（示范）", ginger, channel="market"))
    clerk = person(cast, "qinghe-welfare", "requester")
    actions.withdraw_purchase(purchase=dropped, by=clerk, at=cast.at(-6))
    _enter(
        cast,
        Bought(
            "qingteng-volunteers", -1, "文冲花茶坊（示范）", [("金丝皇菊", "flower-tea", "341523200901", 880, 16, "罐")]
        ),
    )


def _sheets(cast: Cast) -> None:
    """福利院 keeps a sheet: one was entered, and one waits with rows that cannot be taken."""
    day = office_day(cast.at(-14))
    rows = [
        [day, "直接采购", "832平台", "桃溪菜农合作点（示范）", "时令蔬菜", "果蔬", "桃溪镇", 1320, 440, "斤", "食堂", "食堂经费", "DD202611060101", ""],
        [day, "直接采购", "832平台", "桃溪菜农合作点（示范）", "芦笋", "果蔬", "桃溪镇", 560, 40, "斤", "食堂", "食堂经费", "DD202611060101", ""],
        [day, "帮助销售", "线下", "春塘油坊摊位（示范）", "山茶油", "山茶油", "春塘村", 1990, 10, "桶", "其他", "个人资金", "", "院内职工家属"],
    ]  # fmt: skip
    whole = Upload("食堂十一月上旬凭证.png", scan("vouchers"))
    sheet = _upload(cast, "食堂十一月台账.xlsx", rows, day=-12, voucher=whole)
    clerk = person(cast, "qinghe-welfare", "requester")
    digest = importing.sheet_plan(sheet, at=cast.at(-12)).digest
    made = importing.apply_sheet(sheet=sheet, digest=digest, by=clerk, at=cast.at(-12))
    actions.confirm_purchase(purchase=made[0], submission=1, by=cast.users[OFFICER], at=cast.at(-10))
    late = office_day(cast.at(-2))
    bad = [
        [late, "直接采购", "线下", "桃溪菜农合作点（示范）", "时令蔬菜", "果蔬", "桃溪镇", 760, 250, "斤", "食堂", "食堂经费", "", ""],
        [late, "直接采购", "线下", "路边摊", "苹果", "水果", "桃溪镇", 200, "", "", "食堂", "食堂经费", "", ""],
        [late, "直接采购", "832平台", "桃溪菜农合作点（示范）", "芦笋", "果蔬", "桃溪镇", 560, 40, "斤", "食堂", "食堂经费", "DD202611060101", ""],
    ]  # fmt: skip
    _upload(cast, "食堂十一月下旬.xlsx", bad, day=-1)


def _upload(
    cast: Cast, name: str, rows: list[list[Any]], *, day: float, voucher: Upload | None = None
) -> ElsewhereImport:
    return importing.upload_sheet(
        organisation=cast.organisations["qinghe-welfare"],
        filename=name,
        content=make_workbook("平台外采购", HEAD, rows, above=["福利院食堂采购台账（示范）"]),
        voucher=voucher,
        by=person(cast, "qinghe-welfare", "requester"),
        at=cast.at(day),
    )


def _enter(cast: Cast, bought: Bought, *, day: float | None = None) -> ElsewherePurchase:
    """Written down by the clerk, two days after it was bought."""
    at = cast.at(bought.day if day is None else day)
    entry = Entry(
        mode=bought.mode,
        channel=bought.channel,
        seller_name=bought.seller,
        seller_code=bought.code,
        purpose=bought.purpose,
        fund_source=bought.fund_source,
        bought_on=office_day(cast.at(bought.day - 2)),
        campaign=cast.campaigns["autumn-drive"],
        external_reference=bought.number,
        fapiao_number=bought.fapiao,
        helped_buyer=bought.helped_buyer,
        note=bought.note,
        lines=tuple(
            EntryLine(what, Category.objects.get(slug=shelf), cast.regions[place], yuan(amount), quantity, unit)
            for what, shelf, place, amount, quantity, unit in bought.lines
        ),
    )
    organisation, clerk = cast.organisations[bought.organisation], person(cast, bought.organisation, "requester")
    return actions.enter_purchase(organisation=organisation, entry=entry, by=clerk, at=at)


def _submit(cast: Cast, bought: Bought, *, day: float | None = None) -> ElsewherePurchase:
    """With a photo of the receipt, and handed to the officers."""
    made, at = _enter(cast, bought, day=day), cast.at(bought.day if day is None else day, 11)
    clerk = person(cast, bought.organisation, "requester")
    receipt = Upload("购货凭证（示范）.png", scan(f"receipt {made.reference}"))
    actions.add_vouchers(purchase=made, vouchers=[receipt], by=clerk, at=at)
    return actions.submit_purchase(purchase=made, by=clerk, at=at)


def _confirm(cast: Cast, bought: Bought, day: float) -> ElsewherePurchase:
    made = _submit(cast, bought)
    return actions.confirm_purchase(purchase=made, submission=1, by=cast.users[OFFICER], at=cast.at(day))

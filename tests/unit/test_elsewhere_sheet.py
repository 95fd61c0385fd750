"""A sheet of purchases made elsewhere: what is understood, what is refused and why, and that it is entered whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from marketplace.errors import NotPermitted
from marketplace.impact.elsewhere import importing
from marketplace.impact.elsewhere.errors import (
    SheetAlreadyApplied,
    SheetHasRefusedRows,
    SheetMovedOn,
    SheetUnreadable,
)
from marketplace.impact.elsewhere.models import ElsewhereImport, ElsewhereLine, ElsewherePurchase
from marketplace.impact.elsewhere.reasons import ROW
from marketplace.impact.elsewhere.sheet import disagree, together
from marketplace.money import yuan
from tests.factories import elsewhere
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def uploaded(world: World, *rows: Any, **more: Any) -> ElsewhereImport:
    return importing.upload_sheet(
        organisation=world.society,
        filename="台账.xlsx",
        content=elsewhere.sheet(*rows),
        by=world.users["buyer"],
        at=world.now,
        **more,
    )


def entered(world: World, sheet: ElsewhereImport) -> list[ElsewherePurchase]:
    digest = importing.sheet_plan(sheet, at=world.now).digest
    return importing.apply_sheet(sheet=sheet, digest=digest, by=world.users["buyer"], at=world.now)


def test_rows_with_one_order_number_become_lines_of_one_purchase(world: World) -> None:
    same = {"外部单号": "DD 1", "卖方": "茶叶店"}
    made = entered(
        world,
        uploaded(
            world,
            elsewhere.row_of(**same),
            elsewhere.row_of(外部单号="DD 2", 方式="帮助销售", 实际购买人="社区居民", 渠道="线下"),
            elsewhere.row_of(**same, 品类="粮油", 商品="米", 金额="1,079.50", 数量=""),
        ),
    )
    assert [(row.amount, row.mode, row.channel, row.state) for row in made] == [
        (yuan(1200), "direct", "832", "draft"),
        (yuan("120.5"), "helped", "market", "draft"),
    ]
    lines = ElsewhereLine.objects.filter(purchase=made[0]).values_list("what", "quantity", "origin_code")
    assert list(lines) == [("茶", 3, elsewhere.TEA), ("米", None, elsewhere.TEA)]


def test_with_a_voucher_for_the_whole_sheet_everything_is_submitted_at_once(world: World) -> None:
    made = entered(world, uploaded(world, elsewhere.row_of(), elsewhere.row_of(卖方="另一家"), voucher=elsewhere.SCAN))
    assert [row.state for row in ElsewherePurchase.objects.order_by("pk")] == ["submitted", "submitted"]
    for row in made:
        with row.vouchers.get().file.open("rb") as kept:
            assert kept.read() == elsewhere.SCAN.content


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no day": ({"采购日期": "昨天"}, "date"),
    "no amount": ({"金额": "很多"}, "amount"),
    "nothing paid": ({"金额": "0"}, "amount"),
    "half a pound": ({"数量": "1.5"}, "quantity"),
    "a shelf of its own": ({"品类": "水果"}, "category"),
    "nowhere": ({"产地": "某村"}, "origin"),
    "an unknown mode": ({"方式": "代购"}, "mode"),
    "an unknown channel": ({"渠道": "朋友圈"}, "channel"),
    "no purpose": ({"用途": ""}, "purpose"),
    "an unknown purse": ({"资金来源": "小金库"}, "fund_source"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_row_that_cannot_be_taken_says_why_and_nothing_is_entered(world: World, name: str) -> None:
    changed, code = BAD[name]
    sheet = uploaded(world, elsewhere.row_of(), elsewhere.row_of(**changed))
    with translation.override("en"):
        plan = importing.sheet_plan(sheet, at=world.now)
        assert [row.why for row in plan.rows] == ["", str(ROW[code])]
    with pytest.raises(SheetHasRefusedRows):
        entered(world, sheet)
    assert not ElsewherePurchase.objects.exists()


def test_the_rules_of_a_single_purchase_hold_for_every_row(world: World) -> None:
    first = elsewhere.submitted(world, elsewhere.entry(world, channel="832", external_reference="DD9"))
    sheet = uploaded(
        world,
        elsewhere.row_of(外部单号="dd9"),
        elsewhere.row_of(采购日期="2026-11-24"),
        elsewhere.row_of(方式="帮助销售"),
    )
    with translation.override("en"):
        found = [row.why for row in importing.sheet_plan(sheet, at=world.now).rows]
    assert first.reference in found[0]
    assert "still to come" in found[1]
    assert "who bought" in found[2]


def test_two_purchases_of_one_sheet_with_one_fapiao_are_refused(world: World) -> None:
    head = [*elsewhere.HEAD, "发票号码"]
    rows = [[*elsewhere.row_of(外部单号=number), "26340000000000000001"] for number in ("DD1", "DD2")]
    sheet = importing.upload_sheet(
        organisation=world.society,
        filename="x.xlsx",
        content=elsewhere.sheet(*rows, head=head),
        by=world.users["buyer"],
        at=world.now,
    )
    assert [bool(row.why) for row in importing.sheet_plan(sheet, at=world.now).rows] == [False, True]


def test_what_was_shown_is_what_is_entered_and_only_once(world: World) -> None:
    sheet = uploaded(world, elsewhere.row_of(外部单号="DD1"))
    buyer, shown = world.users["buyer"], importing.sheet_plan(sheet, at=world.now).digest
    with pytest.raises(SheetMovedOn):
        importing.apply_sheet(sheet=sheet, digest="x", by=buyer, at=world.now)
    with pytest.raises(NotPermitted):
        importing.apply_sheet(sheet=sheet, digest=shown, by=world.users["keeper"], at=world.now)
    entered(world, sheet)
    with pytest.raises(SheetAlreadyApplied):
        importing.apply_sheet(sheet=sheet, digest=shown, by=buyer, at=world.now)
    assert ElsewherePurchase.objects.count() == 1


def test_a_file_that_is_no_sheet_says_so(world: World) -> None:
    with pytest.raises(SheetUnreadable):
        importing.upload_sheet(
            organisation=world.society, filename="x.xlsx", content=b"no", by=world.users["buyer"], at=world.now
        )
    assert not ElsewhereImport.objects.exists()


def test_rows_that_are_one_purchase_must_agree() -> None:
    row = {"external_reference": "1", "channel": "832", "seller_name": "甲", "fapiao_number": "", "bought_on": "x"}
    row |= dict.fromkeys(("mode", "purpose", "fund_source", "campaign"), "")
    assert together([row, {**row, "external_reference": ""}, row]) == [[0, 2], [1]]
    assert not disagree([row, row])
    assert disagree([row, {**row, "bought_on": "y"}])

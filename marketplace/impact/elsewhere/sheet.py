"""A sheet of purchases made elsewhere as an office keeps it: reading its rows, and which rows are one purchase. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...parties.imports import SheetRow, read_day, read_sheet, tidy

COLUMNS = {
    "bought_on": ("采购日期", "购买日期", "日期", "boughton", "date"),
    "mode": ("方式", "采购方式", "mode"),
    "channel": ("渠道", "采购渠道", "channel"),
    "seller_name": ("卖方", "卖方名称", "供应商", "销售方", "seller"),
    "seller_code": ("统一社会信用代码", "信用代码", "卖方代码", "creditcode"),
    "what": ("商品", "品名", "商品名称", "what", "product"),
    "category": ("品类", "类别", "商品品类", "category"),
    "origin": ("产地", "原产地", "origin"),
    "amount": ("金额", "采购金额", "amount"),
    "quantity": ("数量", "quantity"),
    "unit": ("单位", "计量单位", "unit"),
    "purpose": ("用途", "purpose"),
    "fund_source": ("资金来源", "经费来源", "fundsource"),
    "campaign": ("活动", "campaign"),
    "external_reference": ("外部单号", "订单号", "平台订单号", "单号", "ordernumber"),
    "fapiao_number": ("发票号码", "发票号", "fapiao", "fapiaonumber"),
    "helped_buyer": ("实际购买人", "购买人", "whobought"),
    "note": ("备注", "note"),
}
LONGEST = {
    "seller_name": 120, "seller_code": 18, "what": 80, "unit": 10, "external_reference": 60, "fapiao_number": 40,
    "helped_buyer": 120, "note": 300,
}  # fmt: skip
SHARED = ("bought_on", "mode", "channel", "seller_name", "purpose", "fund_source", "campaign", "fapiao_number")


def read_purchases(content: bytes, *, limit: int) -> list[dict[str, Any]]:
    """The rows of an XLSX file as plain text by column, with ``line`` and ``problem`` (a code or '').

    ``Unreadable`` when it is none, has no heading for what was bought, no rows, or more than ``limit``.
    """
    return [_row(row) for row in read_sheet(content, columns=COLUMNS, needed="what", limit=limit)]


def _row(row: SheetRow) -> dict[str, Any]:
    found: dict[str, Any] = {name: tidy(row.cells.get(name)) for name in COLUMNS}
    found["bought_on"], day_is_bad = read_day(row.cells.get("bought_on"))
    too_long = any(len(found[name]) > most for name, most in LONGEST.items())
    problem = "formula" if row.is_uncalculated else "date" if day_is_bad else "too_long" if too_long else ""
    return {"line": row.line, "problem": problem, **found}


def together(rows: Sequence[dict[str, Any]]) -> list[list[int]]:
    """Which rows (by place) are lines of one purchase: those with one order number of one seller, else with one fapiao."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        key: tuple[str, ...]
        if row["external_reference"]:
            key = ("order", row["channel"], row["seller_name"], row["external_reference"])
        elif row["fapiao_number"]:
            key = ("fapiao", row["fapiao_number"])
        else:
            key = ("row", str(place))
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def disagree(rows: Sequence[dict[str, Any]]) -> bool:
    """Whether rows of one purchase differ in what a purchase has only once."""
    return any(len({row[name] for row in rows}) > 1 for name in SHARED)

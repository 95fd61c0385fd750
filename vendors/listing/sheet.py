"""A sheet of listings as a vendor fills it in: one row for each pack; rows of one listing stand under one number or title. Pure.

Text keeps its punctuation and paragraphs; numbers may be full-width, months and weights as people write them. An empty cell says
nothing: what is known stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from marketplace.catalogue.pricing import Tier
from marketplace.catalogue.weights import parse_grams
from marketplace.money import Money
from marketplace.parties.imports import SheetRow, read_sheet, tidy

TIERS = 3
COLUMNS: dict[str, tuple[str, ...]] = {
    "slug": ("商品编号", "编号", "listing"),
    "title": ("标题", "商品标题", "商品名称", "title"),
    "product": ("品种", "商品品种", "kindofproduce"),
    "summary": ("一句话介绍", "简介", "summary"),
    "description": ("详细说明", "说明", "description"),
    "origin": ("产地", "原产地", "origin"),
    "season": ("供应月份", "上市月份", "月份", "months"),
    "tax_rate": ("税率", "发票税率", "taxrate"),
    "pack": ("规格", "包装规格", "pack"),
    "unit": ("单位", "计量单位", "unit"),
    "unit_price": ("单价", "价格", "unitprice"),
    "weight_grams": ("重量", "毛重", "含包装重量", "weight"),
    "net_grams": ("净重", "净含量", "netweight"),
    "initial_stock": ("库存", "stock"),
    "minimum_quantity": ("起订量", "起订", "soldfrom"),
    "multiple": ("倍数", "订购倍数", "inmultiplesof"),
    "is_offered": ("在售", "是否在售", "onoffer"),
    **{f"from_{n}": (f"阶梯{n}数量", f"tier{n}from") for n in range(1, TIERS + 1)},
    **{f"price_{n}": (f"阶梯{n}单价", f"tier{n}price") for n in range(1, TIERS + 1)},
    "pictures": ("图片", "图片文件名", "pictures"),
    "alt_texts": ("图片说明", "whatthepicturesshow"),
}
OF_LISTING = (
    "slug",
    "title",
    "product",
    "summary",
    "description",
    "origin",
    "season",
    "tax_rate",
    "pictures",
    "alt_texts",
)
TEXTS = frozenset({"title", "summary", "description", "pack", "pictures", "alt_texts"})
LONGEST = {"title": 80, "summary": 160, "description": 3000, "pack": 40, "unit": 10}
YES, NO = frozenset({"是", "在售", "y", "yes", "1"}), frozenset({"否", "下架", "停售", "n", "no", "0"})
ALL_YEAR, NONE = frozenset({"全年", "常年", "allyear"}), frozenset({"无", "none"})
MOST_STOCK, MOST_QUANTITY = 1_000_000, 100_000


class Wrong(ValueError):
    """A cell cannot be read; ``column`` and ``code`` say which and why."""

    def __init__(self, column: str, code: str) -> None:
        self.column, self.code = column, code
        super().__init__(f"{column}: {code}")


@dataclass(frozen=True, slots=True)
class PackRow:
    """One pack as its row has it: only what the row says (``tiers`` is ``None`` where it says nothing)."""

    line: int
    name: str
    values: Mapping[str, Any]
    tiers: tuple[Tier, ...] | None


def read_listings(content: bytes, *, limit: int) -> list[dict[str, Any]]:
    """The rows of an XLSX file as text by column, with ``line`` and ``problem`` (a code or ''). ``Unreadable``."""
    return [_row(row) for row in read_sheet(content, columns=COLUMNS, needed="title", limit=limit)]


def _row(row: SheetRow) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: prose(row.cells.get(name)) if name in TEXTS else tidy(row.cells.get(name)).lstrip("'") for name in COLUMNS
    }
    problem = "formula" if row.is_uncalculated else ""
    if not problem and any(len(found[name]) > most for name, most in LONGEST.items()):
        problem = "too_long"
    return {"line": row.line, "problem": problem, **found}


def prose(value: Any) -> str:
    """Text without stray spaces, its own punctuation and line breaks kept; numbers bare."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    lines = str("" if value is None else value).replace("\u3000", " ").splitlines()
    text = "\n".join(" ".join(line.split()) for line in lines).strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def together(rows: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Which rows (by place) are packs of one listing: one number, or without one the same title."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        key = ("slug", row["slug"]) if row["slug"] else ("title", row["title"] or f"#{place}")
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def of_listing(rows: Sequence[Mapping[str, Any]], name: str) -> str:
    """What the rows of one listing say of the listing: the first that says anything; ``Wrong`` where they disagree."""
    said = list(dict.fromkeys(row[name] for row in rows if row[name]))
    if len(said) > 1:
        raise Wrong(name, "disagree")
    return said[0] if said else ""


def months(text: str) -> str | None:
    """A season as a listing keeps it ("3-5月", "3、4、5", "11月至次年2月", "全年"); ``None`` for an empty cell."""
    plain = re.sub(r"[月\s份次年]", "", text) if text not in ALL_YEAR else text
    if not text:
        return None
    if text.replace(" ", "").lower() in ALL_YEAR:
        return ""
    found: set[int] = set()
    for part in re.split(r"[,，、;；/]", plain):
        ends = re.fullmatch(r"(\d{1,2})(?:[-–—~～至到](\d{1,2}))?", part)
        if ends is None or not all(1 <= int(end) <= 12 for end in ends.groups() if end):
            raise Wrong("season", "months")
        first, last = int(ends[1]), int(ends[2] or ends[1])
        found |= set(range(first, last + 1)) if first <= last else set(range(first, 13)) | set(range(1, last + 1))
    return f",{','.join(map(str, sorted(found)))},"


def names(text: str) -> list[str]:
    """Several things in one cell, apart by semicolons or line breaks."""
    return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]


def pack_row(row: Mapping[str, Any], currency: str) -> PackRow:
    """A row's pack; ``Wrong`` names the first cell that cannot be read."""
    values: dict[str, Any] = {"unit": row["unit"]} if row["unit"] else {}
    if row["unit_price"]:
        values["unit_price"] = _price(row["unit_price"], "unit_price", currency)
    for name in ("weight_grams", "net_grams"):
        if row[name]:
            values[name] = _grams(row[name], name)
    for name, least, most in (
        ("initial_stock", 0, MOST_STOCK),
        ("minimum_quantity", 1, MOST_QUANTITY),
        ("multiple", 1, MOST_QUANTITY),
    ):
        if row[name]:
            values[name] = _whole(row[name], name, least, most)
    if row["is_offered"]:
        values["is_offered"] = _yes(row["is_offered"])
    return PackRow(row["line"], row["pack"], values, _tiers(row, currency))


def _price(text: str, column: str, currency: str) -> Money:
    try:
        found = Money.parse(text.replace("元", ""), currency)
    except ValueError as problem:
        raise Wrong(column, "price") from problem
    if not 0 < found.amount < 10**12:
        raise Wrong(column, "price")
    return found


def _grams(text: str, column: str) -> int:
    try:
        return 0 if text in ("0", "0 kg", "0kg") else parse_grams(text)
    except ValueError as problem:
        raise Wrong(column, "weight") from problem


def _whole(text: str, column: str, least: int, most: int) -> int:
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 9 and least <= int(plain) <= most):
        raise Wrong(column, "number")
    return int(plain)


def _yes(text: str) -> bool:
    word = text.lower()
    if word not in YES | NO:
        raise Wrong("is_offered", "yes_or_no")
    return word in YES


def _tiers(row: Mapping[str, Any], currency: str) -> tuple[Tier, ...] | None:
    if row["from_1"] in NONE:
        return ()
    made = []
    for number in range(1, TIERS + 1):
        quantity, price = row[f"from_{number}"], row[f"price_{number}"]
        if bool(quantity) != bool(price):
            raise Wrong(f"from_{number}", "tier")
        if quantity:
            start = _whole(quantity, f"from_{number}", 2, MOST_QUANTITY)
            made.append(Tier(start, _price(price, f"price_{number}", currency)))
    return tuple(made) or None


def picture_name(image: Any) -> str:
    """What a picture is called in a sheet."""
    return PurePosixPath(image.file.name).name

"""Listings as a spreadsheet: the template with its lists to choose from, the vendor's own listings, and a sheet with its problems.

All three have the same columns, so that a price change is: export, change, import.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import translation
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from wagtail.images import get_image_model

from marketplace.catalogue.differences import remembered
from marketplace.catalogue.models import Listing, Product, TaxRate
from marketplace.catalogue.weights import weight_words
from marketplace.models import Region, Vendor
from marketplace.programme.selectors import villages_and_townships
from marketplace.sheets import safe

from .planning import Plan
from .sheet import COLUMNS, TIERS, picture_name

HEAD = [accepted[0] for accepted in COLUMNS.values()]
UNITS = {
    "unit_price": "（元）",
    "weight_grams": "（含包装）",
    "initial_stock": "（新规格）",
    "pictures": "（多个用分号隔开）",
}
ABOVE = (
    "每行一种规格；同一商品的几种规格各占一行。改已有商品时保留“商品编号”，空着的格子表示不改；新商品编号留空。"
    "图片另装进一个 ZIP 一起上传，“图片”一栏写文件名。阶梯价要取消，在“阶梯1数量”写“无”。"
)
ROWS_WITH_LISTS = 5000
CHOICES = "选项"


def template(vendor: Vendor, day: Any) -> bytes:
    """The empty form with one example row."""
    products = list(Product.objects.order_by("category__position", "name").values_list("name", flat=True))
    origins = place_names(vendor, day)
    example = {
        "title": "示例：明前小兰花 250 克",
        "product": products[0] if products else "",
        "summary": "高山手采，清明前头一拨",
        "description": "产自海拔 600 米的茶园，人工采摘、炭火烘焙。请冷藏避光保存。",
        "origin": origins[0] if origins else "",
        "season": "3-5月",
        "tax_rate": rate_word(TaxRate.EXEMPT),
        "pack": "250 g 罐",
        "unit": "罐",
        "unit_price": "168",
        "weight_grams": "400 g",
        "net_grams": "250 g",
        "initial_stock": "200",
        "minimum_quantity": "1",
        "multiple": "1",
        "is_offered": "是",
        "from_1": "20",
        "price_1": "158",
        "pictures": "tea-1.jpg；tea-2.jpg",
        "alt_texts": "罐装小兰花；茶园采摘",
    }
    return workbook([example], products, origins)


def export(vendor: Vendor, day: Any) -> bytes:
    """All listings of a vendor as they were written last; a fixed number of statements."""
    listings = list(Listing.objects.filter(vendor=vendor).select_related("latest_revision").order_by("title", "pk"))
    versions = [remembered(row.latest_revision) if row.latest_revision else row for row in listings]
    words = _Words(versions)
    rows = [row for listing, version in zip(listings, versions, strict=True) for row in _rows(listing, version, words)]
    products = list(Product.objects.order_by("category__position", "name").values_list("name", flat=True))
    return workbook(rows, products, place_names(vendor, day))


def with_problems(plan: Plan) -> bytes:
    """The uploaded rows with a column that says what is wrong with each listing."""
    rows = [
        {**row, "problem": listing.why if place == 0 else ""}
        for listing in plan.listings
        for place, row in enumerate(listing.rows)
    ]
    return workbook(sorted(rows, key=lambda row: row["line"]), [], [], with_problem=True)


def place_names(vendor: Vendor, day: Any) -> list[str]:
    """The places a listing can come from, each told by its township too."""
    places = villages_and_townships(vendor.county_code, day)
    names = {place.pk: place.name for place in places}
    return [f"{names.get(place.parent_id or 0, '')}{place.name}" for place in places]


def rate_word(rate: str) -> str:
    """A tax rate as the sheet's lists have it."""
    with translation.override("zh-hans"):
        return str(TaxRate(rate).label)


class _Words:
    """Names of what the versions point at, fetched at once."""

    def __init__(self, versions: Sequence[Listing]) -> None:
        self.products = Product.objects.in_bulk({row.product_id for row in versions})
        self.places = Region.objects.select_related("parent").in_bulk({row.origin_id for row in versions})
        images = {picture.image_id for row in versions for picture in row.pictures.all()}
        self.images = get_image_model().objects.in_bulk(images)

    def place(self, pk: int) -> str:
        found = self.places[pk]
        is_village = found.level == "village" and found.parent is not None
        return f"{found.parent.name if is_village and found.parent else ''}{found.name}"


def _rows(listing: Listing, version: Listing, words: _Words) -> Iterable[dict[str, Any]]:
    pictures = [row for row in version.pictures.all() if row.image_id in words.images]
    own = {
        "slug": listing.slug,
        "title": version.title,
        "product": words.products[version.product_id].name,
        "summary": version.summary,
        "description": version.description,
        "origin": words.place(version.origin_id),
        "season": "、".join(map(str, version.months)) or "全年",
        "tax_rate": rate_word(version.tax_rate),
        "pictures": "；".join(picture_name(words.images[row.image_id]) for row in pictures),
        "alt_texts": "；".join(row.alt_text.replace("；", "，") for row in pictures),
    }
    for place, pack in enumerate(version.packs.all()):
        row: dict[str, Any] = {**(own if place == 0 else {"slug": listing.slug})}
        row |= {
            "pack": pack.name,
            "unit": pack.unit,
            "unit_price": pack.unit_price,
            "weight_grams": weight_words(pack.weight_grams) if pack.weight_grams else "0",
            "net_grams": weight_words(pack.net_grams) if pack.net_grams else "",
            "minimum_quantity": pack.minimum_quantity,
            "multiple": pack.multiple,
            "is_offered": "是" if pack.is_offered else "否",
        }
        for number, tier in enumerate(pack.ladder[:TIERS], 1):
            row |= {f"from_{number}": tier.from_quantity, f"price_{number}": tier.unit_price}
        yield row


def workbook(
    rows: Sequence[Mapping[str, Any]], products: Sequence[str], origins: Sequence[str], *, with_problem: bool = False
) -> bytes:
    """The rows in the form of the template, as the bytes of an XLSX file."""
    book = Workbook()
    sheet = book.active
    sheet.title = "商品"
    sheet.append([ABOVE])
    names = [*COLUMNS, *(["problem"] if with_problem else [])]
    sheet.append([_heading(name) for name in names])
    for row in rows:
        sheet.append([safe(row.get(name, "")) for name in names])
    _dress(sheet, len(names))
    if products and origins:
        _lists(book, sheet, products, origins)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _heading(name: str) -> str:
    return "问题" if name == "problem" else COLUMNS[name][0] + UNITS.get(name, "")


def _dress(sheet: Any, columns: int) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=min(columns, 12))
    sheet["A1"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[1].height = 48
    for cell in sheet[2]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="E8F1EA")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    wide = {"title": 28, "summary": 32, "description": 44, "origin": 18, "pictures": 26, "alt_texts": 32, "slug": 18}
    for place, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = wide.get(name, 11)
    sheet.column_dimensions[get_column_letter(len(COLUMNS) + 1)].width = 50
    sheet.freeze_panes = "C3"


def _lists(book: Any, sheet: Any, products: Sequence[str], origins: Sequence[str]) -> None:
    choices = book.create_sheet(CHOICES)
    lists = {
        "product": products,
        "origin": origins,
        "tax_rate": [rate_word(value) for value in TaxRate.values],
        "is_offered": ["是", "否"],
    }
    for column, (name, values) in enumerate(lists.items(), 1):
        choices.cell(1, column, COLUMNS[name][0])
        for place, value in enumerate(values, 2):
            choices.cell(place, column, value)
        letter = get_column_letter(column)
        rule = DataValidation("list", formula1=f"'{CHOICES}'!${letter}$2:${letter}${len(values) + 1}", allow_blank=True)
        sheet.add_data_validation(rule)
        target = get_column_letter(list(COLUMNS).index(name) + 1)
        rule.add(f"{target}3:{target}{ROWS_WITH_LISTS}")
    choices.sheet_state = "hidden"

"""Sheets of listings and ZIPs of pictures, as a vendor's office makes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from PIL import Image

from marketplace.uploads import Upload
from vendors.listing.sheet import COLUMNS
from vendors.listing.workbook import HEAD

NEW = {
    "title": "明前小兰花",
    "product": "绿茶",
    "summary": "高山手采",
    "description": "第一段。\n第二段，含逗号。",
    "origin": "独山村",
    "season": "3-5月",
    "tax_rate": "免税",
    "pack": "250 g 罐",
    "unit": "罐",
    "unit_price": "１６８",
    "weight_grams": "400 g",
    "initial_stock": "200",
    "pictures": "a.jpg",
    "alt_texts": "罐装小兰花",
}


def sheet(rows: Sequence[Mapping[str, Any]], *, above: str = "") -> Upload:
    """The rows under the template's headings."""
    book = Workbook()
    page = book.active
    assert page is not None
    if above:
        page.append([above])
    page.append(HEAD)
    for row in rows:
        page.append([row.get(name, "") for name in COLUMNS])
    buffer = io.BytesIO()
    book.save(buffer)
    return Upload("商品.xlsx", buffer.getvalue())


def pictures(*names: str, **more: bytes) -> Upload:
    """Small real pictures under these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for place, name in enumerate(names):
            picture = io.BytesIO()
            Image.new("RGB", (40, 30), (place * 7 % 255, 90, 60)).save(picture, "JPEG")
            packed.writestr(f"照片/{name}", picture.getvalue())
        for name, content in more.items():
            packed.writestr(name, content)
    return Upload("图片.zip", buffer.getvalue())

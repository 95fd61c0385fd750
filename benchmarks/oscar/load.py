"""The same goods for Oscar, from the lines ``benchmarks.peers`` writes: title, shelf, vendor, price in fen, stock."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

import django

BATCH = 2000


def batches(rows: Iterator[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """The rows, so many at a time."""
    while batch := list(islice(rows, size)):
        yield batch


def load(lines: Iterator[str]) -> int:
    """Shelves, partners, products with their price and stock; how many products."""
    from django.core.management import call_command
    from oscar.apps.catalogue.categories import create_from_breadcrumbs
    from oscar.core.loading import get_model

    call_command("migrate", verbosity=0)
    model = {name: get_model(app, name) for app, name in MODELS}
    if found := model["Product"].objects.count():
        return int(found)
    kind = model["ProductClass"].objects.create(name="农副产品", requires_shipping=True, track_stock=True)
    shelves: dict[str, Any] = {}
    partners: dict[str, Any] = {}
    count = 0
    for batch in batches(json.loads(line) for line in lines):
        for row in batch:
            if row["shelf"] not in shelves:
                shelves[row["shelf"]] = create_from_breadcrumbs(row["shelf"])
            if row["vendor"] not in partners:
                partners[row["vendor"]] = model["Partner"].objects.create(name=row["vendor"])
        products = model["Product"].objects.bulk_create(
            model["Product"](
                product_class=kind,
                title=row["title"],
                slug=row["slug"],
                upc=row["slug"],
                description=row["description"],
            )
            for row in batch
        )
        model["ProductCategory"].objects.bulk_create(
            model["ProductCategory"](product=product, category=shelves[row["shelf"]])
            for product, row in zip(products, batch, strict=True)
        )
        model["StockRecord"].objects.bulk_create(
            model["StockRecord"](
                product=product,
                partner=partners[row["vendor"]],
                partner_sku=row["slug"],
                price_currency="CNY",
                price=Decimal(row["price"]) / 100,
                num_in_stock=row["stock"],
            )
            for product, row in zip(products, batch, strict=True)
        )
        count += len(batch)
    return count


MODELS = [
    ("catalogue", "Product"),
    ("catalogue", "ProductClass"),
    ("catalogue", "ProductCategory"),
    ("partner", "Partner"),
    ("partner", "StockRecord"),
]


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(f"{load(iter(sys.stdin))}\n")

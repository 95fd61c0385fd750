"""The large world's goods, one JSON object a line, for a peer to load: title, shelf, vendor, price in fen, stock."""

from __future__ import annotations

import json
import sys

import django


def main(count: int) -> None:
    """The first ``count`` listings with their first pack."""
    from marketplace.catalogue.models import Pack

    packs = (
        Pack.objects.filter(listing__slug__startswith="scale-", sort_order=0)
        .select_related("listing__vendor", "listing__product__category", "stock")
        .order_by("listing__slug")[:count]
    )
    for pack in packs:
        listing = pack.listing
        row = {
            "slug": listing.slug,
            "title": listing.title,
            "description": listing.description,
            "shelf": listing.product.category.name,
            "vendor": listing.vendor.name,
            "price": pack.unit_price.amount,
            "stock": pack.stock.on_hand,
        }
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))

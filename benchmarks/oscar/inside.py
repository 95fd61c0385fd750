"""Oscar's side of the figures: statements of its pages, and placing 20 lines over 10 partners. Prints JSON."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

ROUNDS = 15


def page(path: str) -> dict[str, float]:
    """A page's statements, and its milliseconds in the database and in all."""
    from django.test import Client

    from benchmarks.meter import metered
    from benchmarks.report import middle

    client = Client()
    client.get(path)
    meters, wholes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        meters.append(metered(lambda: client.get(path)))
        wholes.append(1000 * (time.perf_counter() - began))
    return {
        "statements": middle([meter.statements for meter in meters]),
        "database_ms": middle([1000 * meter.seconds for meter in meters]),
        "ms": middle(wholes),
    }


def baskets(count: int) -> list[Any]:
    """Frozen baskets of twenty lines: two products of each of ten partners."""
    from oscar.apps.partner.strategy import Default
    from oscar.core.loading import get_model

    partners = list(get_model("partner", "Partner").objects.order_by("pk")[:10])
    stock = get_model("partner", "StockRecord").objects
    stock.filter(partner__in=partners).update(num_in_stock=1_000_000, num_allocated=0)
    records = [record for partner in partners for record in stock.filter(partner=partner).order_by("pk")[:2]]
    made = []
    for _ in range(count):
        basket = get_model("basket", "Basket").objects.create()
        basket.strategy = Default()
        for record in records:
            basket.add_product(record.product, 1)
        made.append(basket)
    return made


def place(pk: int) -> None:
    """What Oscar's checkout does with a basket, from reading it on: offers, order, stock."""
    from oscar.apps.basket.models import Basket
    from oscar.apps.checkout.calculators import OrderTotalCalculator
    from oscar.apps.offer.applicator import Applicator
    from oscar.apps.order.utils import OrderCreator
    from oscar.apps.partner.strategy import Default
    from oscar.apps.shipping.methods import Free

    basket = Basket.objects.get(pk=pk)
    basket.strategy = Default()
    Applicator().apply(basket)
    method = Free()
    charge = method.calculate(basket)
    total = OrderTotalCalculator().calculate(basket, charge)
    OrderCreator().place_order(
        basket=basket, total=total, shipping_method=method, shipping_charge=charge, order_number=f"B{pk}"
    )
    basket.submit()


def placings(count: int) -> dict[str, float]:
    """Placings each second by one client, and their statements."""
    from benchmarks.meter import metered

    pks = [basket.pk for basket in baskets(count + 2)]
    place(pks[0])
    statements = metered(lambda: place(pks[1])).statements
    began = time.perf_counter()
    for pk in pks[2:]:
        place(pk)
    return {"statements": float(statements), "one": count / (time.perf_counter() - began)}


def main() -> None:
    """Everything, as JSON."""
    from oscar.core.loading import get_model

    product = get_model("catalogue", "Product").objects.order_by("pk")[122]
    found = {
        "version": __import__("oscar").get_version(),
        "path": product.get_absolute_url(),
        "list": page("/best/"),
        "product": page(product.get_absolute_url()),
        "placing": placings(int(sys.argv[1]) if len(sys.argv) > 1 else 50),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    django.setup()
    main()

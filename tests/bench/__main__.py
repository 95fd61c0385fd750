"""``make bench``: what pages and steps cost, as ratios to a constant view and to a raw transaction of one run.

Everything is measured in this process on one new database, which is dropped afterwards. Absolute times say little about
another machine; read the ratios of one run.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

ROUNDS = 30
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def cost(step: Callable[[], Any], *, rounds: int = ROUNDS, fresh: Callable[[], Any] | None = None) -> tuple[float, int]:
    """Median milliseconds of ``step`` (``fresh`` is called before each round, outside the clock), and its statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken, counted = [], 0
    for number in range(rounds + 1):
        if fresh:
            fresh()
        if number == 0:  # warms up, and counts
            with CaptureQueriesContext(connection) as captured:
                step()
            counted = sum("SAVEPOINT" not in row["sql"] for row in captured)
            continue
        began = time.perf_counter()
        step()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), counted


class Report:
    """Rows as they are measured, each beside the constant view of the same run."""

    def __init__(self, constant: float) -> None:
        self.constant = constant
        self.milliseconds: dict[str, float] = {}

    def row(self, name: str, measured: tuple[float, int]) -> None:
        """Print one row."""
        self.milliseconds[name] = measured[0]
        sys.stdout.write(
            f"{name:<44}{measured[1]:>4} statements{measured[0]:>9.2f} ms  {measured[0] / self.constant:>7.1f} × constant\n"
        )

    def ratio(self, name: str, above: str, below: str) -> None:
        """Print how two rows compare."""
        sys.stdout.write(f"{name:<44}{self.milliseconds[above] / self.milliseconds[below]:>28.2f} ×\n")


def raw_placing(world: Any, lines: int) -> Callable[[], None]:
    """The plain limit: the rows of an order and its totals in one transaction of set-based statements, without any rule."""
    from django.db import connection, transaction

    def step() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE IF NOT EXISTS raw_line (order_id int, pack int, quantity int, price bigint)"
            )
            cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS raw_total (key int PRIMARY KEY, amount bigint)")
            marks = ", ".join(["(%s, %s, %s, %s)"] * lines)
            cursor.execute(
                f"INSERT INTO raw_line VALUES {marks}", [n for i in range(lines) for n in (i % 10, i, 1, 100)]
            )
            cursor.execute("UPDATE marketplace_stock SET reserved = reserved WHERE pack_id = %s", [world.tea_pack.pk])
            marks = ", ".join(["(%s, %s)"] * 60)
            cursor.execute(
                f"INSERT INTO raw_total VALUES {marks} ON CONFLICT (key) DO UPDATE SET amount = raw_total.amount + excluded.amount",
                [n for i in range(60) for n in (i, 100)],
            )

    return step


def measure() -> None:
    """Build a market, and measure its screens and steps small and large."""
    from unittest.mock import patch

    from django.test import Client
    from django.urls import reverse

    from marketplace.grouporders import actions as grouporders
    from marketplace.purchase.place import place
    from tests.factories import market
    from tests.factories import world as factory

    with patch("django.utils.timezone.now", lambda: NOW):
        world = factory.build_world(NOW)
        visitor, officer = Client(), Client()
        officer.force_login(world.users["officer"])

        def get(client: Client, address: str) -> Callable[[], Any]:
            return lambda: client.get(address)

        report = Report(cost(get(visitor, "/healthz"))[0])
        report.row("constant view (/healthz)", (report.constant, 0))
        catalogue, dashboard = reverse("marketplace:catalogue"), reverse("marketplace_backoffice:dashboard")
        for number in range(28):
            market.offer(world, world.tea_vendor, f"few-{number}")
        report.row("catalogue of 30", cost(get(visitor, catalogue)))
        for number in range(270):
            market.offer(world, world.tea_vendor, f"many-{number}")
        report.row("catalogue of 300", cost(get(visitor, catalogue)))
        report.row("catalogue of 300, search 兰花", cost(get(visitor, f"{catalogue}?q=兰花")))
        report.row("listing page", cost(get(visitor, reverse("marketplace:listing_detail", args=[world.tea.slug]))))
        report.row("dashboard without purchases", cost(get(officer, dashboard)))

        sellers = market.vendors(world, 10)
        for seller in sellers:
            market.offer(world, seller, f"{seller.slug}-tea", packs=20)
        waiting: list[Any] = []
        for lines, each in ((20, 2), (200, 20)):
            packs = market.packs_of(sellers, each)
            report.row(
                f"placing {lines} lines over 10 vendors",
                cost(
                    lambda: place(requisition=waiting.pop(), by=world.users["head"], at=NOW),
                    rounds=10,
                    fresh=lambda packs=packs: waiting.append(market.approved(world, packs)),  # type: ignore[misc]
                ),
            )
            report.row(f"raw transaction of {lines} lines and 60 totals", cost(raw_placing(world, lines), rounds=10))
        report.row("dashboard with some 2,400 order lines", cost(get(officer, dashboard)))

        group_order = factory.open_group_order(world, count=200)
        people = iter(factory.participants(group_order) * 10)
        wanted = [{world.tea_pack.pk: 1}, {world.rice_pack.pk: 1}]
        turn = iter(range(10**6))
        report.row(
            "a member's choice",
            cost(
                lambda: grouporders.choose(participant=next(people), quantities=wanted[next(turn) % 2], at=NOW),
                rounds=100,
            ),
        )
        sys.stdout.write("\n")
        report.ratio("catalogue: 300 listings to 30", "catalogue of 300", "catalogue of 30")
        report.ratio(
            "placing: 200 lines to 20", "placing 200 lines over 10 vendors", "placing 20 lines over 10 vendors"
        )
        report.ratio(
            "placing 20 lines to its raw transaction",
            "placing 20 lines over 10 vendors",
            "raw transaction of 20 lines and 60 totals",
        )
        report.ratio(
            "dashboard: 2,400 lines to none", "dashboard with some 2,400 order lines", "dashboard without purchases"
        )


def main() -> None:
    """On a database of its own, made and dropped here."""
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment()
    name = connection.creation.create_test_db(verbosity=0)
    sys.stdout.write(f"{connection.vendor}, {name}\n\n")
    try:
        measure()
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()

"""What is measured inside a process on a loaded database: statements, time in the database, steps of the purchase.

Prints one JSON object; ``python -m benchmarks`` runs it with the database in the environment.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from typing import Any

import django
from django.conf import settings

from . import raw
from .meter import metered
from .report import middle, percentile

ROUNDS = 25
WORDS = [
    "兰花",
    "茶叶",
    "山茶",
    "茶油",
    "稻虾",
    "小龙",
    "土鸡",
    "鸡蛋",
    "板栗",
    "莲子",
    "葛根",
    "蜂蜜",
    "香椿",
    "石斛",
    "芦笋",
    "晓天",
    "河棚",
    "南港",
    "当季",
    "手工",
    "老树",
    "礼盒",
    "农家",
    "合作",
    "白茶",
    "生姜",
]


def page(path: str, username: str = "") -> dict[str, float]:
    """A page's statements, its time in the database and in all (milliseconds, medians), on its later showings."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(headers={"accept-language": "zh-hans"})
    if username:
        client.force_login(User.objects.get(username=username))

    def show() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        b"".join(answer) if answer.streaming else answer.content

    show()
    meters, wholes = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        meters.append(metered(show))
        wholes.append(1000 * (time.perf_counter() - began))
    return {
        "statements": middle([meter.statements for meter in meters]),
        "database_ms": middle([1000 * meter.seconds for meter in meters]),
        "ms": middle(wholes),
    }


def searches() -> dict[str, float]:
    """The catalogue asked for two-character words: time in the database, median and 99th percentile."""
    from django.test import Client
    from django.urls import reverse

    client, address = Client(), reverse("marketplace:catalogue")
    for word in WORDS:
        client.get(address, {"q": word})
    taken = [1000 * metered(lambda w=word: client.get(address, {"q": w})).seconds for word in WORDS * 8]  # type: ignore[misc]  # a default binds the word
    return {"p50_ms": middle(taken), "p99_ms": percentile(taken, 0.99)}


def approved(count: int) -> list[int]:
    """So many approved requisitions of twenty lines over the same ten vendors, by primary key."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from marketplace.catalogue.models import Pack, Stock
    from marketplace.money import total
    from marketplace.orders.models import Requisition, RequisitionLine
    from marketplace.orders.quoting import keep_quotes
    from marketplace.parties.models import BuyerOrganisation, Vendor
    from marketplace.references import unique_references

    at, chair = timezone.now(), User.objects.get(username="scale-chair")
    buyer = BuyerOrganisation.objects.filter(slug__startswith="scale-b").order_by("pk")[0]
    packs = [
        pack
        for vendor in Vendor.objects.filter(slug__startswith="scale-v").order_by("pk")[:10]
        for pack in Pack.objects.filter(listing__vendor=vendor).order_by("pk")[:2]
    ]
    Stock.objects.filter(pack__in=packs).update(on_hand=1_000_000)
    made = Requisition.objects.bulk_create(
        Requisition(
            reference=reference,
            organisation=buyer,
            purpose="charity",
            fund_source="union",
            delivery_point=buyer.delivery_points.get(),
            amount=total(pack.unit_price for pack in packs),
            state="approved",
            drafted_by=chair,
            drafted_at=at,
            requested_by=chair,
            requested_at=at,
        )
        for reference in unique_references("REQ", count, at=at)
    )
    lines = RequisitionLine.objects.bulk_create(
        RequisitionLine(requisition=requisition, pack=pack, quantity=1, unit_price=pack.unit_price)
        for requisition in made
        for pack in packs
    )
    for number, requisition in enumerate(made):
        keep_quotes(requisition, lines[number * len(packs) : (number + 1) * len(packs)])
    return [requisition.pk for requisition in made]


def place_all(pks: list[int]) -> float:
    """Place them one after the other; the seconds it took."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from marketplace.orders.models import Requisition
    from marketplace.purchase.place import place

    chair, at = User.objects.get(username="scale-chair"), timezone.now()
    began = time.perf_counter()
    for pk in pks:
        place(requisition=Requisition(pk=pk), by=chair, at=at)
    return time.perf_counter() - began


def raw_all(count: int) -> float:
    """As many raw transactions; the seconds they took."""
    from django.db import connection, transaction
    from django.utils import timezone

    step = raw.placing(transaction.atomic, connection.cursor, timezone.now())
    began = time.perf_counter()
    for _ in range(count):
        step()
    return time.perf_counter() - began


def set_up() -> None:
    """Django, with what follows a step (mail to the vendors) left to a worker, as a deployment leaves it."""
    tasks = "django.tasks" if find_spec("django.tasks") else "django_tasks"  # from Django 6 on, and before
    settings.TASKS = {"default": {"BACKEND": f"{tasks}.backends.dummy.DummyBackend"}}
    django.setup()


def _client(work: str, argument: Any, answers: Any, ready: Any) -> None:
    set_up()
    from django.db import connection

    connection.ensure_connection()
    run: Any = {"place": place_all, "raw": raw_all}[work]
    run(argument[:2] if work == "place" else 2)
    ready.wait()
    try:
        answers.put(run(argument[2:] if work == "place" else argument))
    except Exception as problem:  # told to the parent, which raises it
        answers.put(repr(problem))


def clients(work: str, arguments: list[Any], count: int) -> float:
    """As many processes at once, each with its argument: steps each second of all together."""
    context = multiprocessing.get_context("spawn")
    answers, ready = context.Queue(), context.Barrier(len(arguments))
    processes = [context.Process(target=_client, args=(work, argument, answers, ready)) for argument in arguments]
    for process in processes:
        process.start()
    taken = [answers.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    if wrong := [answer for answer in taken if isinstance(answer, str)]:
        raise RuntimeError(wrong[0])
    return count / max(taken)


def placings(count: int) -> dict[str, float]:
    """Placing by one and two clients, and the raw transaction of the same shape; a second each."""
    from django.db import connection

    pks = approved(2 * count + 8)
    metered(lambda: place_all(pks[:1]))
    statements = metered(lambda: place_all(pks[1:2])).statements
    with connection.cursor() as cursor:
        raw.prepare(cursor, connection.vendor)
    half = count // 2
    found = {
        "statements": float(statements),
        "one": clients("place", [pks[2 : count + 4]], count),
        "raw_one": clients("raw", [count * 2], count * 2),
        "two": clients("place", [pks[count + 4 : count + half + 6], pks[count + half + 6 :][: half + 2]], 2 * half),
        "raw_two": clients("raw", [count, count], count * 2),
    }
    with connection.cursor() as cursor:
        raw.remove(cursor)
    return found


def exports() -> dict[str, float]:
    """The register of the latest full month, as the officer downloads it."""
    from django.urls import reverse
    from django.utils import timezone

    month = (timezone.localdate().replace(day=1) - timedelta(days=60)).strftime("%Y-%m")
    return page(reverse("marketplace_backoffice:register", args=[month]), "officer-xuanzhou")


def main() -> None:
    """``inside PLACINGS MEMBERS [FIGURE …]``: those figures, or all of them, as JSON."""
    set_up()
    from django.urls import reverse

    from . import rush

    catalogue = reverse("marketplace:catalogue")
    count, members = int(sys.argv[1]), int(sys.argv[2])
    figures: dict[str, Callable[[], dict[str, float]]] = {
        "constant": lambda: page("/healthz"),
        "catalogue": lambda: page(catalogue),
        "filtered": lambda: page(f"{catalogue}?category=tea&in_stock=true&month=11&sort=price"),
        "search": lambda: page(f"{catalogue}?q=兰花"),
        "searches": searches,
        "last page": lambda: page(f"{catalogue}?page=9999"),
        "listing": lambda: page(reverse("marketplace:listing_detail", args=["scale-000123"])),
        "dashboard": lambda: page(reverse("marketplace_backoffice:dashboard"), "officer-xuanzhou"),
        "register": exports,
        "placing": lambda: placings(count),
        "rush": lambda: rush.rush(members),
    }
    chosen = sys.argv[3:] or list(figures)
    sys.stdout.write(json.dumps({name: figures[name]() for name in chosen}))


if __name__ == "__main__":
    main()

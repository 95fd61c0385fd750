"""The pure parts of the measuring: the table, the verdicts, the percentiles, and the large world's words."""

from __future__ import annotations

import json

import pytest

from benchmarks import peers, raw
from benchmarks.oscar.load import batches
from benchmarks.report import Aim, Report, percentile, table, width
from benchmarks.serving import Served
from website.demo.scale.words import wording


@pytest.mark.parametrize(
    ("aim", "verdict"),
    [
        (Aim("few enough", 4, 4), "met"),
        (Aim("too many", 4.01, 4), "NOT MET"),
        (Aim("fast enough", 12, 12, at_least=True), "met"),
        (Aim("too slow", 11.9, 12, at_least=True), "NOT MET"),
        (Aim("only told", 99), ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_an_aim_is_met_on_its_bound_and_not_beyond_it(aim: Aim, verdict: str) -> None:
    assert aim.verdict == verdict


def test_a_table_lines_up_wide_characters_as_two() -> None:
    assert table([("搜索", "1"), ("list", "12")]) == "搜索   1\nlist  12"
    assert width("a兰花") == 5


def test_a_report_ends_with_its_aims() -> None:
    text = Report("PostgreSQL", [("page", "ms"), ("list", "4")], [Aim("list", 3.96, 4, unit="ms")]).text()
    assert (
        text
        == "PostgreSQL\npage  ms\nlist   4\n\nratio or figure    found     aim     \nlist             3.96 ms  ≤ 4 ms  met\n"
    )


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.99) == 5.0
    assert percentile([float(n) for n in range(100)], 0.5) == 50.0


def test_goods_are_loaded_in_batches_without_losing_the_last() -> None:
    assert list(batches(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]


def test_a_peer_is_compared_by_requests_and_by_processor_time() -> None:
    page = {"statements": 4, "database_ms": 1.0}
    ours = {"catalogue": page, "listing": page, "placing": {"one": 60.0, "statements": 21.0}}
    theirs = {"version": "4.2.1", "list": page, "product": page, "placing": {"one": 2.0, "statements": 291.0}}
    fast, slow = Served(200, 4.0, 50), Served(10, 44.0, 50)
    pages = ("list of 24", "product page")
    report = peers.compare(ours, theirs, dict.fromkeys(pages, fast), dict.fromkeys(pages, slow))
    assert [(aim.found, aim.verdict) for aim in report.aims] == [
        (20, "met"),
        (11, ""),
        (20, "met"),
        (30, "met"),
        (291, ""),
    ]
    assert json.dumps(report.rows).count("Oscar 4.2.1") == 2


def test_the_raw_transaction_writes_its_rows_whole(db: None) -> None:
    from django.db import connection, transaction
    from django.utils import timezone

    with connection.cursor() as cursor:
        raw.prepare(cursor, connection.vendor)
    step = raw.placing(transaction.atomic, connection.cursor, timezone.now())
    step()
    step()
    with connection.cursor() as cursor:
        found = {}
        for name in raw.TABLES:
            cursor.execute(f"SELECT COUNT(*) FROM bench_{name}")
            found[name] = cursor.fetchone()[0]
        cursor.execute("SELECT SUM(amount), SUM(quantity) FROM bench_total")
        assert tuple(map(int, cursor.fetchone())) == (2 * 123_000, 2 * 100)
        raw.remove(cursor)
    assert found == {"document": 80, "line": 160, "stock": 20, "total": 100}


def test_the_large_world_says_the_same_each_time_and_sells_below_its_base_price() -> None:
    first = wording(1234, product="白茶", shelf="tea", place="晓天")
    assert first == wording(1234, product="白茶", shelf="tea", place="晓天")
    assert first.slug == "scale-001234"
    assert first.title.startswith("晓天")
    for number in range(500):
        words = wording(number, product="白茶", shelf="tea", place="晓天")
        assert len(words.title) <= 80
        assert len(words.summary) <= 160
        assert words.tier is None or 0 < words.tier[1] < words.sizes[0].price
        assert len({size.name for size in words.sizes}) == len(words.sizes)

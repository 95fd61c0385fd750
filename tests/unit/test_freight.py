"""First weight, continued weight, free from an amount; the tax in a price; who bears which share."""

from __future__ import annotations

import pytest

from marketplace.catalogue.freight import Zone, fee, quoted, zone_for
from marketplace.catalogue.tax import breakdown, tax_in, tolerance
from marketplace.catalogue.weights import parse_grams, weight_words
from marketplace.money import Money, yuan
from marketplace.orders.sharing import Part, added_up, shares
from marketplace.payments.matching import tax_agrees

DISTRICT = Zone("341802", True, 1000, yuan(8), 1000, yuan(2), yuan(199))
PROVINCE = Zone("340000", True, 1000, yuan(10), 1000, yuan(3))
AWAY = Zone("", False, 1000, yuan(0), 1000, yuan(0))


@pytest.mark.parametrize(
    ("grams", "freight"),
    [(0, "0"), (1, "8"), (1000, "8"), (1001, "10"), (2000, "10"), (12000, "30")],
    ids=["nothing", "a gram", "first weight", "a gram more", "two kilograms", "twelve kilograms"],
)
def test_each_begun_weight_counts(grams: int, freight: str) -> None:
    assert fee(DISTRICT, grams=grams, goods=yuan(50)) == yuan(freight)


@pytest.mark.parametrize(
    ("goods", "freight"), [("198.99", "30"), ("199", "0"), ("300", "0")], ids=["a fen short", "just", "above"]
)
def test_delivery_is_free_from_the_amount_itself(goods: str, freight: str) -> None:
    assert fee(DISTRICT, grams=12000, goods=yuan(goods)) == yuan(freight)


@pytest.mark.parametrize(
    ("code", "area"),
    [("341802", DISTRICT), ("341802001", DISTRICT), ("341803", PROVINCE), ("320102", AWAY), ("", AWAY)],
)
def test_the_district_goes_before_the_province_and_both_before_everywhere_else(code: str, area: Zone) -> None:
    assert zone_for([AWAY, PROVINCE, DISTRICT], code) is area


def test_a_rule_without_areas_is_free_and_a_place_not_delivered_to_has_no_price() -> None:
    assert quoted([], "320102", grams=500, goods=yuan(1)) == yuan(0)
    assert quoted([DISTRICT, AWAY], "320102", grams=500, goods=yuan(1)) is None
    assert quoted([DISTRICT, AWAY], "320102", grams=0, goods=yuan(1)) == yuan(0)  # a service


@pytest.mark.parametrize(
    ("rate", "tax"),
    [("exempt", "0"), ("1", "0.99"), ("3", "2.91"), ("6", "5.66"), ("9", "8.26"), ("13", "11.50")],
)
def test_the_tax_is_taken_out_of_the_price(rate: str, tax: str) -> None:
    assert tax_in(yuan(100), rate) == yuan(tax)


def test_freight_takes_the_rates_of_the_goods_it_brings() -> None:
    rows = breakdown([("9", yuan(60)), ("exempt", yuan(30)), ("9", yuan(30))], yuan("10.00"))
    assert [(row.rate, row.goods, row.freight, row.tax) for row in rows] == [
        ("exempt", yuan(30), yuan("2.50"), yuan(0)),
        ("9", yuan(90), yuan("7.50"), yuan("8.05")),
    ]


def test_freight_alone_keeps_the_rate_of_the_goods_that_went_back() -> None:
    assert [(row.rate, row.amount) for row in breakdown([("9", yuan(0))], yuan(8))] == [("9", yuan(8))]
    assert breakdown([("9", yuan(0))], yuan(0)) == []


def test_a_fapiaos_tax_may_differ_by_a_fen_for_each_of_its_lines() -> None:
    allowed = tolerance(2, yuan(8))
    assert allowed == Money(3)
    agreeing = [fen for fen in range(90, 111) if tax_agrees(tax=Money(fen), expected=Money(100), tolerance=allowed)]
    assert agreeing == [97, 98, 99, 100, 101, 102, 103]
    assert tolerance(2, yuan(0)) == Money(2)


def test_freight_is_shared_by_value_or_by_weight() -> None:
    parts = [Part(1, value=300, grams=1000, chosen=300), Part(2, value=100, grams=3000, chosen=100)]
    assert shares(yuan(1), parts, by_weight=False) == {1: yuan("0.75"), 2: yuan("0.25")}
    assert shares(yuan(1), parts, by_weight=True) == {1: yuan("0.25"), 2: yuan("0.75")}


def test_by_weight_falls_back_to_value_and_then_to_what_was_chosen() -> None:
    weightless = [Part(1, value=300, grams=0, chosen=300), Part(2, value=100, grams=0, chosen=100)]
    assert shares(yuan(1), weightless, by_weight=True) == {1: yuan("0.75"), 2: yuan("0.25")}
    sent_back = [Part(1, value=0, grams=0, chosen=300), Part(2, value=0, grams=0, chosen=300)]
    assert shares(yuan(1), sent_back, by_weight=False) == {1: yuan("0.50"), 2: yuan("0.50")}
    assert shares(yuan(1), [], by_weight=False) == {}


def test_shares_of_several_orders_are_added_up_by_member() -> None:
    assert added_up([{1: yuan(1), 2: yuan(2)}, {2: yuan(3)}]) == {1: yuan(1), 2: yuan(5)}


@pytest.mark.parametrize(
    ("grams", "words"), [(500, "500 g"), (1000, "1 kg"), (2500, "2.5 kg"), (12000, "12 kg"), (1005, "1.005 kg")]
)
def test_a_weight_is_said_as_people_say_it(grams: int, words: str) -> None:
    assert weight_words(grams) == words


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("2.5", 2500), ("2.5 kg", 2500), ("500g", 500), ("５００克", 500), ("5斤", 2500), ("3两", 150), ("1.2公斤", 1200),
        ("0", 0), (" 12 KG ", 12000),
    ],
)  # fmt: skip
def test_a_weight_is_read_as_people_type_it(text: str, grams: int) -> None:
    assert parse_grams(text) == grams


@pytest.mark.parametrize("text", ["", "-1", "1,5", "一斤", "2 lb", "0.0001", "1e3", "99999999", "2000", "1.5.2", "³kg"])
def test_what_is_no_weight_of_whole_grams_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a weight"):
        parse_grams(text)

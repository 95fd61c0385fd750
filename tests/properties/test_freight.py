"""Freight, its shares and the tax in prices: exact for whatever is thrown at them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.freight import Zone, fee, reach, zone_for
from marketplace.catalogue.tax import RATES, breakdown, merged, percent, tax_in
from marketplace.money import Money, total
from marketplace.orders.sharing import Part, shares

FEN = st.integers(0, 10**8).map(Money)
PARTS = st.lists(st.tuples(*[st.integers(0, 10**6)] * 3), min_size=1, max_size=40).map(
    lambda rows: [Part(number, *row) for number, row in enumerate(rows)]
)
ZONES = st.builds(
    Zone,
    code=st.sampled_from(["", "340000", "341800", "341802", "341523"]),
    is_delivered=st.just(True),
    first_grams=st.integers(1, 5000),
    first_fee=FEN,
    next_grams=st.integers(1, 5000),
    next_fee=FEN,
    free_from=st.none() | st.integers(1, 10**6).map(Money),
)


@given(FEN, PARTS, st.booleans())
def test_members_shares_are_together_exactly_the_freight(freight: Money, parts: list[Part], by_weight: bool) -> None:
    found = shares(freight, parts, by_weight=by_weight)
    assert total(found.values()) == freight
    assert found.keys() == {part.member for part in parts}
    weights = [part.grams if by_weight else part.value for part in parts]
    if any(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(found[part.member].amount - freight.amount * weight / sum(weights)) <= 1


@given(ZONES, st.integers(1, 10**6), st.integers(0, 10**5), FEN)
def test_more_weight_never_costs_less_and_more_goods_never_cost_more(
    zone: Zone, grams: int, further: int, goods: Money
) -> None:
    costs = fee(zone, grams=grams, goods=goods)
    assert costs <= fee(zone, grams=grams + further, goods=goods)
    assert fee(zone, grams=grams, goods=goods + Money(further)) <= costs
    assert costs in (Money(0), zone.first_fee) or grams > zone.first_grams


@given(st.lists(ZONES, max_size=6), st.from_regex(r"[0-9]{6}([0-9]{3})?", fullmatch=True))
def test_the_narrowest_area_that_holds_a_place_is_found(zones: list[Zone], code: str) -> None:
    found = zone_for(zones, code)
    fits = [zone for zone in zones if code.startswith(reach(zone.code))]
    assert (found is None) == (not fits)
    assert all(len(reach(zone.code)) <= len(reach(found.code)) for zone in fits if found)


@given(st.lists(st.tuples(st.sampled_from(RATES), FEN), max_size=20), FEN)
def test_a_breakdown_loses_and_invents_no_fen_of_goods_or_freight(
    goods: list[tuple[str, Money]], freight: Money
) -> None:
    rows = breakdown(goods, freight)
    assert total(row.goods for row in rows) == total(amount for _rate, amount in goods)
    assert total(row.freight for row in rows) == freight
    assert total(row.amount for row in merged([rows, rows])) == total(row.amount * 2 for row in rows)


@given(FEN, st.sampled_from(RATES))
def test_the_tax_is_within_half_a_fen_of_the_exact_one(amount: Money, rate: str) -> None:
    difference = 2 * abs(tax_in(amount, rate).amount * (100 + percent(rate)) - amount.amount * percent(rate))
    assert difference <= 100 + percent(rate)

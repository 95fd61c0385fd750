"""Money, tiers, drafting and shortage: exact for whatever is thrown at them."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.pricing import Tier, progress, unit_price
from marketplace.grouporders.completion import Wish, go_short
from marketplace.impact.attribution import Facts, Movement, deltas, keys
from marketplace.money import Money, total
from marketplace.orders.drafting import DraftLine, split_by_vendor

AMOUNTS = st.integers(-(10**12), 10**12).map(Money)
PRICES = st.integers(1, 10**7).map(Money)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_a_split_loses_and_invents_no_fen(amount: Money, weights: list[int]) -> None:
    shares = amount.split(weights)
    assert total(shares) == amount
    exact = [amount.amount * weight / sum(weights) for weight in weights]
    assert all(abs(share.amount - wanted) <= 1 for share, wanted in zip(shares, exact, strict=True))


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 99), st.integers(1, 500), PRICES), min_size=1, max_size=60))
def test_drafting_loses_and_invents_nothing(rows: list[tuple[int, int, int, Money]]) -> None:
    lines = [DraftLine(vendor, pack, quantity, price) for vendor, pack, quantity, price in rows]
    drafts = split_by_vendor(lines)
    assert Counter(line for draft in drafts for line in draft.lines) == Counter(lines)
    assert [draft.vendor_pk for draft in drafts] == sorted({line.vendor_pk for line in lines})
    assert total(draft.amount for draft in drafts) == total(line.amount for line in lines)


@st.composite
def ladders(draw: st.DrawFn) -> tuple[Money, list[Tier]]:
    """A base price with tiers that rise in quantity and fall in price."""
    quantities = sorted(draw(st.sets(st.integers(2, 500), max_size=5)))
    prices = sorted(draw(st.sets(st.integers(1, 10**6), min_size=len(quantities) + 1, max_size=len(quantities) + 1)))
    base, *better = [Money(price) for price in reversed(prices)]
    return base, [Tier(quantity, price) for quantity, price in zip(quantities, better, strict=True)]


@given(ladders(), st.integers(1, 600))
def test_more_together_never_costs_more_each_and_the_next_step_is_told_truly(
    ladder: tuple[Money, list[Tier]], quantity: int
) -> None:
    base, tiers = ladder
    now = progress(base, tiers, quantity)
    assert now.unit_price == unit_price(base, tiers, quantity) <= base
    assert unit_price(base, tiers, quantity + 1) <= now.unit_price
    if now.next_price is None:
        assert unit_price(base, tiers, 10**6) == now.unit_price
    else:
        assert unit_price(base, tiers, quantity + now.missing) == now.next_price < now.unit_price
        assert unit_price(base, tiers, quantity + now.missing - 1) == now.unit_price


@given(st.lists(st.integers(0, 20), max_size=40), st.data())
def test_whoever_goes_short_gives_up_exactly_what_is_missing(quantities: list[int], data: st.DataObject) -> None:
    wishes = [Wish(key, key, quantity) for key, quantity in enumerate(quantities)]
    short = data.draw(st.integers(0, sum(quantities)))
    given_up = go_short(wishes, short)
    assert sum(given_up.values()) == short
    assert all(0 < taken <= quantities[key] for key, taken in given_up.items())
    if given_up:
        first = min(given_up)
        assert all(given_up.get(key, 0) == quantity for key, quantity in enumerate(quantities) if key > first)


FACTS = st.builds(
    Facts,
    buyer_county=st.just("341802"),
    buyer=st.integers(1, 3),
    buyer_kind=st.sampled_from(["trade_union", "social_organisation"]),
    campaign=st.none() | st.integers(1, 2),
    vendor=st.integers(1, 3),
    vendor_county=st.just("341523"),
    origin_code=st.sampled_from(["341523105", "341523105901", "341523108901"]),
    category=st.integers(1, 2),
)
MOVEMENTS = st.builds(
    Movement,
    facts=FACTS,
    measure=st.sampled_from(["ordered", "completed"]),
    amount=st.integers(-(10**6), 10**6),
    quantity=st.integers(-50, 50),
    posted_on=st.dates(),
)


@given(st.lists(MOVEMENTS, max_size=30))
def test_every_dimension_that_covers_all_sums_to_the_movements(movements: list[Movement]) -> None:
    found = deltas(movements)
    assert [place for place, _amount, _quantity in found] == sorted({place for place, _amount, _quantity in found})
    for dimension in ("buyer", "buyer_kind", "vendor", "category", "township", "vendor_county"):
        amount = sum(amount for place, amount, _quantity in found if place[0] == dimension)
        assert amount == sum(movement.amount for movement in movements)
    assert {place[0] for place, _a, _q in found} <= {name for row in movements for name in keys(row.facts)}

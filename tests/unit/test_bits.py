"""Sets of places as numbers, against Python's own sets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.bits import bits_of, in_order, places_in

SIZE = 200
places = st.sets(st.integers(0, SIZE - 1))


@given(places)
def test_a_set_comes_back_as_it_went_in(chosen: set[int]) -> None:
    assert list(places_in(bits_of(chosen, SIZE))) == sorted(chosen)
    assert bits_of(chosen, SIZE).bit_count() == len(chosen)


@given(places, st.permutations(range(SIZE)), st.integers(0, 30), st.integers(0, 30))
def test_a_page_of_another_order_is_the_same_however_it_is_found(
    chosen: set[int], order: list[int], start: int, length: int
) -> None:
    rank = [0] * SIZE
    for number, place in enumerate(order):
        rank[place] = number
    expected = sorted(chosen, key=order.index)[start : start + length]
    assert in_order(bits_of(chosen, SIZE), order, rank, start, start + length) == expected

"""Sets of places in a list as one whole number each, a bit for a place: thousands are joined and counted at once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice


def bits_of(places: Iterable[int], size: int) -> int:
    """The set of these places, all below ``size``."""
    raw = bytearray(size // 8 + 1)
    for place in places:
        raw[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(raw, "little")


def places_in(bits: int) -> Iterator[int]:
    """The places of a set, lowest first; read no further than they are asked for."""
    for number, byte in enumerate(bits.to_bytes(bits.bit_length() // 8 + 1, "little")):
        while byte:
            lowest = byte & -byte
            yield number * 8 + lowest.bit_length() - 1
            byte ^= lowest


def in_order(bits: int, order: Sequence[int], rank: Sequence[int], start: int, end: int) -> list[int]:
    """The places of a set from ``start`` to ``end`` of another order; ``rank`` says where each place stands in it.

    Few are sorted, many are met by walking along the order: whichever looks at less.
    """
    if bits.bit_count() * 16 < len(order):
        return sorted(places_in(bits), key=rank.__getitem__)[start:end]
    raw = bits.to_bytes(len(order) // 8 + 1, "little")
    return list(islice((place for place in order if raw[place >> 3] >> (place & 7) & 1), start, end))

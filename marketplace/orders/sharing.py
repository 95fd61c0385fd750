"""Freight divided among the members it was paid for, exact to the fen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """One member's goods of one order: what they get (value in fen, weight in grams) and what they had chosen."""

    member: int
    value: int
    grams: int
    chosen: int


def shares(freight: Money, parts: Sequence[Part], *, by_weight: bool) -> dict[int, Money]:
    """Each member's share (by member); together exactly the freight, or nothing when nobody has a part in it.

    By weight only where anything weighs something. When nobody gets anything in the end, by what was chosen.
    """
    if not parts:
        return {}
    by_value, by_choice = [part.value for part in parts], [part.chosen for part in parts]
    weights = [part.grams for part in parts] if by_weight else by_value
    fair = next((found for found in (weights, by_value, by_choice) if any(found)), [1] * len(parts))
    return {part.member: share for part, share in zip(parts, freight.split(fair), strict=True)}


def added_up(all_shares: Sequence[dict[int, Money]]) -> dict[int, Money]:
    """The shares of several orders, by member."""
    sums: dict[int, Money] = {}
    for shares_of_one in all_shares:
        for member, share in shares_of_one.items():
            sums[member] = sums[member] + share if member in sums else share
    return sums

"""Tiers, minimums and multiples of a pack. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..money import Money


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``from_quantity`` packs on, each costs ``unit_price``."""

    from_quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a quantity stands on the ladder: the price now, and what the next step needs and gives."""

    quantity: int
    unit_price: Money
    next_price: Money | None
    missing: int


def unit_price(base: Money, tiers: Sequence[Tier], quantity: int) -> Money:
    """The price of each pack when ``quantity`` are bought together: the best tier reached, else ``base``."""
    reached = [tier for tier in tiers if tier.from_quantity <= quantity]
    return min([base, *(tier.unit_price for tier in reached)])


def progress(base: Money, tiers: Sequence[Tier], quantity: int) -> Progress:
    """The price at ``quantity``, and the next better one with how many packs are missing to it."""
    now = unit_price(base, tiers, quantity)
    better = [tier for tier in tiers if tier.from_quantity > quantity and tier.unit_price < now]
    if not better:
        return Progress(quantity, now, None, 0)
    nearest = min(better, key=lambda tier: tier.from_quantity)
    return Progress(quantity, now, nearest.unit_price, nearest.from_quantity - quantity)


def ladder_problem(base: Money, tiers: Sequence[Tier]) -> str:
    """Why these tiers are no ladder (quantities must rise and prices fall), as a code; '' when they are one."""
    previous_quantity, previous_price = 1, base
    for tier in tiers:
        if tier.from_quantity <= previous_quantity:
            return "quantities_must_rise"
        if tier.unit_price >= previous_price:
            return "prices_must_fall"
        if tier.unit_price.amount <= 0:
            return "price_must_be_positive"
        previous_quantity, previous_price = tier.from_quantity, tier.unit_price
    return ""


def orderable(quantity: int, minimum: int, multiple: int) -> int:
    """The least quantity at or above ``quantity`` that meets the minimum and the multiple."""
    wanted = max(quantity, minimum)
    return -(-wanted // multiple) * multiple

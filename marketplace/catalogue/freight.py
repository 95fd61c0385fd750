"""What a vendor asks for bringing goods to a place: first weight, continued weight, free from an amount. Pure.

Weights are grams with packaging; goods are counted with tax and without freight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..money import Money


@dataclass(frozen=True, slots=True)
class Zone:
    """One area of a rule (a region code, '' for everywhere else) and what delivery there costs."""

    code: str
    is_delivered: bool
    first_grams: int
    first_fee: Money
    next_grams: int
    next_fee: Money
    free_from: Money | None = None


def reach(code: str) -> str:
    """The prefix of all codes within a region: 340000 reaches 34…, 341800 reaches 3418…."""
    if len(code) == 6:
        return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return code


def zone_for(zones: Sequence[Zone], code: str) -> Zone | None:
    """The narrowest area that holds this place; ``None`` when none does."""
    found = [zone for zone in zones if code.startswith(reach(zone.code))]
    return max(found, key=lambda zone: len(reach(zone.code)), default=None)


def fee(zone: Zone, *, grams: int, goods: Money) -> Money:
    """What delivery costs; what weighs nothing (a service) is not delivered and costs nothing."""
    nothing = goods - goods
    if grams <= 0 or (zone.free_from is not None and goods >= zone.free_from):
        return nothing
    further = -(-max(0, grams - zone.first_grams) // zone.next_grams)
    return zone.first_fee + zone.next_fee * further


def quoted(zones: Sequence[Zone], code: str, *, grams: int, goods: Money) -> Money | None:
    """What a rule asks for a delivery; ``None`` when it does not deliver there. A rule without areas is free."""
    if not zones or grams <= 0:
        return goods - goods
    zone = zone_for(zones, code)
    return None if zone is None or not zone.is_delivered else fee(zone, grams=grams, goods=goods)

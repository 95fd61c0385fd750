"""What stands in the way of ordering a group's choices, and who goes short in the end. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Demand:
    """All members' wish for one pack against what can be ordered of it."""

    pack_pk: int
    label: str
    quantity: int
    available: int
    minimum: int
    multiple: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """One reason a pack cannot be ordered: ``kind`` is stock, minimum or multiple; ``limit`` its number."""

    kind: str
    pack_pk: int
    label: str
    quantity: int
    limit: int


def misfits(demands: Sequence[Demand]) -> list[Misfit]:
    """Every pack whose total is above stock, below its minimum or no multiple; none when all can be ordered."""
    found = []
    for demand in demands:
        kind, limit = _misfit(demand)
        if kind:
            found.append(Misfit(kind, demand.pack_pk, demand.label, demand.quantity, limit))
    return found


def _misfit(demand: Demand) -> tuple[str, int]:
    if demand.quantity > demand.available:
        return "stock", demand.available
    if demand.quantity < demand.minimum:
        return "minimum", demand.minimum
    if demand.quantity % demand.multiple:
        return "multiple", demand.multiple
    return "", 0


@dataclass(frozen=True, slots=True)
class Wish:
    """One member's remaining wish for a pack at a ``place``; earlier choices have the smaller ``order``."""

    key: int
    order: int
    quantity: int
    place: int = 0


def go_short(wishes: Sequence[Wish], short: int, room: Mapping[int, int] | None = None) -> dict[int, int]:
    """Who gives up how many when ``short`` are missing: the latest choosers first. One key may wish in several parts.

    ``room`` says how many can be missing at each place: what has arrived there is nobody's to give up.
    Answers key → quantity given up. ``ValueError`` when more is missing than was wished, or than there is room for.
    """
    left = dict(room) if room is not None else {wish.place: short for wish in wishes}
    given_up: dict[int, int] = {}
    for wish in sorted(wishes, key=lambda wish: (wish.order, wish.key), reverse=True):
        if taken := min(short, wish.quantity, left.get(wish.place, 0)):
            given_up[wish.key] = given_up.get(wish.key, 0) + taken
            short -= taken
            left[wish.place] -= taken
    if short:
        raise ValueError("more is missing than was wished for")
    return given_up

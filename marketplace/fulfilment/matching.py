"""Ordered, confirmed, sent, received: what a line comes to in the end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineCount:
    """One order line in numbers; ``received`` counts what arrived whole."""

    line_pk: int
    ordered: int
    declined: int
    sent: int
    received: int

    @property
    def confirmed(self) -> int:
        return self.ordered - self.declined

    @property
    def unsent(self) -> int:
        """Confirmed and never dispatched."""
        return self.confirmed - self.sent

    @property
    def missing(self) -> int:
        """Confirmed and not there: never sent, short or damaged."""
        return self.confirmed - self.received


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """One order line at one of its places in numbers; ``due`` is what should come there."""

    row_pk: int
    delivery_pk: int
    point_pk: int
    line_pk: int
    pack_pk: int
    due: int
    sent: int
    received: int

    @property
    def unsent(self) -> int:
        """Due there and never dispatched."""
        return self.due - self.sent

    @property
    def missing(self) -> int:
        """Due there and not arrived whole."""
        return self.due - self.received


def spread(short: int, room: Mapping[int, int]) -> dict[int, int]:
    """Which places give up how many when ``short`` are missing and nobody chose: the last place first.

    ``room`` maps a place to how many can be missing there. ``ValueError`` when there is not enough room.
    """
    given_up = {}
    for place in sorted(room, reverse=True):
        if taken := min(short, room[place]):
            given_up[place] = taken
            short -= taken
    if short:
        raise ValueError("more is missing than any place can be short of")
    return given_up


def adds_up(sent: int, received: int, short: int, damaged: int) -> bool:
    """Whether a receipt accounts for every pack that was sent."""
    return min(received, short, damaged) >= 0 and received + short + damaged == sent


def shortfalls(counts: Mapping[int, LineCount]) -> dict[int, int]:
    """Per order line (pk) what is missing; lines with nothing missing are left out."""
    return {pk: count.missing for pk, count in counts.items() if count.missing}

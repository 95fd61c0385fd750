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


def adds_up(sent: int, received: int, short: int, damaged: int) -> bool:
    """Whether a receipt accounts for every pack that was sent."""
    return min(received, short, damaged) >= 0 and received + short + damaged == sent


def shortfalls(counts: Mapping[int, LineCount]) -> dict[int, int]:
    """Per order line (pk) what is missing; lines with nothing missing are left out."""
    return {pk: count.missing for pk, count in counts.items() if count.missing}

"""What handing out a purchase to members is: goods are given, an outing was taken part in, a voucher was used. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Handing(StrEnum):
    """What the organiser ticks in the end, member by member."""

    GOODS = "goods"
    VOUCHERS = "vouchers"
    PARTICIPATION = "participation"


def handing_of(*, lines: int, redeemed: int, held: int) -> Handing:
    """For so many lines, of which so many are had at the vendor's, and of these so many on the day of a session."""
    if redeemed < lines:
        return Handing.GOODS
    return Handing.PARTICIPATION if held == lines else Handing.VOUCHERS


def handing_together(kinds: Iterable[Handing]) -> Handing:
    """One list for several orders: as soon as there are goods, it is about goods."""
    found = set(kinds)
    if Handing.GOODS in found or not found:
        return Handing.GOODS
    return found.pop() if len(found) == 1 else Handing.VOUCHERS

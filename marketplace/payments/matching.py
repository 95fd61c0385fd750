"""Whether a fapiao fits the order it is for. Pure."""

from __future__ import annotations

import re
import unicodedata

from ..money import Money


def tidy_title(title: str) -> str:
    """A title as compared: half-width, no spaces; brackets of either width are the same."""
    return "".join(unicodedata.normalize("NFKC", title).split())


def number_is_right(number: str) -> bool:
    """Fully digital fapiao carry 20 digits: year, region, channel and a serial (State Taxation Administration)."""
    return re.fullmatch(r"[0-9]{20}", number) is not None


def mismatches(*, title: str, wanted_title: str, amount: Money, wanted_amount: Money) -> list[str]:
    """What does not agree: ``title``, ``amount``, both or nothing."""
    found = []
    if tidy_title(title) != tidy_title(wanted_title):
        found.append("title")
    if amount != wanted_amount:
        found.append("amount")
    return found


def tax_agrees(*, tax: Money, expected: Money, tolerance: Money) -> bool:
    """Whether a fapiao's tax lies no further from ours than the rounding of its lines explains."""
    return expected - tolerance <= tax <= expected + tolerance

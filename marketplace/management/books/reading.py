"""How every check reads: amounts in fen, rows added up, and a sentence for each figure that differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Mismatches = Iterator[str]


def fen(value: Any) -> int:
    """An amount in fen; nothing is 0, and what is a number already stays it."""
    return getattr(value, "amount", value) or 0


def tally(rows: Iterable[tuple[Any, ...]]) -> Counter[Any]:
    """Rows of a key in one or more parts and, last, an amount or quantity: added up under each key."""
    sums: Counter[Any] = Counter()
    for *parts, amount in rows:
        sums[tuple(parts) if len(parts) > 1 else parts[0]] += fen(amount)
    return sums


def in_fen(rows: Iterable[tuple[Any, Any]]) -> dict[Any, int]:
    """(key, amount) of rows that stand alone."""
    return {key: fen(amount) for key, amount in rows}


def differences(what: str, kept: Mapping[Any, int], computed: Mapping[Any, int]) -> Mismatches:
    """Every key under which the two do not say the same; a missing key says 0."""
    for key in sorted(kept.keys() | computed.keys(), key=str):
        if kept.get(key, 0) != computed.get(key, 0):
            yield f"{what} {key}: kept {kept.get(key, 0)}, rows say {computed.get(key, 0)}"

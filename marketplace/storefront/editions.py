"""Which edition of the trading rules is in force. Pure.

A platform makes a change of its trading rules known at least seven days before it holds (Electronic Commerce Law,
article 34). So an edition that follows another comes into force on the day it names, but never earlier than seven days
after it was published, however it came to be published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

NOTICE_DAYS = 7


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition: the day it names, the day it was published, and the thing itself."""

    effective_on: date
    published_on: date
    what: Any = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The edition in force, those announced, and those of the past, each with the day it came or comes into force."""

    in_force: tuple[date, Edition] | None
    coming: list[tuple[date, Edition]]
    past: list[tuple[date, Edition]]


def in_force_from(edition: Edition, *, is_first: bool) -> date:
    """The day an edition comes into force; the first of all changes nothing and needs no notice."""
    earliest = edition.published_on + timedelta(NOTICE_DAYS)
    return edition.effective_on if is_first else max(edition.effective_on, earliest)


def standing(editions: Sequence[Edition], *, on: date) -> Standing:
    """How the editions stand on a day; the one that came into force last holds."""
    ordered = sorted(editions, key=lambda edition: (edition.published_on, edition.effective_on))
    dated = sorted(
        ((in_force_from(edition, is_first=number == 0), edition) for number, edition in enumerate(ordered)),
        key=lambda pair: (pair[0], pair[1].published_on),
    )
    begun = [pair for pair in dated if pair[0] <= on]
    coming = [pair for pair in dated if pair[0] > on]
    return Standing(begun[-1] if begun else None, coming, begun[:-1][::-1])

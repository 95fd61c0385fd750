"""Rendered pieces of pages, kept until what they show changes.

A piece depends on topics. Each topic has a version in the cache; a change gives it a new one on commit, so that every
piece made before is never asked for again. Nothing waits for a time-out, save what a day or a closing time ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from secrets import token_hex
from typing import Any

from django.core.cache import BaseCache, caches
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import get_language

from ..conf import setting

CATALOGUE, PROGRAMME, IMPACT, GROUP_ORDERS, PAGES = "catalogue", "programme", "impact", "group_orders", "pages"
SITE = "site"  # settings, menus: what stands on every page
TOPICS = (CATALOGUE, PROGRAMME, IMPACT, GROUP_ORDERS, PAGES, SITE)
A_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Piece:
    """What was made, and for how many seconds at most it may be kept."""

    what: Any
    seconds: int = A_DAY


def kept(name: str, parts: Any, *, topics: Sequence[str], day: date, make: Callable[[], Piece]) -> Any:
    """What ``make`` answered last for these parts, this language and day, while no topic has changed since."""
    key = _key(name, [parts, get_language(), day, _versions(topics)])
    found = _cache().get(key)
    if found is None:
        piece = make()
        found = piece.what
        _cache().set(key, found, max(1, min(piece.seconds, A_DAY)))
    return found


def version(topic: str) -> str:
    """Which version of a topic this is; no statement. Where processes share no cache, each knows its own changes alone."""
    return _versions([topic])[0]


def versions() -> list[str]:
    """The version of every topic there is; no statement."""
    return _versions(TOPICS)


def forget(*topics: str) -> None:
    """Everything made of these topics is out of date from now on."""
    _cache().set_many({_name(topic): token_hex(8) for topic in topics}, None)


def forget_on_commit(*topics: str) -> None:
    """The same, once the change can be read by others."""
    transaction.on_commit(lambda: forget(*topics))


def _versions(topics: Sequence[str]) -> list[str]:
    """The topics' versions; a missing one is added, never set, so that a change meanwhile is not undone."""
    found = _cache().get_many([_name(topic) for topic in topics])
    for name in (_name(topic) for topic in topics):
        if name not in found:
            _cache().add(name, token_hex(8), None)
            found[name] = _cache().get(name)
    return [str(found[_name(topic)]) for topic in topics]


def _name(topic: str) -> str:
    return f"marketplace:version:{topic}"


def _key(name: str, parts: list[Any]) -> str:
    said = json.dumps(parts, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False)
    return f"marketplace:{name}:{sha256(said.encode()).hexdigest()}"


def _cache() -> BaseCache:
    return caches[setting("FRAGMENT_CACHE")]

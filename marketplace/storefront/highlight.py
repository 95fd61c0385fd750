"""Marks what was looked for in a card that is already rendered: its title and its lines, nothing else of it.

Only text is looked at, never a tag or an entity, and nothing is added but ``<mark>``: what was escaped stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString, mark_safe

from ..catalogue.pinyin import HAN, LONGEST, initials, syllables
from ..catalogue.search import RUNS, plain

LINES = re.compile(r'(<(?:h2 class="card-title"|p class="card-meta")>)(.*?)(</(?:h2|p)>)', re.DOTALL)
NO_TEXT = re.compile(r"(<[^>]*>|&[^;\s]{1,10};)")


def highlighted(card: str, ways: Sequence[str]) -> SafeString:
    """The card with every part marked by which one of the ways to say the words finds it."""
    pieces = pieces_of(ways)
    if not pieces:
        return mark_safe(card)
    return mark_safe(LINES.sub(lambda line: line[1] + _marked_line(line[2], pieces) + line[3], card))


def pieces_of(ways: Sequence[str]) -> frozenset[str]:
    """What the search looks for: pairs of Chinese characters (a single one by itself) and Latin words."""
    found: set[str] = set()
    for way in ways:
        for run in RUNS.findall(plain(way)):
            is_latin = run[0] < "\u3400"
            found |= {run} if is_latin or len(run) == 1 else {run[i : i + 2] for i in range(len(run) - 1)}
    return frozenset(found)


def _marked_line(line: str, pieces: frozenset[str]) -> str:
    parts = NO_TEXT.split(line)  # text at even places, tags and entities at odd ones
    return "".join(part if number % 2 else marked(part, pieces) for number, part in enumerate(parts))


def marked(text: str, pieces: frozenset[str]) -> str:
    """The text with the pieces found in it marked; pieces that touch become one mark."""
    hits = [False] * len(text)
    for start, end in _spans(_comparable(text), pieces):
        hits[start:end] = [True] * (end - start)
    made, is_open = [], False
    for character, hit in zip(text, hits, strict=True):
        if hit != is_open:
            made.append("<mark>" if hit else "</mark>")
            is_open = hit
        made.append(character)
    return "".join([*made, "</mark>"] if is_open else made)


def _comparable(text: str) -> str:
    """The text as the search compares it, character by character, so that places stay the same."""
    return "".join(made if len(made := plain(character)) == 1 else character for character in text)


def _spans(text: str, pieces: frozenset[str]) -> Iterator[tuple[int, int]]:
    latin = {piece for piece in pieces if piece[0] < "\u3400"}
    for piece in pieces - latin:
        for found in re.finditer(f"(?={re.escape(piece)})", text):
            yield found.start(), found.start() + len(piece)
    if not latin:
        return
    for word in RUNS.finditer(text):
        if word[0] in latin:
            yield word.span()
    yield from _spoken(text, latin)


def _spoken(text: str, latin: set[str]) -> Iterator[tuple[int, int]]:
    """Where Chinese is meant by its pinyin or its initials."""
    for run in HAN.finditer(text):
        read = syllables(run[0])
        for start in range(len(read)):
            for end in range(start + 1, min(len(read), start + LONGEST) + 1):
                part = read[start:end]
                if "".join(part) in latin or (end - start > 1 and initials(part) in latin):
                    yield run.start() + start, run.start() + end

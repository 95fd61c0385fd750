"""The blocks of a how-to, as they stand there, and the script that is made of them for another place than the one described."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)(?: ([\w./-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the word after it (``root``, ``background``, a file's name), and its text."""

    language: str
    word: str
    text: str


def blocks(document: Path) -> list[Block]:
    """All of them, in order."""
    return [Block(*found) for found in FENCE.findall(document.read_text())]


def moved(text: str, places: dict[str, str]) -> str:
    """The text with every described place replaced by where it is tried; a place that is not named there is a mistake."""
    for described, tried in places.items():
        text = text.replace(described, tried)
    return text


def script(found: Iterable[Block], places: dict[str, str], *, after: dict[str, str]) -> str:
    """One script of the blocks a user runs; ``after`` adds lines behind the block in which a text stands."""
    parts = ["set -euo pipefail"]
    for block in found:
        if block.language != "sh" or block.word == "root":
            continue
        text = moved(block.text, places)
        if block.word == "background":
            text = f"{{ {text.strip()}; }} &\nserver=$!\ntrap 'kill $server' EXIT\n"
        parts.append(text)
        parts += [lines for mark, lines in after.items() if mark in block.text]
    return "\n".join(parts)

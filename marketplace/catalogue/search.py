"""Chinese search on any database: single characters and adjacent pairs as index tokens.

The backends' own parsers do not find 兰花 inside 舒城小兰花. Tokens are written
in ASCII (``u5170u82b1``) so that no database's locale can drop them.
"""

from __future__ import annotations

import re
import unicodedata

RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


def index_text(*texts: str) -> str:
    """The tokens to index for ``texts``: every Chinese character, every adjacent pair, every Latin word."""
    return " ".join(token for text in texts for token in _tokens(text, with_single=True))


def query_text(text: str) -> str:
    """The tokens a query must all find; a single Chinese character looks for itself."""
    return " ".join(_tokens(text, with_single=False))


def _tokens(text: str, *, with_single: bool) -> list[str]:
    tokens: list[str] = []
    for run in RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] < "\u3400":
            tokens.append(run)
            continue
        if with_single or len(run) == 1:
            tokens += [_ascii(character) for character in run]
        tokens += [_ascii(run[i : i + 2]) for i in range(len(run) - 1)]
    return tokens


def _ascii(characters: str) -> str:
    return "".join(f"u{ord(character):x}" for character in characters)

"""Chinese search on any database: single characters and adjacent pairs as index tokens.

The backends' own parsers do not find 兰花 inside 舒城小兰花. Tokens are written
in ASCII (``u5170u82b1``) so that no database's locale can drop them. Names are
indexed as they are typed in pinyin too, so that xlh and xiaolanhua find 小兰花.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .pinyin import spellings

RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
MOST_WAYS = 8  # of saying what is looked for; see ``ways_to_say``


def index_text(*texts: str, spoken: Sequence[str] = ()) -> str:
    """The tokens to index for ``texts``: every Chinese character, every adjacent pair, every Latin word.

    ``spoken`` are the names among them that people also type in pinyin.
    """
    written = [token for text in texts for token in _tokens(text, with_single=True)]
    return " ".join(dict.fromkeys([*written, *(spelling for text in spoken for spelling in spellings(text))]))


def query_text(text: str) -> str:
    """The tokens a query must all find; a single Chinese character looks for itself."""
    return " ".join(_tokens(text, with_single=False))


def plain(text: str) -> str:
    """The text as it is compared: one width, small letters, no space around it."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def ways_to_say(text: str, synonyms: Sequence[Sequence[str]]) -> list[str]:
    """The text, and the text with each word that has synonyms replaced by each of them; the text itself comes first."""
    ways = [plain(text)]
    for words in synonyms:
        ways += [way.replace(word, other) for way in ways for word in _said(way, words) for other in words]
    return list(dict.fromkeys(ways))[:MOST_WAYS]


def _said(way: str, words: Sequence[str]) -> list[str]:
    """The longest of the words that is in the text, so that 茶油 inside 山茶油 is not replaced."""
    return sorted((word for word in words if word in way), key=len, reverse=True)[:1]


def _tokens(text: str, *, with_single: bool) -> list[str]:
    tokens: list[str] = []
    for run in RUNS.findall(plain(text)):
        if run[0] < "\u3400":
            tokens.append(run)
            continue
        if with_single or len(run) == 1:
            tokens += [_ascii(character) for character in run]
        tokens += [_ascii(run[i : i + 2]) for i in range(len(run) - 1)]
    return tokens


def _ascii(characters: str) -> str:
    return "".join(f"u{ord(character):x}" for character in characters)

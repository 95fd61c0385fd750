"""How Chinese names are typed without a Chinese keyboard: xiaolanhua, xlh; and which names sound alike. Pure.

The readings come from pypinyin, which knows phrases (重庆 is chongqing). It is read when it is first needed: its
dictionary takes a moment.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

HAN = re.compile(r"[\u3400-\u9fff]+")
LONGEST = 6  # syllables of one spelling; longer names are found by a part of them
# What many people do not tell apart when they type: flat and curled tongue, n and l, front and back nasals.
ALIKE = ((r"^([zcs])h", r"\1"), (r"^n", "l"), (r"(?<=[aei])ng$", "n"), (r"^hu(?=.)", "f"))


@lru_cache(maxsize=8192)
def syllables(run: str) -> tuple[str, ...]:
    """The reading of each character of a run of Chinese; a character nobody knows reads as nothing."""
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(run, errors=_unread)
    return tuple(read) if len(read) == len(run) else tuple("" for _ in run)


def _unread(unknown: str) -> Any:
    """A run of characters without a reading: as many empty ones."""
    return ["" for _ in unknown]


def spellings(text: str) -> list[str]:
    """Every way to type a part of the text: its syllables written together, and from two on their initials."""
    found: dict[str, None] = {}
    for run in HAN.findall(text):
        read = syllables(run)
        for start in range(len(read)):
            for end in range(start + 1, min(len(read), start + LONGEST) + 1):
                found["".join(read[start:end])] = None
                if end - start > 1:
                    found[initials(read[start:end])] = None
    return [spelling for spelling in found if spelling]


def initials(read: tuple[str, ...]) -> str:
    """xlh for xiao, lan, hua."""
    return "".join(syllable[:1] for syllable in read)


def spelled(text: str) -> str:
    """The whole text as it is typed: 舒城小兰花 is shuchengxiaolanhua; what is not Chinese stays."""
    return HAN.sub(lambda run: "".join(syllables(run[0])), text).lower()


def sound(text: str) -> str:
    """What the text sounds like to somebody who does not tell 蓝 from 兰, zh from z or ang from an."""
    return "-".join(_plain(syllable) for run in HAN.findall(text) for syllable in syllables(run))


def _plain(syllable: str) -> str:
    for pattern, instead in ALIKE:
        syllable = re.sub(pattern, instead, syllable)
    return syllable

"""Weights as people type and read them: kilograms, grams, 斤; whole grams inside. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

MOST = 1_000_000  # a tonne; more is a slip of the finger
UNITS = {
    "": 1000, "kg": 1000, "公斤": 1000, "千克": 1000, "斤": 500, "两": 50, "g": 1, "克": 1,
}  # fmt: skip
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．ｋｇＫＧ", "0123456789.kgkg")


def parse_grams(text: str) -> int:
    """Read "2.5", "2.5 kg", "500g", "5斤" (a bare number is kilograms); ``ValueError`` when no whole grams."""
    plain = text.translate(_FULL_WIDTH).strip().lower()
    found = re.fullmatch(r"(\d{1,7}(?:\.\d{1,4})?)\s*(\D*)", plain)
    if found is None or found[2] not in UNITS:
        raise ValueError(f"not a weight: {text!r}")
    grams = Decimal(found[1]) * UNITS[found[2]]
    if grams != grams.to_integral_value() or grams > MOST:
        raise ValueError(f"not a weight in whole grams: {text!r}")
    return int(grams)


def weight_words(grams: int) -> str:
    """500 g, 1 kg, 2.5 kg."""
    if grams < 1000:
        return f"{grams} g"
    return f"{grams // 1000}{f'.{grams % 1000:03d}'.rstrip('0') if grams % 1000 else ''} kg"

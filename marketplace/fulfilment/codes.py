"""The codes of vouchers: short enough to be typed on a phone, too many to be guessed. Pure."""

from __future__ import annotations

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken for something else
LENGTH, GROUP = 12, 4  # 60 bits


def fresh_code() -> str:
    """A random code of twelve characters, as it is compared."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain_code(text: str) -> str:
    """A code however it was typed: spaces, dashes and small letters; '' for what can be none."""
    code = "".join(char for char in text.upper() if char.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def printed_code(code: str) -> str:
    """In groups of four, as it stands on paper."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))

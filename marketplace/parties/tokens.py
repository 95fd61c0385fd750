"""Secret tokens for links: given out once, kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets


def fresh_token() -> str:
    """A new random token of 32 URL-safe characters (192 bits)."""
    return secrets.token_urlsafe(24)


def token_hash(token: str) -> str:
    """What is stored of a token; a long random token needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()

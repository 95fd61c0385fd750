"""Whether the reader asked for elder mode (长辈版): the same pages, larger, plainer, with the commonest tasks first.

A visitor's wish is a cookie of the device; a signed-in person's is kept in their profile (``access``) and, while they
are signed in, in the session, so that no page asks the database for it.
"""

from __future__ import annotations

from typing import Any

COOKIE = "display"
ELDER, USUAL = "elder", "usual"
SESSION_KEY = "marketplace-display"


def is_elder(request: Any) -> bool:
    """Ask this of the request; caches of whole pages and of blocks take the answer into their key."""
    return display_of(request) == ELDER


def display_of(request: Any) -> str:
    """``elder`` or ``usual``. Touching the session makes the answer vary by cookie."""
    session = getattr(request, "session", None)
    kept = session.get(SESSION_KEY) if session is not None else None
    wish = kept or getattr(request, "COOKIES", {}).get(COOKIE)
    return ELDER if wish == ELDER else USUAL

"""How long a failed errand waits before it is tried again: longer each time, and never longer than six hours."""

from __future__ import annotations

from datetime import timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=6)


def wait_after(attempts: int) -> timedelta:
    """After so many attempts (one or more) in vain: 1, 2, 4 … minutes."""
    return min(FIRST * 2 ** min(attempts - 1, 20), LONGEST)

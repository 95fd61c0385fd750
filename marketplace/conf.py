"""Settings of the marketplace, each with its default: ``MARKETPLACE_<NAME>`` in the project's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    "CURRENCY": "CNY",
    "TIME_ZONE": "Asia/Shanghai",
    # Days each step may take before its timeline says "late"; an operator's choice, not a law.
    "DAYS_TO_APPROVE": 5,
    "DAYS_TO_PLACE": 3,
    "DAYS_TO_CONFIRM": 3,
    "DAYS_TO_DISPATCH": 7,
    "DAYS_TO_RECEIVE": 7,
    "DAYS_TO_ACCEPT": 3,
    "DAYS_TO_FAPIAO": 7,
    "DAYS_TO_PAY": 30,
    "DAYS_TO_HAND_OUT": 7,
    "LINK_DAYS_AFTER_CLOSING": 14,
    # How long after the closing time `run_clock` closes a group order; until then the organiser may choose on behalf.
    "CLOCK_CLOSES_AFTER_HOURS": 24,
    "PAYEE_NAME": "",
    "PAYEE_BANK": "",
    "PAYEE_ACCOUNT": "",
    "PRIVATE_STORAGE": "private",
    "VOUCHER_MAX_BYTES": 8 * 1024 * 1024,
    "ROSTER_MAX_ROWS": 5000,
}


def setting(name: str) -> Any:
    """The operator's value of ``MARKETPLACE_<name>``, or the default; ``KeyError`` on an unknown name."""
    return getattr(settings, f"MARKETPLACE_{name}", DEFAULTS[name])


def currency() -> str:
    """The one currency this installation trades in."""
    return str(setting("CURRENCY"))

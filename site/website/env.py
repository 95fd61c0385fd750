"""Reading the deployment from the environment; what is missing is named in one sentence."""

from __future__ import annotations

import os

from django.core.exceptions import ImproperlyConfigured


def required(name: str, what: str) -> str:
    """The variable's value; ``ImproperlyConfigured`` saying what it is for when it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name} in the environment: {what}.")
    return value


def optional(name: str, default: str = "") -> str:
    """The variable's value, or the default."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Whether the variable says yes (1, true, yes, on)."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value in ("1", "true", "yes", "on")


def words(text: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text.split(",") if word.strip()]

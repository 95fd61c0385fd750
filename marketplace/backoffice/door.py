"""Leads officers from ``/desk/`` to their dashboard in the admin."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from ..parties.selectors import counties_of


def officer_door(user: Any) -> str | None:
    """The dashboard for officers and the operator."""
    is_officer = user.is_superuser or bool(counties_of(user))
    return reverse("marketplace_backoffice:dashboard") if is_officer else None

"""Leads people at a vendor from ``/desk/`` to their own desk."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from .selectors import vendors_of


def vendor_door(user: Any) -> str | None:
    """The vendors' desk for those who act for a vendor."""
    return reverse("vendors:desk") if vendors_of(user) else None

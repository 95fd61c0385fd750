"""Seating people at a vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from marketplace import audit
from marketplace.errors import NotPermitted
from marketplace.models import Vendor

from .models import VendorMembership


@transaction.atomic
def seat(*, vendor: Vendor, user: Any, by: Any, at: datetime) -> VendorMembership:
    """Let ``user`` act for ``vendor``. By the operator (superuser)."""
    if not getattr(by, "is_superuser", False):
        raise NotPermitted()
    membership, made = VendorMembership.objects.get_or_create(
        vendor=vendor, user=user, ended_at=None, defaults={"began_at": at}
    )
    if made:
        audit.record("marketplace.seat_vendor", [vendor], by=by, at=at, user=str(user))
    return membership

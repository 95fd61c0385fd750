"""Questions about who acts for which vendor."""

from __future__ import annotations

from typing import Any

from marketplace.errors import NotPermitted
from marketplace.models import Vendor

from .models import VendorMembership


def vendors_of(user: Any) -> list[Vendor]:
    """The vendors ``user`` acts for now."""
    if not getattr(user, "is_authenticated", False):
        return []
    seats = VendorMembership.objects.filter(user=user, ended_at=None).select_related("vendor__home")
    return [seat.vendor for seat in seats]


def require_seat(user: Any, vendor_pk: int) -> None:
    """Raise ``NotPermitted`` unless ``user`` acts for the vendor now."""
    if not VendorMembership.objects.filter(user=user, vendor_id=vendor_pk, ended_at=None).exists():
        raise NotPermitted()

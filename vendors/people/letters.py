"""Who reads the letters to a vendor, and where they lead: told to the marketplace, which knows no vendor's people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from marketplace.letters.letters import VendorSide, set_vendor_side

from .models import VendorMembership


def read_letters() -> None:
    """Called once when the app is ready."""
    set_vendor_side(
        VendorSide(
            people_of,
            lambda reference: reverse("vendors:order", args=[reference]),
            lambda slug: reverse("vendors:certificates", args=[slug]),
            lambda listing_pk: reverse("vendors:listing_history", args=[listing_pk]),
            lambda reference: reverse("vendors:report", args=[reference]),
            lambda: reverse("vendors:ratings"),
            lambda code: reverse("vendors:voucher", args=[code]),
            lambda session_pk: reverse("vendors:session", args=[session_pk]),
        )
    )


def people_of(vendor_pk: int) -> Iterable[Any]:
    """Everybody who acts for the vendor now."""
    seats = VendorMembership.objects.filter(vendor_id=vendor_pk, ended_at=None).select_related("user")
    return [seat.user for seat in seats.order_by("pk")]

"""What the vendors' side keeps about an account: its seats at vendors. Told on request, and ended when it is erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.sheets import Table

from .models import VendorMembership


def seats_of(account: Any) -> list[Table]:
    """The vendors the account acts or acted for."""
    seats = VendorMembership.objects.filter(user=account).select_related("vendor").order_by("pk")
    rows = [[seat.vendor.name, seat.began_at, seat.ended_at] for seat in seats]
    return [Table(_("Seats at vendors"), [_("Vendor"), _("Since"), _("Until")], rows)] if rows else []


def end_seats(account: Any, at: datetime) -> None:
    """The account acts for no vendor any more."""
    VendorMembership.objects.filter(user=account, ended_at=None).update(ended_at=at)

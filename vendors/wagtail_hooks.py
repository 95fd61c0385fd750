"""Registers the operator's screen for vendors' people with Wagtail."""

from __future__ import annotations

from wagtail import hooks

from .backoffice import VendorSeatViewSet


@hooks.register("register_admin_viewset")
def vendor_seats() -> VendorSeatViewSet:
    return VendorSeatViewSet("vendor_seat")

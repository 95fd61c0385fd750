"""A vendor's steps with certificates: who may take them is asked here, what they do is the catalogue's."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from marketplace.catalogue import certifying
from marketplace.catalogue.certificates import Certificate
from marketplace.errors import NotPermitted
from marketplace.files import Given
from marketplace.parties.models import Vendor

from ..people.selectors import require_seat


def enter_certificate(*, certificate: Certificate, vendor: Vendor, scan: Given, by: Any, at: datetime) -> Certificate:
    """Enter a certificate. By somebody seated at the vendor, of one of its own listings or of all."""
    require_seat(by, vendor.pk)
    if certificate.listing and certificate.listing.vendor_id != vendor.pk:
        raise NotPermitted()
    return certifying.enter_certificate(certificate=certificate, vendor=vendor, scan=scan, by=by, at=at)


def withdraw_certificate(*, certificate: Certificate, on: date, by: Any, at: datetime) -> Certificate:
    """Take a certificate back. By somebody seated at its vendor."""
    require_seat(by, certificate.vendor_id)
    return certifying.withdraw_certificate(certificate=certificate, on=on, by=by, at=at)

"""What a vendor's people see of private files: photographs of their certificates, the evidence of what went back to them, and of a delisting."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.delistings import Delisting
from marketplace.catalogue.evidence import PriceEvidence
from marketplace.files import Kind, PrivateFile, add_guard
from marketplace.fulfilment.models import Cancellation, GoodsReturn

from .selectors import vendors_of


def vendor_sees_evidence(user: Any, file: PrivateFile) -> bool:
    """Evidence is shown to both sides of the order, and why a listing was taken off the shelf to its vendor."""
    vendors = vendors_of(user)
    if Delisting.objects.filter(evidence=file, listing__vendor__in=vendors).exists():
        return True
    return any(
        model.objects.filter(evidence=file, order__vendor__in=vendors).exists() for model in (Cancellation, GoodsReturn)
    )


def vendor_sees_certificate(user: Any, file: PrivateFile) -> bool:
    """The photograph of a certificate is its vendor's own."""
    return Certificate.objects.filter(scan=file, vendor__in=vendors_of(user)).exists()


def vendor_sees_price_evidence(user: Any, file: PrivateFile) -> bool:
    """What proves a price is its vendor's own."""
    return PriceEvidence.objects.filter(paper=file, listing__vendor__in=vendors_of(user)).exists()


def add_guards() -> None:
    """Called once when the app is ready."""
    add_guard(Kind.EVIDENCE, vendor_sees_evidence)
    add_guard(Kind.CERTIFICATE, vendor_sees_certificate)
    add_guard(Kind.PRICE_EVIDENCE, vendor_sees_price_evidence)

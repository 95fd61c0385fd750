"""What a vendor's people see of the buyers' private files: the evidence of a cancellation or return of their own orders."""

from __future__ import annotations

from typing import Any

from marketplace.files import Kind, PrivateFile, add_guard
from marketplace.fulfilment.models import Cancellation, GoodsReturn

from .selectors import vendors_of


def vendor_sees_evidence(user: Any, file: PrivateFile) -> bool:
    """Evidence is shown to both sides of the order."""
    vendors = vendors_of(user)
    return any(
        model.objects.filter(evidence=file, order__vendor__in=vendors).exists() for model in (Cancellation, GoodsReturn)
    )


def add_guards() -> None:
    """Called once when the app is ready."""
    add_guard(Kind.EVIDENCE, vendor_sees_evidence)

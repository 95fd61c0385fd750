"""The lock on a purchase made elsewhere: it is checked once, voided once, and not changed while it is checked."""

from __future__ import annotations

from .models import ElsewhereImport, ElsewherePurchase


def lock_purchase(pk: int) -> ElsewherePurchase:
    """The purchase's row, held until commit."""
    return (
        ElsewherePurchase.objects.select_for_update(of=("self",))
        .select_related("organisation__region", "vendor", "campaign__pairing__aided")
        .get(pk=pk)
    )


def lock_sheet(pk: int) -> ElsewhereImport:
    """An uploaded sheet, held until commit: it is entered once."""
    return ElsewhereImport.objects.select_for_update(of=("self",)).select_related("organisation__region").get(pk=pk)

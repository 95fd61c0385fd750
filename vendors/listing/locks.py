"""Locks on imports of listings, and on the listings they are about to change."""

from __future__ import annotations

from marketplace.catalogue.models import Listing

from .models import ListingImport


def lock_import(pk: int) -> ListingImport:
    """The import, and all listings of its vendor in primary-key order, held until commit."""
    held = ListingImport.objects.select_for_update(of=("self",)).select_related("vendor__home", "pictures").get(pk=pk)
    list(Listing.objects.select_for_update(of=("self",)).filter(vendor=held.vendor_id).order_by("pk").values_list("pk"))
    return held


def lock_document(pk: int) -> ListingImport:
    """The import alone, before the one listing its errand is about."""
    rows = ListingImport.objects.select_for_update(of=("self",)).select_related("applied_by", "undone_by")
    return rows.get(pk=pk)

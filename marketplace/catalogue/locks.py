"""Locks on listings and stock, and the conditional updates that keep stock from being oversold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..rows import add_to_rows
from .capacity import SharedCapacity
from .certificates import Certificate
from .delistings import Delisting
from .models import Listing, Stock
from .sessions import ServiceSession


def lock_listing(pk: int) -> Listing:
    """The listing's row, held until commit."""
    return Listing.objects.select_for_update(of=("self",)).select_related("vendor__home").get(pk=pk)


def lock_stocks(pack_pks: Sequence[int]) -> dict[int, Stock]:
    """Stock rows by pack, taken in primary-key order and held until commit."""
    rows = Stock.objects.select_for_update(of=("self",)).filter(pack_id__in=pack_pks).order_by("pk")
    return {row.pack_id: row for row in rows}


def lock_capacities(pks: Sequence[int]) -> dict[int, SharedCapacity]:
    """Capacity rows by primary key, taken in its order, after the stocks that draw on them, and held until commit."""
    rows = SharedCapacity.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in rows}


def lock_session(pk: int) -> ServiceSession:
    """The session's row with its places, held until commit; the places are locked when they are changed."""
    rows = ServiceSession.objects.select_for_update(of=("self",)).select_related("capacity", "listing__vendor")
    return rows.get(pk=pk)


def shift_capacities(changes: Mapping[int, tuple[int, int]]) -> None:
    """Add (promised, spent) to many capacities in one statement; constraints refuse an oversale."""
    add_to_rows(SharedCapacity, key="id", columns=["promised", "spent"], changes=changes)


def shift_stock(changes: Mapping[int, tuple[int, int]]) -> None:
    """Add (on_hand, reserved) to many stocks by pack in one statement; constraints refuse an oversale."""
    add_to_rows(Stock, key="pack_id", columns=["on_hand", "reserved"], changes=changes)


def lock_certificate(pk: int) -> Certificate:
    """The certificate's row, held until commit."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("vendor__home", "listing", "scan")
    return rows.get(pk=pk)


def lock_listings_of(certificate: Certificate) -> list[Listing]:
    """The listings a certificate is about, in primary-key order, held until commit; services need none."""
    rows = Listing.objects.filter(vendor=certificate.vendor_id, product__category__is_service=False)
    if certificate.listing_id:
        rows = rows.filter(pk=certificate.listing_id)
    return list(rows.select_for_update(of=("self",)).select_related("vendor").order_by("pk"))


def lock_delisting(listing_pk: int) -> Delisting | None:
    """The listing's standing delisting, held until commit."""
    rows = Delisting.objects.standing().select_for_update(of=("self",))
    return rows.filter(listing_id=listing_pk).first()

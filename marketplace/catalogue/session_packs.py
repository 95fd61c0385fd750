"""The packs of a session: a copy of each written pack for every session that is still to come, drawing on its places.

They are no part of a revision: made when the listing is published or a session is opened, and kept up with what is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, OuterRef, Subquery

from .models import Listing, Pack, PriceTier, Stock
from .sessions import ServiceSession

COPIED = ("unit", "unit_price", "minimum_quantity", "multiple", "persons", "is_redeemed", "sort_order")
PLENTY = 1_000_000  # the places of the session are what limits them


def make_packs(listing: Listing, on: date) -> None:
    """Bring the packs of the sessions that are still to come up to what is written; made where there are none."""
    sessions = list(ServiceSession.objects.filter(listing=listing, called_off_at=None, starts_on__gte=on))
    written = list(listing.packs.prefetch_related("tiers"))
    rows = Pack.objects.filter(session__in=sessions)
    standing = {(pack.session_id, pack.written_id): pack for pack in rows}
    found = [_pack(session, pack, standing) for session in sessions for pack in written]
    Pack.objects.bulk_create(pack for pack in found if pack.pk is None)
    changed = [pack for pack in found if (pack.session_id, pack.written_id) in standing]
    Pack.objects.bulk_update(changed, ["name", "is_offered", *COPIED], batch_size=300)
    _tiers(found, written)
    _stock(found, {session.pk: session.capacity_id for session in sessions})


def _pack(session: ServiceSession, written: Pack, standing: dict[tuple[int | None, int | None], Pack]) -> Pack:
    pack = standing.get((session.pk, written.pk)) or Pack(listing_id=session.listing_id)
    pack.session, pack.written = session, written
    for name in COPIED:
        setattr(pack, name, getattr(written, name))
    pack.name = f"{written.name} · {session.label}"
    pack.is_offered = written.is_offered
    return pack


def _tiers(packs: Sequence[Pack], written: Sequence[Pack]) -> None:
    PriceTier.objects.filter(pack__in=packs).delete()
    ladders = {pack.pk: pack.ladder for pack in written}
    PriceTier.objects.bulk_create(
        PriceTier(pack=pack, from_quantity=tier.from_quantity, unit_price=tier.unit_price)
        for pack in packs
        for tier in ladders[pack.written_id or 0]
    )


def _stock(packs: Sequence[Pack], capacities: dict[int, int]) -> None:
    """What is promised keeps the places it took: only what nobody has booked follows another number of persons."""
    rows = [
        Stock(pack=pack, on_hand=PLENTY, capacity_id=capacities[pack.session_id or 0], draws=pack.persons)
        for pack in packs
    ]
    Stock.objects.bulk_create(rows, ignore_conflicts=True)
    unbooked = Stock.objects.filter(pack__in=packs, reserved=0, on_hand=PLENTY)
    unbooked.update(draws=Subquery(Pack.objects.filter(pk=OuterRef("pack_id")).values("persons")[:1]))


def close_stock_of(listing: Listing) -> None:
    """The written packs of a service with sessions are sold no more: only what was promised is still in store."""
    Stock.objects.filter(pack__listing=listing, pack__session=None).update(on_hand=F("reserved"))

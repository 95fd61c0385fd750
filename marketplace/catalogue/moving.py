"""Places promised in one session are promised in another instead: both taken and given back under their locks, or neither."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from .actions import release_stock, reserve_stock
from .errors import SessionPriceDiffers, SessionUnlike
from .locks import lock_capacities, lock_stocks
from .models import Pack
from .session_views import left_in_session
from .taking import require_takes_orders


@dataclass(frozen=True, slots=True)
class Way:
    """A pack into which a booking can go, and how many of it are left."""

    pack: Pack
    left: int


def require_alike(before: Pack, into: Pack) -> None:
    """Raise unless ``into`` is the same kind of pack on another day: same listing, same persons, same price today."""
    is_same_kind = before.written_id is not None and before.written_id == into.written_id and before.pk != into.pk
    if not is_same_kind or before.stock.draws != into.stock.draws:
        raise SessionUnlike(pack=str(before))
    if before.unit_price != into.unit_price:
        raise SessionPriceDiffers(session=str(into), price=into.unit_price, before=before.unit_price)


def require_open(into: Pack, on: date) -> None:
    """Raise unless the pack's session takes bookings on this day, and the pack is still sold."""
    require_takes_orders([into], on)
    if not into.is_offered:
        raise SessionUnlike(pack=str(into))


def ways_out_of(packs: Sequence[Pack], quantities: Sequence[int], on: date, taken: Collection[int]) -> list[list[Way]]:
    """For each pack of a session with so many booked: where all of them could go; one statement.

    Not into a pack that is ``taken`` already (pks), nor where the price is another one today.
    """
    written = {pack.written_id for pack in packs}
    rows = Pack.objects.filter(written__in=written, session__called_off_at=None, session__starts_on__gte=on)
    found = (
        rows.filter(is_offered=True)
        .exclude(pk__in=taken)
        .select_related("session__capacity", "stock", "listing", "written")
    )
    open_packs = [
        pack for pack in found.order_by("session__starts_on", "session__starts_at", "pk") if _is_open(pack, on)
    ]
    return [
        [Way(into, left) for into in open_packs if _fits(pack, into) and (left := left_in_session(into)) >= quantity]
        for pack, quantity in zip(packs, quantities, strict=True)
    ]


def _is_open(pack: Pack, on: date) -> bool:
    session = pack.session
    return session is not None and session.is_bookable_on(on) and not session.capacity.is_closed


def _fits(before: Pack, into: Pack) -> bool:
    try:
        require_alike(before, into)
    except (SessionUnlike, SessionPriceDiffers):
        return False
    return True


def shift_places(*, out_of: Pack, into: Pack, quantity: int, on: date) -> None:
    """Give so many back in one session and promise them in the other, or refuse the whole (``InsufficientStock``).

    Stocks before places, each in primary-key order, so that two bookings that change places never wait for each other.
    Inside the caller's transaction.
    """
    lock_stocks([out_of.pk, into.pk])
    pks = [pack.session.capacity_id for pack in (out_of, into) if pack.session]
    lock_capacities(pks)
    fresh = Pack.objects.select_related("session__capacity", "listing", "stock").get(pk=into.pk)
    require_open(fresh, on)  # whoever calls it off or closes it holds the places, and is done by now
    require_alike(out_of, fresh)
    reserve_stock(wanted={into.pk: quantity}, labels={into.pk: str(fresh)})
    release_stock(quantities={out_of.pk: quantity})

"""Whether new orders are taken: not while a listing is paused, nor outside its window for advance orders.

What was ordered or chosen before goes on: this is asked only where something new is wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.formats import date_format

from .errors import ListingPaused, NoLongerSold, NotYetSold, SessionCalledOff, SessionClosed, SoldBySession
from .models import Pack


def require_takes_orders(packs: Sequence[Pack], on: date) -> None:
    """Refuse when one of these packs (with its listing) takes no new orders on a day: the first of them is named."""
    for pack in packs:
        listing = pack.listing
        if listing.is_by_session and pack.session is None:
            raise SoldBySession(listing=listing.title)
        if listing.paused_at is not None:
            raise ListingPaused(listing=listing.title)
        if listing.advance_from and on < listing.advance_from:
            raise NotYetSold(listing=listing.title, day=date_format(listing.advance_from, "DATE_FORMAT"))
        if not listing.takes_orders_on(on) and listing.advance_until:
            raise NoLongerSold(listing=listing.title, day=date_format(listing.advance_until, "DATE_FORMAT"))
    require_bookable(packs, on)


def require_bookable(packs: Iterable[Pack], on: date) -> None:
    """Refuse when the session of one of these packs takes no bookings on a day: asked once more when it is placed."""
    for pack in packs:
        session = pack.session
        if session is None or session.is_bookable_on(on):
            continue
        if session.called_off_at is not None:
            raise SessionCalledOff(session=str(pack))
        raise SessionClosed(session=str(pack), day=date_format(session.book_until, "DATE_FORMAT"))

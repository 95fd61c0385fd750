"""Sessions as pages show them: where each stands today, and what can be booked of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Prefetch

from .models import Listing, Pack
from .pricing import orderable
from .sessions import ServiceSession

LONGEST_STAY = timedelta(days=60)  # what began earlier is over, whatever it says of its last day
TONES = {
    ServiceSession.State.OPEN: "done",
    ServiceSession.State.NEARLY_FULL: "todo",
    ServiceSession.State.FULL: "neutral",
    ServiceSession.State.CLOSED: "neutral",
    ServiceSession.State.OVER: "neutral",
    ServiceSession.State.CALLED_OFF: "stop",
}


@dataclass(frozen=True, slots=True)
class SessionPack:
    """A pack of a session as it can be booked now: so many are left, at least so many are taken."""

    pack: Pack
    left: int
    least: int

    @property
    def is_bookable(self) -> bool:
        return self.left >= self.least


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session on a day."""

    session: ServiceSession
    state: ServiceSession.State
    packs: list[SessionPack]
    wants_decision: bool = False

    @property
    def facts(self) -> tuple[Any, ...]:
        """What a page shows of it that changes without the catalogue: whatever keeps the page compares them."""
        session, packs = self.session, [(row.pack.pk, row.left) for row in self.packs]
        terms = (session.persons, session.minimum_persons, session.book_until)
        return session.pk, self.state, session.booked, session.is_certain, terms, packs

    @property
    def word(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def percent(self) -> int:
        """How full it is, of a hundred."""
        return min(100, self.session.booked * 100 // max(1, self.session.persons))

    @property
    def is_bookable(self) -> bool:
        return self.state in (ServiceSession.State.OPEN, ServiceSession.State.NEARLY_FULL)

    @property
    def is_uncertain(self) -> bool:
        """Whether it is still to come, and waits for more persons than the first."""
        return self.may_change and self.session.minimum_persons > 1 and not self.session.is_certain

    @property
    def may_change(self) -> bool:
        return self.state not in (ServiceSession.State.OVER, ServiceSession.State.CALLED_OFF)


def views_of(sessions: Iterable[ServiceSession], today: date) -> list[SessionView]:
    """Sessions (with their capacity) as they stand today, without packs."""
    return [SessionView(session, session.state_on(today), [], session.wants_decision_on(today)) for session in sessions]


def sessions_to_decide(vendors: Sequence[int], today: date) -> list[ServiceSession]:
    """Sessions of these vendors (pks) of which they have to say whether they are held, the next one first."""
    short = F("minimum_persons") - F("capacity__promised")
    rows = ServiceSession.objects.annotate(short=short).filter(
        listing__vendor__in=vendors, short__gt=0, called_off_at=None, held_anyway_at=None, capacity__spent=0,
        capacity__promised__gt=0, starts_on__gte=today - LONGEST_STAY,
    )  # fmt: skip
    return [row for row in rows.select_related("capacity", "listing") if row.wants_decision_on(today)]


def sessions_to_book(listing: Listing, today: date) -> list[SessionView]:
    """What is still to come of a listing's sessions, with what can be booked of each; three statements."""
    if not listing.pk or not listing.is_by_session:
        return []
    offered = (
        Pack.objects.filter(is_offered=True)
        .select_related("written", "stock")
        .prefetch_related("tiers")
        .order_by("sort_order", "pk")
    )
    rows = ServiceSession.objects.filter(listing=listing.pk, called_off_at=None, starts_on__gte=today)
    rows = rows.select_related("capacity").prefetch_related(Prefetch("packs", offered, to_attr="offered"))
    return [SessionView(row, row.state_on(today), [_pack(row, pack) for pack in row.offered]) for row in rows]


def _pack(session: ServiceSession, pack: Pack) -> SessionPack:
    least = orderable(1, pack.minimum_quantity, pack.multiple)
    return SessionPack(pack, session.places_left // pack.stock.draws, least)


def left_in_session(pack: Pack) -> int:
    """How many of a session's pack are left as one reads it, nothing held."""
    return pack.session.places_left // pack.stock.draws if pack.session else 0

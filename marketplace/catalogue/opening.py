"""Sessions of a service: opened with their places, changed, and closed when the last day for booking is over.

Who at the vendor may is asked by the vendors' side. Calling one off undoes its bookings: ``purchase.call_off``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.formats import date_format

from .. import audit, signals
from ..errands.actions import tell
from ..parties.actions import office_day
from .capacity import Measure, SharedCapacity
from .errors import (
    BookingStillOpen,
    NotAService,
    NothingToDecide,
    SessionBackwards,
    SessionBelowBooked,
    SessionCalledOff,
    SessionInThePast,
    SessionOver,
    SessionTooSmall,
    SessionTwice,
)
from .locks import lock_capacities, lock_listing, lock_session, lock_stocks
from .models import Listing, Pack, Stock
from .session_packs import close_stock_of, make_packs
from .sessions import ServiceSession

LONGEST_DEADLINE = 365  # days


@dataclass(frozen=True, slots=True)
class Plan:
    """What a vendor says of a session: its days, its places, until how many days before it is booked, from how many it is held."""

    starts_on: date
    persons: int
    ends_on: date | None = None
    starts_at: time | None = None
    deadline_days: int = 1
    minimum_persons: int = 1


@transaction.atomic
def open_session(*, listing: Listing, plan: Plan, by: Any, at: datetime) -> ServiceSession:
    """One more session of a service; from now on it is sold by session only."""
    locked = lock_listing(listing.pk)
    if not locked.product.category.is_service:
        raise NotAService(listing=locked.title)
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        raise SessionBackwards()
    _require_room(plan.minimum_persons, plan.persons)
    session = ServiceSession(
        listing=locked,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        starts_at=plan.starts_at,
        deadline_days=plan.deadline_days,
        minimum_persons=plan.minimum_persons,
        opened_at=at,
        opened_by=by,
    )
    if session.book_until < office_day(at):
        raise SessionInThePast(day=date_format(session.book_until, "DATE_FORMAT"))
    standing = ServiceSession.objects.filter(
        listing=locked, called_off_at=None, starts_on=plan.starts_on, starts_at=plan.starts_at
    )
    if twin := standing.first():
        raise SessionTwice(session=twin.label)
    session.capacity = SharedCapacity.objects.create(
        listing=locked, measure=Measure.PERSONS, begins_on=plan.starts_on, amount=plan.persons
    )
    session.save()
    Listing.objects.filter(pk=locked.pk).update(is_by_session=True)
    close_stock_of(locked)
    if locked.first_published_at is not None:
        make_packs(locked, office_day(at))
    audit.record("marketplace.open_session", [session], by=by, at=at, persons=plan.persons)
    _tell(session)
    return session


def _require_room(minimum: int, persons: int) -> None:
    if minimum > persons:
        raise SessionTooSmall(minimum=minimum, persons=persons)


def require_standing(session: ServiceSession, on: date) -> None:
    """Raise unless the session is neither called off nor over."""
    if session.called_off_at is not None:
        raise SessionCalledOff(session=session.label)
    if on > session.last_day:
        raise SessionOver(session=session.label)


@transaction.atomic
def change_session(
    *, session: ServiceSession, persons: int, deadline_days: int, minimum_persons: int, by: Any, at: datetime
) -> ServiceSession:
    """More places, or fewer but never below what is booked; another last day for booking. Its days stay."""
    session, on = lock_session(session.pk), office_day(at)
    require_standing(session, on)
    _require_room(minimum_persons, persons)
    capacity = lock_capacities([session.capacity_id])[session.capacity_id]
    if persons < capacity.taken:
        raise SessionBelowBooked(session=session.label, booked=capacity.taken)
    session.deadline_days, session.minimum_persons = deadline_days, minimum_persons
    session.save(update_fields=["deadline_days", "minimum_persons"])
    before, capacity.amount = capacity.amount, persons
    capacity.is_closed = not session.is_bookable_on(on)
    capacity.save(update_fields=["amount", "is_closed"])
    session.capacity = capacity
    audit.record("marketplace.change_session", [session], by=by, at=at, before=before, after=persons)
    _tell(session)
    return session


@transaction.atomic
def hold_anyway(*, session: ServiceSession, by: Any, at: datetime) -> ServiceSession:
    """It is held with fewer persons than was said: nobody waits for more. Once booking is closed.

    ``BookingStillOpen`` before, ``NothingToDecide`` where enough have booked or nobody has.
    """
    session, on = lock_session(session.pk), office_day(at)
    require_standing(session, on)
    if session.is_bookable_on(on):
        raise BookingStillOpen(session=session.label, day=date_format(session.book_until, "DATE_FORMAT"))
    session.capacity = lock_capacities([session.capacity_id])[session.capacity_id]
    if not session.wants_decision_on(on):
        raise NothingToDecide(session=session.label)
    session.held_anyway_at, session.held_anyway_by = at, by
    session.save(update_fields=["held_anyway_at", "held_anyway_by"])
    booked, least = session.capacity.taken, session.minimum_persons
    audit.record("marketplace.hold_session_anyway", [session], by=by, at=at, booked=booked, least=least)
    return session


def close_booking(session: ServiceSession) -> None:
    """Nothing more is booked: held against whoever is placing, stock before places as they do. Inside a transaction."""
    lock_stocks(list(Pack.objects.filter(session=session).values_list("pk", flat=True)))
    capacity = lock_capacities([session.capacity_id])[session.capacity_id]
    capacity.is_closed = True
    capacity.save(update_fields=["is_closed"])
    session.capacity = capacity
    _tell(session)


@transaction.atomic
def close_due(*, session: ServiceSession, at: datetime) -> str:
    """The clock closes a session whose last day for booking is over; '' when it was closed already."""
    session = lock_session(session.pk)
    if session.capacity.is_closed or session.is_bookable_on(office_day(at)):
        return ""
    close_booking(session)
    audit.record("marketplace.close_session", [session], by=None, at=at, booked=session.capacity.taken)
    if session.wants_decision_on(office_day(at)):  # the vendor decides, never the clock
        tell(("session_short", str(session.pk)), at=at)
    return "closed"


def sessions_to_close(on: date) -> list[ServiceSession]:
    """Sessions that still take bookings though their last day for it is over."""
    rows = ServiceSession.objects.filter(capacity__is_closed=False, starts_on__lte=_latest(on))
    found = rows.select_related("capacity", "listing").order_by("pk")
    return [session for session in found if not session.is_bookable_on(on)]


def _latest(on: date) -> Any:
    """No session can be over for booking that begins later than the longest deadline allows."""
    return date.fromordinal(on.toordinal() + LONGEST_DEADLINE)


def _tell(session: ServiceSession) -> None:
    packs = list(Stock.objects.filter(capacity=session.capacity_id).values_list("pack_id", flat=True))
    signals.announce(signals.stock_turned, sender=Stock, packs=packs)

"""A vendor's steps with listings: who may take them is asked here, what they do is the catalogue's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from wagtail.models import WorkflowState

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue import delist, opening, set_freight
from marketplace.catalogue.delistings import ReEntry
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.freight_rules import FreightRule
from marketplace.catalogue.models import Listing, Pack, Stock
from marketplace.catalogue.sessions import ServiceSession
from marketplace.parties.models import Vendor
from marketplace.purchase import call_off, hold

from ..people.selectors import require_seat


def save_draft(*, listing: Listing, by: Any, at: datetime) -> Listing:
    """Keep what was typed. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return catalogue.save_listing_draft(listing=listing, by=by, at=at)


def submit(*, listing: Listing, by: Any, at: datetime) -> WorkflowState | None:
    """Ask for review; ``None`` when all changes are small and on sale at once. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return catalogue.submit_listing(listing=listing, by=by, at=at)


def withdraw(*, listing: Listing, by: Any, at: datetime) -> Listing:
    """Take it off the shelf. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return catalogue.withdraw_listing(listing=listing, by=by, at=at)


def ask_reentry(*, listing: Listing, mended: str, by: Any, at: datetime) -> ReEntry:
    """Ask to come back after a delisting. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return delist.ask_reentry(listing=listing, mended=mended, by=by, at=at)


def set_stock(*, pack: Pack, on_hand: int, by: Any, at: datetime) -> Stock:
    """What was counted. By somebody seated at the pack's vendor."""
    require_seat(by, pack.listing.vendor_id)
    return catalogue.set_stock(pack=pack, on_hand=on_hand, by=by, at=at)


def set_freight_rule(*, vendor: Vendor, zones: Sequence[Zone], by: Any, at: datetime) -> FreightRule:
    """What delivery costs from now on. By somebody seated at the vendor."""
    require_seat(by, vendor.pk)
    return set_freight.set_freight_rule(vendor=vendor, zones=zones, by=by, at=at)


def open_session(*, listing: Listing, plan: opening.Plan, by: Any, at: datetime) -> ServiceSession:
    """One more session of a service. By somebody seated at the listing's vendor."""
    require_seat(by, listing.vendor_id)
    return opening.open_session(listing=listing, plan=plan, by=by, at=at)


def change_session(
    *, session: ServiceSession, persons: int, deadline_days: int, minimum_persons: int, by: Any, at: datetime
) -> ServiceSession:
    """Other places, another last day for booking. By somebody seated at the session's vendor."""
    require_seat(by, session.listing.vendor_id)
    return opening.change_session(
        session=session,
        persons=persons,
        deadline_days=deadline_days,
        minimum_persons=minimum_persons,
        by=by,
        at=at,
    )


def hold_session_anyway(*, session: ServiceSession, by: Any, at: datetime) -> ServiceSession:
    """It is held though fewer have booked than was said. By somebody seated at the session's vendor."""
    require_seat(by, session.listing.vendor_id)
    return hold.hold_session_anyway(session=session, by=by, at=at)


def call_off_session(*, session: ServiceSession, reason: str, by: Any, at: datetime) -> ServiceSession:
    """It does not take place: every booking goes back. By somebody seated at the session's vendor."""
    require_seat(by, session.listing.vendor_id)
    return call_off.call_off_session(session=session, reason=reason, by=by, at=at)

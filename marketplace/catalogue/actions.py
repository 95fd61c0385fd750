"""Listing: draft, submit, review, publish, withdraw; and the stock behind it.

Who at the vendor may call these is the vendors' side's business; here only the
officer's rights are checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import WorkflowState

from .. import audit, signals
from ..parties.actions import office_day
from ..parties.errors import AnotherCounty, VendorNotAdmitted
from ..parties.selectors import is_officer_of
from .certifying import is_lacking
from .errors import (
    InsufficientStock,
    LadderBroken,
    ListingIncomplete,
    ListingInReview,
    ListingNotInReview,
    ReasonMissing,
    ReviewOutdated,
    StockBelowReserved,
)
from .harvesting import bind_harvest, draw, left_of_harvest
from .locks import lock_listing, lock_stocks, shift_stock
from .missing import missing_of
from .models import Listing, Pack, Stock, lowest_price
from .pricing import ladder_problem


@transaction.atomic
def save_listing_draft(*, listing: Listing, by: Any, at: datetime) -> Listing:
    """Keep what the vendor typed: as the row itself while never published, else as a revision beside it.

    ``listing`` carries its packs, tiers and pictures in memory.
    ``ListingInReview`` while an officer is looking at it.
    """
    if listing.pk and lock_listing(listing.pk).workflow_in_progress:
        raise ListingInReview(listing=listing.title)
    if not listing.live:
        listing.live = False
        listing.save()
    listing.save_revision(user=by, changed=True, clean=False)
    return listing


@transaction.atomic
def submit_listing(*, listing: Listing, by: Any, at: datetime) -> WorkflowState:
    """Ask the county's officers for a review; frozen until they answer."""
    locked = lock_listing(listing.pk)
    if locked.workflow_in_progress:
        raise ListingInReview(listing=locked.title)
    if locked.vendor.admitted_at is None:
        raise VendorNotAdmitted(vendor=locked.vendor.name)
    latest = locked.get_latest_revision_as_object()
    _require_complete(latest)
    workflow = locked.get_workflow()
    state = workflow.start(locked, by)
    audit.record("marketplace.submit_listing", [locked], by=by, at=at)
    return state


def _require_complete(listing: Listing) -> None:
    if missing := missing_of(listing):
        raise ListingIncomplete(missing="、".join(str(lack.what) for lack in missing))
    for pack in listing.packs.all():
        if pack.is_offered and ladder_problem(pack.unit_price, pack.ladder):
            raise LadderBroken(pack=pack.name)


def _in_review(listing: Listing, by: Any) -> tuple[Listing, WorkflowState]:
    locked = lock_listing(listing.pk)
    if not is_officer_of(by, locked.vendor.county_code):
        raise AnotherCounty(county=locked.vendor.county_code)
    state = locked.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_IN_PROGRESS:
        raise ListingNotInReview(listing=locked.title)
    return locked, state


@transaction.atomic
def approve_listing(*, listing: Listing, revision_pk: int, by: Any, at: datetime) -> Listing:
    """Publish exactly the revision the officer of the county reviewed; ``ReviewOutdated`` when it is not the latest."""
    locked, state = _in_review(listing, by)
    if not revision_pk or locked.latest_revision_id != int(revision_pk):
        raise ReviewOutdated(listing=locked.title)
    task_state = state.current_task_state
    task_state.status = task_state.STATUS_APPROVED
    task_state.finished_at, task_state.finished_by = at, by
    task_state.save()
    state.status = WorkflowState.STATUS_APPROVED
    state.save()
    first_published_at = locked.first_published_at or at
    locked.latest_revision.publish(user=by, skip_permission_checks=True)
    _derive(locked.pk, first_published_at, at)
    audit.record("marketplace.publish_listing", [locked], by=by, at=at, revision=int(revision_pk))
    signals.announce(signals.listing_published, sender=Listing, listing=locked)
    locked.refresh_from_db()
    return locked


def _derive(pk: int, first_published_at: datetime, at: datetime) -> None:
    listing = Listing.objects.select_related("product__category").get(pk=pk)
    packs = list(listing.packs.all())
    picture = listing.pictures.first()
    is_food = not listing.product.category.is_service
    lacks = is_food and is_lacking(listing, office_day(at))
    Listing.objects.filter(pk=pk).update(
        paused_at=(listing.paused_at or at) if lacks else None,
        price_from=lowest_price(packs),
        cover=picture.image if picture else None,
        cover_alt=picture.alt_text if picture else "",
        first_published_at=first_published_at,
        last_published_at=at,
    )
    Stock.objects.bulk_create([Stock(pack=pack, on_hand=pack.initial_stock) for pack in packs], ignore_conflicts=True)
    bind_harvest(listing, packs)


@transaction.atomic
def return_listing(*, listing: Listing, reason: str, by: Any, at: datetime) -> Listing:
    """Send a listing back to its vendor with a reason; what was published before stays published."""
    locked, state = _in_review(listing, by)
    if not reason.strip():
        raise ReasonMissing()
    task_state = state.current_task_state
    task_state.status = task_state.STATUS_REJECTED
    task_state.comment = reason.strip()
    task_state.finished_at, task_state.finished_by = at, by
    task_state.save()
    state.status = WorkflowState.STATUS_NEEDS_CHANGES
    state.save()
    audit.record("marketplace.return_listing", [locked], by=by, at=at, reason=reason.strip())
    return locked


@transaction.atomic
def withdraw_listing(*, listing: Listing, by: Any, at: datetime) -> Listing:
    """Take a listing off the shelf; orders already placed go on."""
    locked = lock_listing(listing.pk)
    if locked.workflow_in_progress:
        raise ListingInReview(listing=locked.title)
    if locked.live:
        UnpublishAction(locked, user=by).execute(skip_permission_checks=True)
        audit.record("marketplace.withdraw_listing", [locked], by=by, at=at)
        signals.announce(signals.listing_withdrawn, sender=Listing, listing=locked)
    return locked


@transaction.atomic
def set_stock(*, pack: Pack, on_hand: int, by: Any, at: datetime) -> Stock:
    """The vendor counted: ``on_hand`` is what lies in store, promised goods included."""
    stock = lock_stocks([pack.pk])[pack.pk]
    if on_hand < stock.reserved:
        raise StockBelowReserved(pack=str(pack), reserved=stock.reserved)
    before, stock.on_hand = stock.on_hand, on_hand
    stock.save(update_fields=["on_hand"])
    _announce_turns({pack.pk: (before - stock.reserved, on_hand - stock.reserved)})
    audit.record("marketplace.set_stock", [pack], by=by, at=at, before=before, after=on_hand)
    return stock


def reserve_stock(*, wanted: Mapping[int, int], packs: QuerySet[Pack] | list[Pack]) -> None:
    """Promise ``wanted`` (pack pk → quantity) or refuse the whole, naming each line that is short."""
    stocks = _require_available(wanted, packs)
    shift_stock({pk: (0, quantity) for pk, quantity in wanted.items()})
    draw(stocks, {pk: (quantity, 0) for pk, quantity in wanted.items()})


def take_stock(*, wanted: Mapping[int, int], packs: QuerySet[Pack] | list[Pack]) -> None:
    """Goods nobody was promised leave the store (pack pk → quantity), or none do."""
    stocks = _require_available(wanted, packs)
    shift_stock({pk: (-quantity, 0) for pk, quantity in wanted.items()})
    draw(stocks, {pk: (0, quantity) for pk, quantity in wanted.items()})


def _require_available(wanted: Mapping[int, int], packs: QuerySet[Pack] | list[Pack]) -> dict[int, Stock]:
    stocks = lock_stocks(list(wanted))
    labels = {pack.pk: str(pack) for pack in packs}
    available = {pk: stocks[pk].on_hand - stocks[pk].reserved if pk in stocks else 0 for pk in wanted}
    short = {pk for pk, quantity in wanted.items() if quantity > available[pk]}
    available |= (harvest := left_of_harvest(stocks, wanted))
    shortfalls = [(labels[pk], n, available[pk]) for pk, n in wanted.items() if pk in short or pk in harvest]
    if shortfalls:
        raise InsufficientStock(shortfalls=shortfalls, lines=shortfall_text(shortfalls))
    _announce_turns({pk: (available[pk], available[pk] - quantity) for pk, quantity in wanted.items()})
    return stocks


def _announce_turns(changes: Mapping[int, tuple[int, int]]) -> None:
    """Tell which packs went from some left (before, after) to none or back: all that a shelf shows of stock."""
    if turned := [pk for pk, (before, after) in changes.items() if (before > 0) != (after > 0)]:
        signals.announce(signals.stock_turned, sender=Stock, packs=turned)


def shortfall_text(shortfalls: list[tuple[str, int, int]]) -> str:
    """The shortfalls as one readable phrase."""
    return "；".join(
        gettext("%(label)s: wanted %(wanted)s, available %(available)s")
        % {"label": label, "wanted": wanted, "available": available}
        for label, wanted, available in shortfalls
    )


def release_stock(*, quantities: Mapping[int, int]) -> None:
    """Take back promises (pack pk → quantity): the goods can be sold again."""
    if changes := {pk: (0, -quantity) for pk, quantity in quantities.items() if quantity}:
        stocks = lock_stocks(list(changes))
        shift_stock(changes)
        draw(stocks, {pk: (-quantities[pk], 0) for pk in changes})
        before = {pk: stock.on_hand - stock.reserved for pk, stock in stocks.items()}
        _announce_turns({pk: (left, left + quantities[pk]) for pk, left in before.items()})


def consume_stock(*, quantities: Mapping[int, int]) -> None:
    """Promised goods have left the store (pack pk → quantity)."""
    if changes := {pk: (-quantity, -quantity) for pk, quantity in quantities.items() if quantity}:
        stocks = lock_stocks(list(changes))
        shift_stock(changes)
        draw(stocks, {pk: (-quantities[pk], quantities[pk]) for pk in changes})

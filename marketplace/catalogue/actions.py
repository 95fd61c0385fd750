"""Listing: draft, submit, review, publish, withdraw; and the stock behind it.

Who at the vendor may call these is the vendors' side's business; here only the
officer's rights are checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import Revision, TaskState, WorkflowState

from .. import audit, signals
from ..parties.actions import office_day
from ..parties.errors import AnotherCounty, VendorNotAdmitted
from ..parties.selectors import is_officer_of
from .certifying import is_lacking
from .decisions import AfterLook, ListingDecision
from .differences import differences, needs_review, remembered
from .drawing import bind_harvest, draw, left_of_capacity
from .errors import (
    InsufficientStock,
    LadderBroken,
    ListingDelisted,
    ListingIncomplete,
    ListingInReview,
    ListingNotInReview,
    NothingToReview,
    ReasonMissing,
    ReviewOutdated,
    SoldBySession,
    StockBelowReserved,
)
from .evidence import require_evidence
from .locks import lock_delisting, lock_listing, lock_stocks, shift_stock
from .missing import missing_of
from .models import Listing, Pack, Stock, lowest_price
from .prices import note_prices
from .pricing import ladder_problem
from .reasons import ReturnReason, known
from .selectors import reviewed_version
from .session_packs import make_packs


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
def submit_listing(*, listing: Listing, by: Any, at: datetime) -> WorkflowState | None:
    """Ask the county's officers for a review; frozen until they answer.

    A published listing whose changes since the last *reviewed* revision are all small is published at once (``None``),
    and stands on the officers' list to be looked at afterwards. ``ListingDelisted``: that one asks for re-entry.
    """
    locked = lock_to_submit(listing.pk)
    if lock_delisting(locked.pk):
        raise ListingDelisted(listing=locked.title)
    latest = locked.get_latest_revision_as_object()
    require_complete(latest)
    require_evidence([locked])
    if locked.live:
        if not differences(Listing.objects.get(pk=locked.pk), latest):
            raise NothingToReview(listing=locked.title)
        if not needs_review(reviewed_version(locked), latest):
            _publish_at_once(locked, by, at)
            return None
    return start_review(locked, by=by, at=at)


def lock_to_submit(pk: int) -> Listing:
    """The listing, held until commit, if its vendor may hand it in now."""
    locked = lock_listing(pk)
    if locked.workflow_in_progress:
        raise ListingInReview(listing=locked.title)
    if locked.vendor.admitted_at is None:
        raise VendorNotAdmitted(vendor=locked.vendor.name)
    return locked


def start_review(locked: Listing, *, by: Any, at: datetime) -> WorkflowState:
    """Hand the latest revision of a locked listing to the officers."""
    _lay_down_return(locked)
    state = locked.get_workflow().start(locked, by)
    WorkflowState.objects.filter(pk=state.pk).update(created_at=at)  # Wagtail would have the age begin by its own clock
    audit.record("marketplace.submit_listing", [locked], by=by, at=at)
    return state


def _lay_down_return(locked: Listing) -> None:
    """A return that the vendor has answered is over: Wagtail allows one open review, and counts a return as open."""
    locked.workflow_states.filter(status=WorkflowState.STATUS_NEEDS_CHANGES).update(
        status=WorkflowState.STATUS_CANCELLED
    )


def _publish_at_once(locked: Listing, by: Any, at: datetime) -> None:
    _lay_down_return(locked)
    before = _as_published(locked)
    changed = differences(remembered(before), remembered(locked.latest_revision))
    look = AfterLook(listing=locked, before=before, after=locked.latest_revision, published_at=at, published_by=by)
    look.changed = sorted({row.path for row in changed})
    look.save()
    _publish(locked, by=by, at=at)
    audit.record("marketplace.publish_at_once", [locked], by=by, at=at, changed=look.changed)


def _as_published(locked: Listing) -> Revision:
    """The revision that is on sale."""
    return locked.live_revision or ListingDecision.objects.filter(listing=locked, is_approved=True)[0].revision


def require_complete(listing: Listing) -> None:
    """Raise ``ListingIncomplete`` or ``LadderBroken`` unless an officer can look at it."""
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
    """Publish exactly the revision the officer of the county reviewed; ``ReviewOutdated`` when it is not the latest.

    A delisted listing comes back with it.
    """
    locked, state = _in_review(listing, by)
    if not revision_pk or locked.latest_revision_id != int(revision_pk):
        raise ReviewOutdated(listing=locked.title)
    _finish(state, "", TaskState.STATUS_APPROVED, WorkflowState.STATUS_APPROVED, by, at)
    _answer_reentry(locked, by, at, is_admitted=True)
    ListingDecision.objects.create(
        listing=locked, revision=locked.latest_revision, is_approved=True, decided_at=at, decided_by=by
    )
    _publish(locked, by=by, at=at)
    audit.record("marketplace.publish_listing", [locked], by=by, at=at, revision=int(revision_pk))
    locked.refresh_from_db()
    return locked


def _publish(locked: Listing, *, by: Any, at: datetime) -> None:
    """The latest revision becomes what buyers see. The caller has asked whether it may."""
    first_published_at, revision = locked.first_published_at or at, locked.latest_revision
    revision.publish(user=by, skip_permission_checks=True)
    _derive(locked.pk, first_published_at, by, at)
    # What is published first gets its keys now: the next change, and what it is compared with, must know them.
    Revision.objects.filter(pk=revision.pk).update(content=Listing.objects.get(pk=locked.pk).serializable_data())
    signals.announce(signals.listing_published, sender=Listing, listing=locked)


def _finish(state: WorkflowState, comment: str, task_status: str, status: str, by: Any, at: datetime) -> None:
    task_state = state.current_task_state
    task_state.status, task_state.comment = task_status, comment
    task_state.finished_at, task_state.finished_by = at, by
    task_state.save()
    state.status = status
    state.save()


def _answer_reentry(locked: Listing, by: Any, at: datetime, *, is_admitted: bool) -> None:
    delisting = lock_delisting(locked.pk)
    if delisting is None:
        return
    delisting.reentries.filter(answered_at=None).update(answered_at=at, is_admitted=is_admitted)
    if is_admitted:
        delisting.readmitted_at, delisting.readmitted_by = at, by
        delisting.save(update_fields=["readmitted_at", "readmitted_by"])
        audit.record("marketplace.readmit_listing", [locked], by=by, at=at)


def _derive(pk: int, first_published_at: datetime, by: Any, at: datetime) -> None:
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
    fresh = [Stock(pack=pack, on_hand=0 if listing.is_by_session else pack.initial_stock) for pack in packs]
    Stock.objects.bulk_create(fresh, ignore_conflicts=True)
    bind_harvest(listing, packs)
    note_prices(listing=listing, packs=packs, by=by, at=at)
    if listing.is_by_session:
        make_packs(listing, office_day(at))


@transaction.atomic
def return_listing(*, listing: Listing, reason: str, reasons: Sequence[str] = (), by: Any, at: datetime) -> Listing:
    """Send a listing back to its vendor: documented ``reasons`` (codes of ``ReturnReason``), words, or both.

    What was published before stays published. ``ReasonMissing`` where neither says anything.
    """
    locked, state = _in_review(listing, by)
    ticked, words = known(reasons, ReturnReason), reason.strip()
    if not words and not set(ticked) - {ReturnReason.OTHER}:
        raise ReasonMissing()
    _finish(state, words, TaskState.STATUS_REJECTED, WorkflowState.STATUS_NEEDS_CHANGES, by, at)
    _answer_reentry(locked, by, at, is_admitted=False)
    ListingDecision.objects.create(
        listing=locked,
        revision=locked.latest_revision,
        is_approved=False,
        reasons=ticked,
        words=words[:500],
        decided_at=at,
        decided_by=by,
    )
    audit.record("marketplace.return_listing", [locked], by=by, at=at, reason=words, reasons=ticked)
    return locked


@transaction.atomic
def look_after(*, look: AfterLook, by: Any, at: datetime) -> AfterLook:
    """An officer of the county has looked at an edit that was published at once. Twice is once."""
    if not is_officer_of(by, look.listing.vendor.county_code):
        raise AnotherCounty(county=look.listing.vendor.county_code)
    if AfterLook.objects.filter(pk=look.pk, looked_at=None).update(looked_at=at, looked_by=by):
        audit.record("marketplace.look_after", [look.listing], by=by, at=at, changed=look.changed)
    look.refresh_from_db()
    return look


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
    if pack.listing.is_by_session:
        raise SoldBySession(listing=pack.listing.title)
    stock = lock_stocks([pack.pk])[pack.pk]
    if on_hand < stock.reserved:
        raise StockBelowReserved(pack=str(pack), reserved=stock.reserved)
    before, stock.on_hand = stock.on_hand, on_hand
    stock.save(update_fields=["on_hand"])
    _announce_turns({pack.pk: (before - stock.reserved, on_hand - stock.reserved)})
    audit.record("marketplace.set_stock", [pack], by=by, at=at, before=before, after=on_hand)
    return stock


def reserve_stock(*, wanted: Mapping[int, int], labels: Mapping[int, str]) -> None:
    """Promise ``wanted`` (pack pk → quantity) or refuse the whole, naming each pack that is short by its label."""
    stocks = _require_available(wanted, labels)
    shift_stock({pk: (0, quantity) for pk, quantity in wanted.items()})
    draw(stocks, {pk: (quantity, 0) for pk, quantity in wanted.items()})


def take_stock(*, wanted: Mapping[int, int], labels: Mapping[int, str]) -> None:
    """Goods nobody was promised leave the store (pack pk → quantity), or none do."""
    stocks = _require_available(wanted, labels)
    shift_stock({pk: (-quantity, 0) for pk, quantity in wanted.items()})
    draw(stocks, {pk: (0, quantity) for pk, quantity in wanted.items()})


def _require_available(wanted: Mapping[int, int], labels: Mapping[int, str]) -> dict[int, Stock]:
    stocks = lock_stocks(list(wanted))
    available = {pk: stocks[pk].on_hand - stocks[pk].reserved if pk in stocks else 0 for pk in wanted}
    short = {pk for pk, quantity in wanted.items() if quantity > available[pk]}
    available |= (shared := left_of_capacity(stocks, wanted))
    shortfalls = [(labels[pk], n, available[pk]) for pk, n in wanted.items() if pk in short or pk in shared]
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

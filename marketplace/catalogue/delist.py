"""Taking a listing off the shelf by an officer, and asking to come back. Orders already placed go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from wagtail.actions.unpublish import UnpublishAction
from wagtail.models import WorkflowState

from .. import audit, signals
from ..files import Given, Kind, keep
from ..parties.errors import AnotherCounty
from ..parties.selectors import is_officer_of
from .actions import lock_to_submit, require_complete, start_review
from .delistings import Delisting, ReEntry, waits_until
from .errors import ListingNotDelisted, ListingNotPublished, ReasonMissing, ReEntryTooEarly
from .evidence import require_evidence
from .locks import lock_delisting, lock_listing
from .models import Listing
from .reasons import DelistingReason, known


@transaction.atomic
def delist_listing(
    *, listing: Listing, reasons: Sequence[str], words: str, evidence: Given = None, by: Any, at: datetime
) -> Delisting:
    """Off the shelf at once, with documented ``reasons`` and words; a review under way ends with it.

    By an officer of the vendor's county. ``ListingNotPublished``, ``ReasonMissing``.
    """
    locked = lock_listing(listing.pk)
    if not is_officer_of(by, locked.vendor.county_code):
        raise AnotherCounty(county=locked.vendor.county_code)
    if not locked.live:
        raise ListingNotPublished(listing=locked.title)
    ticked, said = known(reasons, DelistingReason), words.strip()[:500]
    if not ticked or (ticked == [DelistingReason.OTHER] and not said):
        raise ReasonMissing()
    number = locked.delistings.count() + 1
    _end_review(locked, by, at)
    UnpublishAction(locked, user=by).execute(skip_permission_checks=True)
    made = Delisting.objects.create(
        listing=locked,
        number=number,
        reasons=ticked,
        words=said,
        evidence=keep(kind=Kind.EVIDENCE, upload=evidence, by=by, at=at),
        delisted_at=at,
        delisted_by=by,
        reentry_from=waits_until(number, at=at),
    )
    audit.record("marketplace.delist_listing", [locked], by=by, at=at, reasons=ticked, words=said)
    signals.announce(signals.listing_withdrawn, sender=Listing, listing=locked)
    return made


def _end_review(locked: Listing, by: Any, at: datetime) -> None:
    state = locked.current_workflow_state
    if state is None:
        return
    if task_state := state.current_task_state:
        task_state.status, task_state.finished_at, task_state.finished_by = task_state.STATUS_CANCELLED, at, by
        task_state.save()
    state.status = WorkflowState.STATUS_CANCELLED
    state.save()


@transaction.atomic
def ask_reentry(*, listing: Listing, mended: str, by: Any, at: datetime) -> ReEntry:
    """The vendor says what was mended; the officers review the listing once more. ``ReEntryTooEarly``, ``ReasonMissing``."""
    locked = lock_to_submit(listing.pk)
    delisting = lock_delisting(locked.pk)
    if delisting is None:
        raise ListingNotDelisted(listing=locked.title)
    if at < delisting.reentry_from:
        raise ReEntryTooEarly(day=date_format(delisting.reentry_from, "DATE_FORMAT"))
    if not mended.strip():
        raise ReasonMissing()
    require_complete(locked.get_latest_revision_as_object())
    require_evidence([locked])
    start_review(locked, by=by, at=at)
    asked = ReEntry.objects.create(delisting=delisting, mended=mended.strip()[:1000], asked_at=at, asked_by=by)
    audit.record("marketplace.ask_reentry", [locked], by=by, at=at, mended=asked.mended)
    return asked

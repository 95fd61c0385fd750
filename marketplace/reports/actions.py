"""The life of a report: taken in, taken up, answered by the vendor, decided; and the one way to see who reported."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from .. import audit
from ..catalogue.models import Listing
from ..conf import setting
from ..errands.actions import tell
from ..files import Given, Kind, keep
from ..parties.actions import office_day
from ..parties.errors import AnotherCounty
from ..parties.looks import note_look
from ..parties.models import PeopleList
from ..parties.selectors import is_officer_of
from ..references import unique_references
from .errors import (
    FindingMissing,
    NotTheReportersCounty,
    ReportAcknowledged,
    ReportAnswered,
    ReportDecided,
    ReportEmpty,
    ReporterUnknown,
    ReportNotAcknowledged,
)
from .locks import lock_report
from .models import ListingReport
from .selectors import Reporter, reporter_of


@transaction.atomic
def file_report(
    *,
    listing: Listing,
    reason: str,
    words: str,
    link: str = "",
    contact: str = "",
    evidence: Given = None,
    by: Any = None,
    at: datetime,
) -> ListingReport:
    """Take a report in: from somebody signed in, or from anybody who says how to be reached (``ReporterUnknown``).

    The log says that it came, and not from whom.
    """
    if by is None and not contact.strip():
        raise ReporterUnknown()
    if not words.strip():
        raise ReportEmpty()
    day = office_day(at)
    report = ListingReport.objects.create(
        reference=unique_references("RP", 1, at=at)[0],
        listing=listing,
        reason=ListingReport.Reason(reason),
        words=words.strip()[:1000],
        link=link,
        evidence=keep(kind=Kind.REPORT_EVIDENCE, upload=evidence, by=by, at=at),
        price_then=listing.price_from,
        contact=contact.strip()[:120],
        made_at=at,
        made_by=by,
        acknowledge_by=day + timedelta(days=setting("DAYS_TO_ACKNOWLEDGE_REPORT")),
        decide_by=day + timedelta(days=setting("DAYS_TO_DECIDE_REPORT")),
    )
    audit.record("marketplace.file_report", [report], by=None, at=at, reason=report.reason)
    return report


def _held_by_officer(report: ListingReport, by: Any) -> ListingReport:
    locked = lock_report(report.pk)
    if not is_officer_of(by, locked.listing.vendor.county_code):
        raise AnotherCounty(county=locked.listing.vendor.county_code)
    if locked.decided_at:
        raise ReportDecided(report=locked)
    return locked


@transaction.atomic
def acknowledge_report(*, report: ListingReport, by: Any, at: datetime) -> ListingReport:
    """An officer of the county takes it up; from now on the vendor sees the matter and can answer."""
    locked = _held_by_officer(report, by)
    if locked.acknowledged_at:
        raise ReportAcknowledged(report=locked)
    _take_up(locked, by, at)
    tell(("report_taken_up", locked.reference), at=at)
    return locked


def _take_up(locked: ListingReport, by: Any, at: datetime) -> None:
    locked.acknowledged_at, locked.acknowledged_by = at, by
    locked.save(update_fields=["acknowledged_at", "acknowledged_by"])
    audit.record("marketplace.acknowledge_report", [locked], by=by, at=at)


@transaction.atomic
def answer_report(*, report: ListingReport, words: str, by: Any, at: datetime) -> ListingReport:
    """The vendor says its side, once, before it is decided. Who may speak for the vendor is asked by the vendors' side."""
    locked = lock_report(report.pk)
    if locked.decided_at:
        raise ReportDecided(report=locked)
    if not locked.acknowledged_at:
        raise ReportNotAcknowledged(report=locked)
    if locked.answered_at:
        raise ReportAnswered(report=locked)
    if not words.strip():
        raise ReportEmpty()
    locked.vendor_answer, locked.answered_at, locked.answered_by = words.strip()[:1000], at, by
    locked.save(update_fields=["vendor_answer", "answered_at", "answered_by"])
    audit.record("marketplace.answer_report", [locked], by=by, at=at)
    return locked


@transaction.atomic
def decide_report(*, report: ListingReport, outcome: str, finding: str, by: Any, at: datetime) -> ListingReport:
    """An officer of the county says what was found; the reporter and the vendor are told. ``FindingMissing``.

    What follows for the listing is done by the step above (``purchase.uphold``).
    """
    locked = _held_by_officer(report, by)
    if not finding.strip():
        raise FindingMissing()
    if not locked.acknowledged_at:
        _take_up(locked, by, at)
    locked.outcome, locked.finding = ListingReport.Outcome(outcome), finding.strip()[:1000]
    locked.decided_at, locked.decided_by = at, by
    locked.save(update_fields=["outcome", "finding", "decided_at", "decided_by"])
    audit.record("marketplace.decide_report", [locked], by=by, at=at, outcome=locked.outcome)
    tell(("report_decided", locked.reference), ("report_outcome", locked.reference), at=at)
    return locked


@transaction.atomic
def reveal_reporter(*, report: ListingReport, screen: str = "", by: Any, at: datetime) -> Reporter:
    """Who reported, for an officer of the county alone; every look is written down (``NotTheReportersCounty``)."""
    found = ListingReport.objects.select_related("listing__vendor__home", "made_by").get(pk=report.pk)
    if not is_officer_of(by, found.listing.vendor.county_code):
        raise NotTheReportersCounty()
    note_look(
        people_list=PeopleList.REPORTER,
        organisation=None,
        rows=1,
        subject=found.reference,
        screen=screen,
        by=by,
        at=at,
    )
    return reporter_of(found)

"""Questions about reports. Nothing here tells who reported, but for ``reporter_of``, which actions ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from ..catalogue.models import ListingQuerySet
from ..files import PrivateFile
from ..parties.models import Vendor
from ..parties.selectors import is_officer_of
from .models import ListingReport


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported: the name of the account, where there is one, and how to reach them."""

    name: str
    contact: str


def report_by(reference: str) -> ListingReport | None:
    """The report with this tracking number, however its letters were typed."""
    rows = ListingReport.objects.select_related("listing__vendor")
    return rows.filter(reference=reference.strip().upper()).first()


def reports_about(listings: ListingQuerySet) -> QuerySet[ListingReport]:
    """Reports about these listings: those not decided first, by what is due; then the latest decided."""
    due = Case(When(acknowledged_at=None, then=F("acknowledge_by")), default=F("decide_by"))
    rows = ListingReport.objects.filter(listing__in=listings).select_related("listing__vendor").defer("contact")
    return rows.annotate(next_due=due).order_by(F("decided_at").desc(nulls_first=True), "next_due", "pk")


def overdue(reports: QuerySet[ListingReport], today: date) -> QuerySet[ListingReport]:
    """Those whose next step should have been taken before today."""
    late = Q(acknowledged_at=None, acknowledge_by__lt=today) | Q(acknowledged_at__isnull=False, decide_by__lt=today)
    return reports.filter(late, decided_at=None)


def shown_to_vendors(vendors: Iterable[Vendor]) -> QuerySet[ListingReport]:
    """What these vendors see of reports about their goods: from the day an officer takes one up, never by whom."""
    rows = ListingReport.objects.filter(listing__vendor__in=vendors, acknowledged_at__isnull=False)
    is_open = Case(When(answered_at=None, decided_at=None, then=Value(0)), default=Value(1))
    return rows.select_related("listing").defer("contact", "made_by").order_by(is_open, "-acknowledged_at", "-pk")


def to_answer(vendors: Iterable[Vendor]) -> QuerySet[ListingReport]:
    """Reports that these vendors can still answer."""
    return shown_to_vendors(vendors).filter(answered_at=None, decided_at=None)


def reporter_of(report: ListingReport) -> Reporter:
    """Who reported it."""
    account = report.made_by
    name = (account.get_full_name() or account.get_username()) if account else ""
    return Reporter(name, report.contact or (account.email if account else ""))


def report_evidence_is_shown(user: Any, file: PrivateFile) -> bool:
    """A reporter's evidence is for the officers of the vendor's county, and for the reporter."""
    found = ListingReport.objects.filter(evidence=file).select_related("listing__vendor__home").first()
    if found is None:
        return False
    is_own = user.pk is not None and found.made_by_id == user.pk
    return is_own or is_officer_of(user, found.listing.vendor.county_code)

"""The lock on a report: one answer, one decision."""

from __future__ import annotations

from .models import ListingReport


def lock_report(pk: int) -> ListingReport:
    """The report as it stands with its listing and vendor, held until commit."""
    rows = ListingReport.objects.select_for_update(of=("self",)).select_related("listing__vendor__home")
    return rows.get(pk=pk)

"""What the home page shows of the marketplace."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from marketplace.catalogue.models import Listing
from marketplace.catalogue.selectors import with_cards
from marketplace.impact import selectors as impact
from marketplace.parties.actions import office_day
from marketplace.parties.models import Vendor
from marketplace.programme.models import Campaign
from marketplace.programme.selectors import campaigns_open_on

SHOWN = 8


def _under_way(today: date) -> list[tuple[Campaign, impact.Figures]]:
    return [(row, impact.figures_of("campaign", str(row.pk))) for row in campaigns_open_on(today)]


def home_figures() -> dict[str, Any]:
    """Completed total, vendors and listings; campaigns under way; what is in season."""
    today = office_day(timezone.now())
    counties = impact.table("vendor_county")
    published = Listing.objects.published()
    return {
        "completed": counties[0].figures.completed if counties else None,
        "vendor_count": Vendor.objects.filter(admitted_at__isnull=False).count(),
        "listing_count": published.count(),
        "campaigns": SimpleLazyObject(lambda: _under_way(today)),  # not asked for where editors wrote a body
        "listings": with_cards(published.exclude(season="").in_season(today.month).in_stock())[:SHOWN],
    }

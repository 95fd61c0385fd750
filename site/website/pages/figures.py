"""What the home page tells besides its own words: figures, campaigns under way, this season's produce.

Everything is asked of the marketplace's selectors; nothing is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Value, When
from wagtail.images import get_image_model

from marketplace.catalogue.models import Listing, Stock
from marketplace.impact import selectors as impact
from marketplace.impact.selectors import Figures
from marketplace.money import Money
from marketplace.programme.models import Campaign
from marketplace.programme.selectors import campaigns_open_on

CARD = "fill-640x480|format-webp"
OFFERS = 8


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """Completed value (``Money``), villages it came from, organisations that bought."""

    completed: Money
    villages: int
    buyers: int


def figures() -> HomeFigures | None:
    """The three figures of the home page; ``None`` before the first completed purchase."""
    counties = [row.figures.completed for row in impact.table("vendor_county") if row.figures.completed]
    if not counties:
        return None
    villages = sum(1 for row in impact.table("village") if row.figures.completed)
    buyers = sum(1 for row in impact.table("buyer") if row.figures.completed)
    return HomeFigures(sum(counties[1:], counties[0]), villages, buyers)


def campaigns(today: date) -> list[tuple[Campaign, Figures]]:
    """Campaigns under way, each with its four measures."""
    return [(campaign, impact.figures_of("campaign", str(campaign.pk))) for campaign in campaigns_open_on(today)]


def season_offers(month: int) -> list[Listing]:
    """A few offers with stock that are on sale in ``month`` (1–12), seasonal ones first, as cards show them."""
    left = Stock.objects.filter(pack__listing=OuterRef("pk"), pack__is_offered=True, on_hand__gt=F("reserved"))
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec=CARD)
    return list(
        Listing.objects.published()
        .in_season(month)
        .annotate(has_stock=Exists(left), all_year=Case(When(season="", then=Value(1)), default=Value(0)))
        .filter(has_stock=True)
        .select_related("vendor", "origin__parent", "cover", "product__category")
        .prefetch_related(Prefetch("cover__renditions", renditions, to_attr="prefetched_renditions"))
        .defer("description")
        .order_by("all_year", "-first_published_at", "-pk")[:OFFERS]
    )

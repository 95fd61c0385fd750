"""What blocks and pages ask: answers gathered from the stages, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ..catalogue.models import Listing
from ..catalogue.selectors import Rule, on_shelf
from ..conf import currency
from ..grouporders import selectors as grouporders
from ..grouporders.models import GroupOrder
from ..impact import selectors as impact
from ..impact.selectors import Figures, Row
from ..money import Money
from ..orders.selectors import buyers_in_campaign
from ..parties.models import BuyerOrganisation, Vendor
from ..plots import Plot, grouped_bars
from ..programme.models import Campaign, Region

SHOWN_BUYERS = 40


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """A campaign against its target and its calendar; ``days_left`` counts today, 0 when it has ended."""

    campaign: Campaign
    figures: Figures
    target: Money | None
    has_begun: bool
    has_ended: bool
    days_left: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Participants:
    """Who takes part: organisations by name (``more`` are not listed), and vendors with their figures."""

    buyers: list[BuyerOrganisation]
    more: int
    vendors: list[Row]

    @property
    def buyer_count(self) -> int:
        return len(self.buyers) + self.more


@dataclass(frozen=True, slots=True)
class Effect:
    """What purchases came to for one place, campaign, vendor or county: completed value, by month, as a plot."""

    name: str
    completed: Money
    months: list[tuple[str, Money]]
    plot: Plot | None


@dataclass(frozen=True, slots=True)
class Call:
    """A group order that is open: how many have chosen, and until when others can."""

    group_order: GroupOrder
    percent: int
    participants: int
    titles: list[str]


def campaign_progress(pk: int | None, *, on: date) -> CampaignProgress | None:
    """The campaign's figures and days on a day; ``None`` when there is no such campaign."""
    campaign = (
        Campaign.objects.select_related("target", "pairing__aided", "pairing__supporting").filter(pk=pk or 0).first()
    )
    if campaign is None:
        return None
    target = getattr(campaign, "target", None)
    return CampaignProgress(
        campaign=campaign,
        figures=impact.figures_of("campaign", str(campaign.pk)),
        target=target.amount if target else None,
        has_begun=campaign.starts_on <= on,
        has_ended=campaign.ends_on <= on,
        days_left=max(0, (campaign.ends_on - on).days),
        last_day=campaign.ends_on - timedelta(1),
    )


def participants_of(campaign: Campaign) -> Participants:
    """The organisations that ordered in it, and the vendors that delivered, largest first."""
    buyers = buyers_in_campaign(campaign)
    shown = list(buyers[:SHOWN_BUYERS])
    count = len(shown) if len(shown) < SHOWN_BUYERS else buyers.count()
    return Participants(shown, count - len(shown), _vendors_in(campaign))


def _vendors_in(campaign: Campaign) -> list[Row]:
    prefix = f"{campaign.pk}:"
    rows = [row for row in impact.table("campaign_vendor", prefix=prefix) if row.figures.completed]
    names = impact.names_of("vendor", [row.key.removeprefix(prefix) for row in rows])
    return [
        Row(row.key.removeprefix(prefix), names.get(row.key.removeprefix(prefix), row.name), row.figures, row.apart)
        for row in rows
    ]


def effect_of(dimension: str, key: str, name: str) -> Effect:
    """The completed value of one key of a dimension, and its plot once there is a month to draw."""
    series = impact.by_month(dimension, key)
    completed = [figures.completed for figures in series.figures]
    labels = [f"{month:%Y-%m}" for month in series.months]
    plot = grouped_bars(labels, [[amount.amount for amount in completed]]) if any(completed) else None
    return Effect(name, sum(completed, start=Money(0, currency())), list(zip(labels, completed, strict=True)), plot)


def effect_of_region(region: Region) -> Effect:
    """What was bought from a county, township or village."""
    dimension = {Region.Level.TOWNSHIP.value: "township", Region.Level.VILLAGE.value: "village"}.get(
        region.level, "vendor_county"
    )
    return effect_of(dimension, region.code[: _DIGITS.get(dimension, 12)], region.name)


_DIGITS = {"vendor_county": 6, "township": 9}


def effect_of_campaign(campaign: Campaign) -> Effect:
    """What was bought in a campaign."""
    return effect_of("campaign", str(campaign.pk), campaign.label)


def effect_of_everything() -> Effect:
    """What was bought from the counties that most was bought from: the aided county of the pairing."""
    counties = impact.table("vendor_county")
    key, name = (counties[0].key, counties[0].name) if counties else ("", "")
    return effect_of("vendor_county", key, name)


def effect_of_vendor(vendor: Vendor) -> Effect:
    """What was bought from a vendor."""
    return effect_of("vendor", str(vendor.pk), vendor.name)


def call_to(pk: int | None, *, at: datetime) -> Call | None:
    """The group order while members can choose in it, else ``None``."""
    group_order = GroupOrder.objects.select_related("organisation", "campaign").filter(pk=pk or 0).first()
    if group_order is None or not group_order.accepts_members_at(at):
        return None
    coverage = grouporders.coverage(group_order)
    offers = grouporders.offers_with_packs(group_order)
    titles = list(dict.fromkeys(offer.pack.listing.title for offer in offers))
    return Call(group_order, coverage.percent, coverage.participants, titles)


def listings_from(region: Region, *, limit: int) -> list[Listing]:
    """What is on sale from a place, with cards."""
    return on_shelf(Rule.PLACE, month=1, count=limit, place=region.pk)

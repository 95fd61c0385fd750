"""Renders one of each of the marketplace's blocks, every one with something behind it; run by ``manage.py shell``.

Prints one JSON object: the block's name and the HTML a Chinese reader gets, once as it is made and once as it is kept.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone, translation
from wagtail.blocks import StreamBlock

from marketplace.catalogue.models import Listing
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.models import GroupOrder
from marketplace.grouporders.terms import Terms
from marketplace.money import yuan
from marketplace.parties.actions import office_day
from marketplace.parties.models import BuyerOrganisation, DeliveryPoint, Membership
from marketplace.programme.models import Campaign, CampaignTarget, Pairing, Region
from marketplace.storefront.blocks import PROSE, SHOWCASE


def campaign(day: date) -> Campaign:
    """A campaign of the county's pairing with a target."""
    supporting, aided = (Region.objects.get(code=code) for code in ("341802", "341523"))
    pairing, _made = Pairing.objects.get_or_create(
        supporting=supporting, aided=aided, defaults={"starts_on": date(2017, 1, 1)}
    )
    dates = {"starts_on": day - timedelta(30), "ends_on": day + timedelta(60)}
    made, is_new = Campaign.objects.get_or_create(
        slug="drive", defaults={"name": "秋季攻势", "pairing": pairing, **dates}
    )
    if is_new:
        CampaignTarget.objects.create(campaign=made, amount=yuan(10000))
    return made


def group_order(drive: Campaign, now: Any) -> GroupOrder:
    """A union's group order over the tea, open now."""
    clerk, _made = get_user_model().objects.get_or_create(username="clerk")
    region = Region.objects.get(code="341802")
    union, is_new = BuyerOrganisation.objects.get_or_create(
        slug="union", defaults={"name": "示范工会", "kind": "trade_union", "region": region, "created_at": now}
    )
    if not is_new:
        return GroupOrder.objects.get(organisation=union)
    Membership.objects.create(user=clerk, organisation=union, role="organiser", began_at=now)
    union.members.create(name="会员", joined_on=date(2020, 1, 1))
    point = DeliveryPoint.objects.create(
        organisation=union, name="仓库", address="示范路1号", contact_name="甲", phone="13800000000"
    )
    terms = Terms(
        title="中秋慰问",
        campaign=drive,
        purpose="holiday_gifts",
        fund_source="union",
        allowance_per_member=yuan(300),
        delivery_point=point,
        opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(days=3),
    )
    made = grouporders.create_group_order(organisation=union, terms=terms, by=clerk, at=now)
    packs = list(Listing.objects.get(slug="tea").packs.all())
    grouporders.set_offers(group_order=made, packs=packs, by=clerk, at=now)
    return grouporders.open_group_order(group_order=made, by=clerk, at=now)


def main() -> None:
    """Print what each block shows."""
    now = timezone.now()
    drive, tea = campaign(office_day(now)), Listing.objects.get(slug="tea")
    shelf = {"heading": "新茶", "rule": "newest", "category": None, "place": None, "listings": [], "count": 4}
    values = {
        "shelf": shelf,
        "season": {"heading": "", "count": 8},
        "campaign": {"campaign": drive.pk},
        "impact": {"heading": "", "of": "all", "campaign": None, "place": None},
        "village": {"place": tea.origin_id, "picture": None, "text": "茶山脚下"},
        "vendor": {"vendor": tea.vendor_id},
        "group_order": {"group_order": group_order(drive, now).pk, "text": "快来选"},
        "notices": {"heading": "", "category": "", "count": 5},
    }
    assert set(values) == {name for name, _block in SHOWCASE}
    stream = StreamBlock([*PROSE, *SHOWCASE]).to_python([{"type": k, "value": v} for k, v in values.items()])
    with translation.override("zh-hans"):
        print(json.dumps([{block.block_type: str(block.render()) for block in stream} for _time in range(2)]))


main()

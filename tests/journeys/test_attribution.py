"""What an order was counted for is put right by a second person, and the figures follow by entries of that day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from marketplace.errors import NotPermitted
from marketplace.impact.corrections import Attribution
from marketplace.impact.errors import (
    CampaignOfAnotherPairing,
    CorrectionClosed,
    CorrectionOpen,
    NothingCorrected,
    NotYoursToCorrect,
    PurposeOfAllowances,
)
from marketplace.impact.models import AttributionCorrection, ImpactEntry, ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.models import OFFICERS, OfficeMembership
from marketplace.programme.models import Campaign, Pairing
from marketplace.purchase.correct import agree_to_correct, propose_correction, refuse_correction
from tests.factories import market
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world: World) -> Campaign:
    """Another campaign of the same pairing."""
    return Campaign.objects.create(
        name="新春行动",
        slug="spring",
        pairing=world.campaign.pairing,
        starts_on=world.campaign.starts_on,
        ends_on=world.campaign.ends_on,
    )


def office(world: World, name: str, county: str = "341802") -> None:
    """An officer of the buyers' county, under this name among the world's people."""
    person = factory.user(name)
    person.groups.add(Group.objects.get(name=OFFICERS))
    OfficeMembership.objects.create(user=person, region=factory.region(county), began_at=world.now)
    world.users[name] = person


def counted(campaign: Campaign, measure: str, month: date | None = None) -> Money:
    rows = ImpactTotal.objects.filter(dimension="campaign", key=str(campaign.pk), measure=measure)
    rows = rows.filter(month=month) if month else rows
    return Money(sum(row.amount.amount for row in rows))


def delivered(world: World) -> PurchaseOrder:
    """A direct order of one pack, delivered and accepted."""
    (order,) = market.bought(world, [world.tea_pack])
    return factory.delivered(factory.answered(order, world.now), world.users["keeper"], world.now)


def asked(world: World, order: PurchaseOrder, to: Campaign | None, by: str = "buyer") -> AttributionCorrection:
    wanted = Attribution(to, order.purpose, order.fund_source)
    return propose_correction(order=order, to=wanted, reason="选错活动", by=world.users[by], at=world.now)


def no_mismatch() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def test_the_figures_move_on_the_day_of_the_decision_and_a_closed_month_stays(world: World, other: Campaign) -> None:
    office(world, "district")
    order = delivered(world)
    correction = asked(world, order, other)
    assert counted(world.campaign, "accepted") == order.amount
    before = list(ImpactEntry.objects.order_by("pk").values())
    january = world.now + timedelta(days=60)
    agree_to_correct(correction=correction, by=world.users["district"], at=january)
    assert list(ImpactEntry.objects.order_by("pk").values())[: len(before)] == before
    assert counted(world.campaign, "accepted", date(2026, 11, 1)) == order.amount
    assert counted(world.campaign, "accepted", date(2027, 1, 1)) == -order.amount
    assert counted(world.campaign, "ordered") == counted(world.campaign, "accepted") == yuan(0)
    assert counted(other, "ordered") == counted(other, "accepted") == order.amount
    order.refresh_from_db()
    assert order.campaign == other
    assert no_mismatch()


def test_what_happens_later_counts_for_the_new_campaign(world: World, other: Campaign) -> None:
    office(world, "district")
    order = delivered(world)
    agree_to_correct(correction=asked(world, order, other), by=world.users["district"], at=world.now)
    line = order.lines.get()
    factory.sent_back(order, quantities={line.pk: 1}, reason="坏", by=world.users["keeper"], at=world.now)
    assert counted(other, "accepted") == yuan(0)
    assert counted(world.campaign, "accepted") == yuan(0)
    assert no_mismatch()


def test_purpose_and_fund_source_of_a_direct_order_are_put_right(world: World) -> None:
    office(world, "district")
    order = delivered(world)
    to = Attribution(order.campaign, "canteen", "administrative")
    correction = propose_correction(order=order, to=to, reason="用途选错", by=world.users["head"], at=world.now)
    agree_to_correct(correction=correction, by=world.users["district"], at=world.now)
    order.refresh_from_db()
    assert (order.purpose, order.fund_source) == ("canteen", "administrative")
    assert no_mismatch()


def test_who_asks_does_not_decide_and_nor_does_the_buyer_or_another_county(world: World, other: Campaign) -> None:
    office(world, "district")
    office(world, "second")
    order = delivered(world)
    with pytest.raises(NotPermitted):
        asked(world, order, other, by="keeper")
    correction = asked(world, order, other, by="district")
    world.society.memberships.create(user=world.users["second"], role="receiver", began_at=world.now)
    for name in ("district", "second", "officer", "foreign-officer", "head"):
        with pytest.raises(NotYoursToCorrect):
            agree_to_correct(correction=correction, by=world.users[name], at=world.now)
    order.refresh_from_db()
    assert order.campaign == world.campaign


def test_it_is_decided_once_and_one_at_a_time(world: World, other: Campaign) -> None:
    office(world, "district")
    order = delivered(world)
    correction = asked(world, order, other)
    with pytest.raises(CorrectionOpen):
        asked(world, order, None)
    refuse_correction(correction=correction, reason="证据不足", by=world.users["district"], at=world.now)
    with pytest.raises(CorrectionClosed):
        agree_to_correct(correction=correction, by=world.users["district"], at=world.now)
    assert counted(other, "ordered") == yuan(0)


def test_what_cannot_be_corrected(world: World, other: Campaign) -> None:
    order = delivered(world)
    with pytest.raises(NothingCorrected):
        asked(world, order, world.campaign)
    pairing = Pairing.objects.create(
        supporting=world.campaign.pairing.supporting, aided=factory.region("341524"), starts_on=date(2020, 1, 1)
    )
    foreign = Campaign.objects.create(
        name="别处", slug="foreign", pairing=pairing, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1)
    )
    with pytest.raises(CampaignOfAnotherPairing):
        asked(world, order, foreign)
    tea, _rice = factory.placed(world)
    to = Attribution(tea.campaign, "canteen", tea.fund_source)
    with pytest.raises(PurposeOfAllowances):
        propose_correction(order=tea, to=to, reason="x", by=world.users["clerk"], at=world.now)


def test_asking_and_deciding_on_the_screens(world: World, other: Campaign) -> None:
    office(world, "district")
    order = delivered(world)
    buyer, district = Client(headers={"accept-language": "en"}), Client(headers={"accept-language": "en"})
    buyer.force_login(world.users["buyer"])
    district.force_login(world.users["district"])
    address = reverse("marketplace:correct_attribution", args=[order.reference])
    typed = {"campaign": other.pk, "purpose": order.purpose, "fund_source": order.fund_source, "reason": ""}
    assert buyer.post(address, typed).status_code == 422
    asked_page = buyer.post(address, {**typed, "reason": "选错活动"}, follow=True).content.decode()
    assert "waiting for an officer" in asked_page
    assert "Decide the correction" in district.get(reverse("marketplace_backoffice:dashboard")).content.decode()
    correction = AttributionCorrection.objects.get()
    decision = reverse("marketplace_backoffice:decide_correction", args=[correction.reference])
    assert "Write the reason" in district.post(decision, {"decision": "refuse"}, follow=True).content.decode()
    shown = district.post(decision, {"decision": "agree"}, follow=True).content.decode()
    assert "The decision is recorded" in shown
    assert counted(other, "ordered") == order.amount
    again = reverse("marketplace_backoffice:correct", args=[order.reference])
    done = district.post(again, {**typed, "campaign": world.campaign.pk, "reason": "改回"}, follow=True)
    assert "Another officer of the county decides" in done.content.decode()
    assert no_mismatch()

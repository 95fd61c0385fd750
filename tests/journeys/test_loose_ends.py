"""Purchases that do not end as they should: never sent, all damaged, all gone back; and colleagues at the same list."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.allowances import actions as allowances
from marketplace.catalogue.models import Stock
from marketplace.fulfilment.actions import tick_rows
from marketplace.fulfilment.errors import NothingToAccept, OwnPurchase
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.errors import OffTheRoll
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders.actions import approve_requisition
from marketplace.orders.models import PurchaseOrder
from marketplace.orders.selectors import findings_for
from marketplace.parties import actions as parties
from marketplace.parties.errors import LinkInvalid
from marketplace.parties.models import Membership
from marketplace.payments.models import Invoice
from marketplace.programme.models import Campaign, Pairing
from marketplace.purchase.deliver import accept
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.place import place
from marketplace.purchase.timeline import Step
from marketplace.purchase.tracking import track
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def steps_of(order: PurchaseOrder, day: date) -> dict[str, Step]:
    """The steps shown for an order, by key."""
    order = PurchaseOrder.objects.select_related("requisition__group_order", "organisation").get(pk=order.pk)
    return {entry.step.key: entry.step for entry in track([order], today=day)[order.pk].entries}


def no_mismatch() -> bool:
    return not [line for check in CHECKS.values() for line in check()]


def test_goods_that_were_never_sent_are_given_up_and_the_rest_is_handed_out(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.answered(tea, world.now)
    factory.delivered(factory.answered(rice, world.now), world.users["store"], world.now)
    with pytest.raises(NothingToAccept):
        accept(order=tea, by=world.users["store"], at=world.now)
    accept(order=tea, without_unsent=True, by=world.users["store"], at=world.now)
    assert Invoice.objects.get().amount_open == yuan(120)
    assert Stock.objects.get(pack=world.tea_pack).reserved == 0
    assert make_handout_list(requisition=rice.requisition, by=world.users["clerk"], at=world.now).rows.count() == 3
    assert "fapiao" not in steps_of(tea, world.now.date())
    assert no_mismatch()


def test_an_order_that_went_back_whole_waits_for_nothing(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    factory.delivered(factory.answered(tea, world.now), world.users["store"], world.now)
    quantities = {line.pk: line.quantity_ordered for line in tea.lines.all()}
    factory.sent_back(tea, quantities=quantities, reason="受潮", by=world.users["store"], at=world.now)
    late = world.now.date() + timedelta(days=400)
    assert not {"fapiao", "hand_out"} & steps_of(tea, late).keys()
    assert steps_of(rice, late)["confirm"].state == "late"
    assert no_mismatch()


def test_whoever_asked_for_goods_does_not_send_them_back(world: World) -> None:
    tea, _rice = factory.placed(world)
    factory.delivered(factory.answered(tea, world.now), world.users["store"], world.now)
    clerk = world.users["clerk"]
    Membership.objects.create(user=clerk, organisation=world.union, role="receiver", began_at=world.now)
    with pytest.raises(OwnPurchase):
        factory.sent_back(tea, quantities={tea.lines.get().pk: 1}, reason="受潮", by=clerk, at=world.now)


def test_two_colleagues_with_the_same_list_keep_each_others_ticks(world: World) -> None:
    orders = factory.placed(world, tea=2, rice=1, count=3)
    for order in orders:
        factory.delivered(factory.answered(order, world.now), world.users["store"], world.now)
    handout = make_handout_list(requisition=orders[0].requisition, by=world.users["clerk"], at=world.now)
    first, second, third = handout.rows.order_by("pk").values_list("pk", flat=True)
    tick_rows(handout_list=handout, handed=[first], by=world.users["store"], at=world.now)
    tick_rows(handout_list=handout, handed=[second], shown=[], by=world.users["clerk"], at=world.now)
    tick_rows(handout_list=handout, handed=[first, third], shown=[first, second], by=world.users["clerk"], at=world.now)
    ticked = handout.rows.exclude(handed_at=None).order_by("pk")
    assert [(row.pk, row.handed_by) for row in ticked] == [(first, world.users["store"]), (third, world.users["clerk"])]


def test_somebody_who_has_left_the_roll_cannot_choose(world: World) -> None:
    group_order = factory.open_group_order(world, count=1)
    (participant,) = factory.participants(group_order)
    participant.member.left_on = world.now.date()
    participant.member.save()
    with pytest.raises(OffTheRoll):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=world.now)


def test_a_dismissed_administrators_invitation_to_themselves_opens_nothing(world: World) -> None:
    admin = world.users["admin"]
    _made, token = parties.invite(
        organisation=world.union, invitee_name="自己", roles=["treasurer"], by=admin, at=world.now
    )
    Membership.objects.filter(user=admin).update(ended_at=world.now)
    with pytest.raises(LinkInvalid):
        parties.accept_invitation(token=token, by=admin, at=world.now)


def test_goods_of_a_county_a_campaign_does_not_aid_are_bought_outside_it(world: World) -> None:
    elsewhere = Pairing.objects.create(
        supporting=factory.region("341802"), aided=factory.region("341524"), starts_on=date(2020, 1, 1)
    )
    other = Campaign.objects.create(
        slug="other", name="别县", pairing=elsewhere, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1)
    )
    requisition = factory.submitted(world)
    requisition.campaign = other
    requisition.save()
    approve_requisition(requisition=requisition, by=world.users["chair"], at=world.now)
    placed = place(requisition=requisition, by=world.users["chair"], at=world.now)
    assert {order.campaign_id for order in placed} == {None}


def test_a_purchase_over_new_year_is_checked_in_the_year_its_money_was_granted_for(world: World) -> None:
    requisition = factory.submitted(world, tea=2, rice=1, count=1)
    assert requisition.rule_pack is not None
    group_order = requisition.group_order
    assert group_order is not None
    member = group_order.participants.get().member
    spent = allowances.grant(
        members=[member], occasion="早先", purpose="holiday_gifts", fund_source="union", year=2026, amount=yuan(1490),
        by=world.users["clerk"], at=world.now,
    )  # fmt: skip
    type(spent[0]).objects.filter(pk=spent[0].pk).update(committed=1490_00)
    (finding,) = findings_for(requisition, requisition.rule_pack)
    assert (finding.member_pk, finding.after) == (member.pk, yuan(1490) + requisition.amount)

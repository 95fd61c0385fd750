"""One order, several places: who collects where, what is sent where, and what a shortage at one place comes to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.errors import MoreThanConfirmed, PlaceMissing
from marketplace.fulfilment.models import Consignment, ConsignmentLine
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.errors import PointNotServed, PointNotTheMembers
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import ChoiceLine, GroupOrder
from marketplace.grouporders.taking_part import set_point
from marketplace.grouporders.terms import Terms
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.delivering import split_over_points
from marketplace.orders.errors import SharesDoNotAddUp
from marketplace.orders.models import DeliveryLine, PurchaseOrder, RequisitionShare
from marketplace.parties import actions as parties
from marketplace.parties import places
from marketplace.parties.errors import DepartmentTaken, LastDeliveryPoint
from marketplace.parties.models import DeliveryPoint, Department
from marketplace.parties.places import DepartmentRow
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.place import place
from tests.architecture.stage import everything
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(world: World) -> DeliveryPoint:
    """The union's second place, where 二部 collects; 二部 stands first in its lists."""
    made = parties.add_delivery_point(
        organisation=world.union, name="救助站", address="示范路26号", contact_name="乙", phone="13800000002",
        opening_hours="工作日 8:00–17:00", unloading_note="走东门", by=world.users["admin"], at=world.now,
    )  # fmt: skip
    Department.objects.create(organisation=world.union, name="二部", position=1, delivery_point=made)
    Department.objects.create(organisation=world.union, name="一部", position=2)
    return made


def group_order_over(world: World, station: DeliveryPoint, *, count: int = 4, **more: bool) -> GroupOrder:
    """Members 0, 2 … are of 二部 and collect at the station, 1, 3 … of 一部 at the store."""
    factory.members(world, count)
    clerk = world.users["clerk"]
    main = world.union.delivery_points.get(name="仓库")
    terms = Terms(
        title="春节慰问", campaign=world.campaign, purpose="holiday_gifts", fund_source="union",
        allowance_per_member=yuan(300), delivery_point=main, further_points=(station,), opens_at=world.now,
        closes_at=world.now.replace(hour=23), **more,
    )  # fmt: skip
    made = grouporders.create_group_order(organisation=world.union, terms=terms, by=clerk, at=world.now)
    grouporders.set_offers(group_order=made, packs=[world.tea_pack], by=clerk, at=world.now)
    return grouporders.open_group_order(group_order=made, by=clerk, at=world.now)


def placed_over(world: World, station: DeliveryPoint) -> PurchaseOrder:
    """Four members took two tins each: four for each place."""
    group_order, clerk, chair = group_order_over(world, station), world.users["clerk"], world.users["chair"]
    for participant in factory.participants(group_order):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 2}, at=world.now)
    close_group_order(group_order=group_order, by=clerk, at=world.now)
    made = orders.request_from_group_order(group_order=group_order, by=clerk, at=world.now)
    made = orders.submit_requisition(requisition=made, by=clerk, at=world.now)
    made = orders.approve_requisition(requisition=made, by=chair, at=world.now)
    (order,) = place(requisition=made, by=chair, at=world.now)
    return order


def due(order: PurchaseOrder) -> dict[str, int]:
    rows = DeliveryLine.objects.filter(delivery__order=order).select_related("delivery")
    return {row.delivery.name: row.quantity_due for row in rows}


def send(order: PurchaseOrder, name: str, quantity: int) -> Consignment:
    line = order.lines.get()
    delivery = order.deliveries.get(name=name)
    return dispatch(
        order=order, quantities={line.pk: quantity}, delivery=delivery, by=factory.seat(order), at=order.placed_at
    )


def arrive(world: World, consignment: Consignment, *, short: int = 0) -> None:
    counts = [Count(row.pk, row.quantity - short, short=short) for row in consignment.lines.all()]
    receive(consignment=consignment, counts=counts, by=world.users["store"], at=world.now)


def served(order: PurchaseOrder) -> Mapping[str, int]:
    rows = ChoiceLine.objects.filter(choice__replaced_at=None).select_related("choice__participant__member")
    return {row.choice.participant.member.name: row.quantity_served for row in rows}


def no_mismatch() -> bool:
    return not [line for check in CHECKS.values() for line in check()]


def test_departments_decide_where_members_collect_and_the_order_freezes_it(
    world: World, station: DeliveryPoint
) -> None:
    order = placed_over(world, station)
    assert due(order) == {"仓库": 4, "救助站": 4}
    delivery = order.deliveries.get(name="救助站")
    assert (delivery.address, delivery.contact_name, delivery.opening_hours, delivery.unloading_note) == (
        "示范路26号", "乙", "工作日 8:00–17:00", "走东门",
    )  # fmt: skip
    places.change_delivery_point(
        point=station, name="新站", address="别处", contact_name="丙", phone="13800000003", by=world.users["clerk"],
        at=world.now,
    )  # fmt: skip
    delivery.refresh_from_db()
    assert (delivery.name, delivery.address) == ("救助站", "示范路26号")
    assert no_mismatch()


def test_a_consignment_goes_to_one_place_and_not_beyond_what_is_due_there(world: World, station: DeliveryPoint) -> None:
    order = factory.answered(placed_over(world, station), world.now)
    line = order.lines.get()
    with pytest.raises(PlaceMissing):
        dispatch(order=order, quantities={line.pk: 2}, by=factory.seat(order), at=world.now)
    with pytest.raises(MoreThanConfirmed) as refusal:
        send(order, "救助站", 5)
    assert refusal.value.data["left"] == 4
    assert not ConsignmentLine.objects.exists()
    consignment = send(order, "救助站", 4)
    page = Client(headers={"accept-language": "en"})
    page.force_login(world.users["store"])
    text = page.get(reverse("marketplace:receive", args=[consignment.reference])).content.decode()
    assert "Delivered to 救助站" in text


def test_what_is_declined_falls_where_the_latest_choosers_collect(world: World, station: DeliveryPoint) -> None:
    order = placed_over(world, station)
    factory.answered(order, world.now, decline=3)
    assert served(order) == {"会员0": 1, "会员1": 2, "会员2": 0, "会员3": 2}  # 二部 chose last
    assert due(order) == {"仓库": 4, "救助站": 1}
    assert no_mismatch()


def test_what_is_short_at_a_place_is_short_for_those_who_collect_there(world: World, station: DeliveryPoint) -> None:
    order = factory.answered(placed_over(world, station), world.now)
    arrive(world, send(order, "仓库", 4), short=1)
    arrive(world, send(order, "救助站", 4))
    accept(order=order, by=world.users["store"], at=world.now)
    assert served(order) == {"会员0": 2, "会员1": 2, "会员2": 2, "会员3": 1}  # 二部 chose last, and has theirs
    assert due(order) == {"仓库": 3, "救助站": 4}
    assert no_mismatch()


def test_what_is_sent_to_one_place_is_not_cancelled_there(world: World, station: DeliveryPoint) -> None:
    order = factory.answered(placed_over(world, station), world.now)
    arrive(world, send(order, "仓库", 4))
    accept(order=order, without_unsent=True, by=world.users["store"], at=world.now)
    assert served(order) == {"会员0": 0, "会员1": 2, "会员2": 0, "会员3": 2}
    assert due(order) == {"仓库": 4, "救助站": 0}
    assert no_mismatch()


def test_the_hand_out_list_goes_by_place_then_by_the_departments_order(world: World, station: DeliveryPoint) -> None:
    order = factory.answered(placed_over(world, station), world.now)
    for name in ("仓库", "救助站"):
        arrive(world, send(order, name, 4))
    accept(order=order, by=world.users["store"], at=world.now)
    handout = make_handout_list(requisition=order.requisition, by=world.users["clerk"], at=world.now)
    rows = handout.rows.values_list("place", "department", "participant__member__name")
    assert list(rows) == [
        ("仓库", "一部", "会员1"), ("仓库", "一部", "会员3"), ("救助站", "二部", "会员0"), ("救助站", "二部", "会员2"),
    ]  # fmt: skip


def test_one_place_stays_the_simple_case(world: World) -> None:
    tea, _rice = factory.placed(world, count=2)
    assert due(tea) == {"仓库": 4}
    factory.delivered(factory.answered(tea, world.now), world.users["store"], world.now)
    assert [row.delivery.name for row in Consignment.objects.select_related("delivery")] == ["仓库"]


def test_the_organiser_moves_a_member_and_members_choose_only_where_they_may(
    world: World, station: DeliveryPoint
) -> None:
    fixed = group_order_over(world, station, count=2)
    first = fixed.participants.get(member__department="二部")
    main = fixed.delivery_point
    assert first.delivery_point == station
    set_point(participant=first, delivery_point=main, by=world.users["clerk"], at=world.now)
    first.refresh_from_db()
    assert first.delivery_point is None
    with pytest.raises(PointNotTheMembers):
        set_point(participant=first, delivery_point=station, at=world.now)
    elsewhere = world.society.delivery_points.get()
    with pytest.raises(PointNotServed):
        set_point(participant=first, delivery_point=elsewhere, by=world.users["clerk"], at=world.now)
    free = group_order_over(world, station, count=1, members_choose_point=True)
    person = free.participants.filter(member__department="二部")[0]
    assert person.delivery_point == station
    set_point(participant=person, delivery_point=main, at=world.now)
    person.refresh_from_db()
    assert person.delivery_point is None


def test_a_member_chooses_the_place_on_the_pick_page(
    world: World, station: DeliveryPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    group_order = group_order_over(world, station, count=2, members_choose_point=True)
    issued = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)
    participant, token = next(pair for pair in issued if pair[0].delivery_point is None)
    client = Client(headers={"accept-language": "en"})
    client.get(reverse("marketplace:pick_link", args=[token]))
    assert "救助站" in client.get(reverse("marketplace:pick")).content.decode()
    client.post(reverse("marketplace:pick"), {f"q{world.tea_pack.pk}": 1, "point": station.pk})
    participant.refresh_from_db()
    assert participant.delivery_point == station


def direct(world: World, quantity: int = 5) -> object:
    clerk = world.users["clerk"]
    orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=quantity, by=clerk, at=world.now)
    return orders.request_from_basket(
        organisation=world.union, campaign=world.campaign, purpose="canteen", fund_source="union",
        delivery_point=world.union.delivery_points.get(name="仓库"), by=clerk, at=world.now,
    )  # fmt: skip


def test_a_direct_requisition_is_shared_out_over_places(world: World, station: DeliveryPoint) -> None:
    requisition = direct(world)
    (line,) = requisition.lines.all()
    main, clerk = requisition.delivery_point, world.users["clerk"]
    before = everything()
    with pytest.raises(SharesDoNotAddUp):
        split_over_points(
            requisition=requisition, shares={line.pk: {main.pk: 2, station.pk: 2}}, by=clerk, at=world.now
        )
    assert everything() == before
    client = Client(headers={"accept-language": "en"})
    client.force_login(clerk)
    address = reverse("marketplace:requisition_points", args=[requisition.reference])
    typed = {f"l{line.pk}p{main.pk}": 2, f"l{line.pk}p{station.pk}": 3}
    assert client.post(address, {**typed, f"l{line.pk}p{main.pk}": 9}).status_code == 422
    assert client.post(address, typed).status_code == 302
    assert RequisitionShare.objects.count() == 2
    orders.submit_requisition(requisition=requisition, by=clerk, at=world.now)
    orders.approve_requisition(requisition=requisition, by=world.users["chair"], at=world.now)
    (order,) = place(requisition=requisition, by=world.users["chair"], at=world.now)
    assert due(order) == {"仓库": 2, "救助站": 3}
    factory.answered(order, world.now, decline=1)
    assert due(order) == {"仓库": 2, "救助站": 2}
    assert no_mismatch()


def test_the_vendor_sees_each_place_and_sends_there(world: World, station: DeliveryPoint) -> None:
    order = factory.answered(placed_over(world, station), world.now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(factory.seat(order))
    page = client.get(reverse("vendors:order", args=[order.reference])).content.decode()
    for words in ("救助站", "示范路26号", "13800000002", "走东门", "仓库"):
        assert words in page
    delivery, line = order.deliveries.get(name="救助站"), order.lines.get()
    client.post(reverse("vendors:dispatch", args=[order.reference]), {"delivery": delivery.pk, f"send_{line.pk}": 3})
    assert Consignment.objects.get().delivery == delivery
    buyer = Client()
    buyer.force_login(world.users["clerk"])
    page = buyer.get(reverse("marketplace:order", args=[order.reference])).content.decode()
    assert "救助站" in page
    assert "13800000002" not in page  # who does not deliver needs no phone


def test_departments_come_with_the_roster_and_are_renamed_in_one_place(world: World) -> None:
    factory.members(world, 2)
    parties.note_departments(world.union, ["二部", "一部", "二部", ""])
    assert list(world.union.departments.values_list("name", "position")) == [("二部", 1), ("一部", 2)]
    second, first = world.union.departments.all()
    rows = [DepartmentRow(first.pk, "办公室"), DepartmentRow(second.pk, "一部")]
    places.arrange_departments(organisation=world.union, rows=rows, by=world.users["clerk"], at=world.now)
    assert list(world.union.departments.values_list("name", "position")) == [("办公室", 1), ("一部", 2)]
    assert dict(world.union.members.values_list("name", "department")) == {"会员0": "一部", "会员1": "办公室"}
    with pytest.raises(DepartmentTaken):
        places.arrange_departments(
            organisation=world.union,
            rows=[DepartmentRow(first.pk, "一部"), DepartmentRow(second.pk, "一部")],
            by=world.users["clerk"],
            at=world.now,
        )


def test_a_place_is_used_by_default_and_no_longer(world: World, station: DeliveryPoint) -> None:
    clerk, main = world.users["clerk"], world.union.delivery_points.get(name="仓库")
    places.make_default_point(point=station, by=clerk, at=world.now)
    assert list(world.union.delivery_points.in_use()) == [station, main]
    places.end_delivery_point(point=station, by=clerk, at=world.now)
    assert list(world.union.delivery_points.in_use()) == [main]
    assert Department.objects.get(name="二部").delivery_point is None
    with pytest.raises(LastDeliveryPoint):
        places.end_delivery_point(point=main, by=clerk, at=world.now)
    viewer = Client()
    viewer.force_login(User.objects.get(username="store"))
    page = viewer.get(reverse("marketplace:delivery_points", args=["union"])).content.decode()
    assert "138****0000" in page
    assert "13800000000" not in page

"""Services by session: opened with their places, booked, never oversold, called off with everything given back once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.errors import (
    InsufficientStock,
    NotAService,
    SessionBelowBooked,
    SessionCalledOff,
    SessionClosed,
    SessionInThePast,
    SessionTooSmall,
    SessionTwice,
    SoldBySession,
)
from marketplace.catalogue.models import Listing, Pack, Stock
from marketplace.catalogue.opening import change_session, open_session
from marketplace.catalogue.sessions import ServiceSession
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.errors import NotYetHeld, SentAndAttended
from marketplace.fulfilment.models import Cancellation, Consignment
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.terms import Terms
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.payments.models import Invoice
from marketplace.purchase.call_off import call_off_session
from marketplace.purchase.cancel import cancel
from marketplace.purchase.clock import go_round
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.place import place
from marketplace.workspace.group_offers import _selectable
from tests.architecture.stage import draft
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def books() -> list[str]:
    return [line for check in CHECKS.values() for line in check()]


def session_of(listing: Listing, number: int = 0) -> ServiceSession:
    return list(ServiceSession.objects.filter(listing=listing).select_related("capacity"))[number]


def placed(world: World, wanted: dict[Pack, int]) -> PurchaseOrder:
    (order,) = place(requisition=factory.bought_directly(world, wanted), by=world.users["head"], at=world.now)
    return order


def test_a_session_is_sold_by_packs_of_its_own(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))
    seat, family = factory.packs_of_session(listing)
    assert (seat.name, family.name) == ("每位 · 2026-12-13", "三口之家 · 2026-12-13")
    assert [pack.name for pack in listing.packs.all()] == ["每位", "三口之家"]
    assert [pack.stock.available for pack in (seat, family)] == [20, 6]
    with pytest.raises(SoldBySession):
        orders.set_basket_line(
            organisation=world.society, pack=listing.packs.all()[0], quantity=1, by=world.users["buyer"], at=world.now
        )


def test_publishing_again_keeps_sessions_and_carries_prices_over(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    before = [pack.pk for pack in factory.packs_of_session(listing)]
    changed = listing.get_latest_revision_as_object()
    packs = list(changed.packs.all())
    packs[0].unit_price = yuan(52)
    changed.packs.set(packs)
    listing = factory.reviewed(changed, world)
    assert listing.is_by_session
    assert [pack.pk for pack in factory.packs_of_session(listing)] == before
    assert factory.packs_of_session(listing)[0].unit_price == yuan(52)


def test_placing_takes_places_and_freezes_the_session(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    seat, family = factory.packs_of_session(listing)
    order = placed(world, {seat: 4, family: 2})
    session = session_of(listing)
    assert (session.booked, session.places_left) == (10, 10)
    assert {line.session_id for line in order.lines.all()} == {session.pk}
    assert all(line.is_redeemed for line in order.lines.all())
    assert order.freight == yuan(0)
    assert books() == []


def test_placing_beyond_the_places_names_session_and_shortfall_and_places_nothing(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world, persons=8))
    seat, family = factory.packs_of_session(listing)
    made = factory.bought_directly(world, {seat: 3, family: 2})
    with pytest.raises(InsufficientStock) as refusal:
        place(requisition=made, by=world.users["head"], at=world.now)
    assert "2026-12-13" in str(refusal.value)
    assert (session_of(listing).booked, PurchaseOrder.objects.count()) == (0, 0)


def test_after_the_last_day_for_booking_nothing_is_placed(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (seat, _family) = factory.packs_of_session(listing)
    made = factory.bought_directly(world, {seat: 3})
    late = world.now + timedelta(days=18)
    with pytest.raises(SessionClosed) as refusal:
        place(requisition=made, by=world.users["head"], at=late)
    assert "2026" in str(refusal.value)
    with pytest.raises(SessionClosed):
        orders.set_basket_line(organisation=world.society, pack=seat, quantity=1, by=world.users["buyer"], at=late)
    assert session_of(listing).booked == 0


def test_the_clock_closes_booking_once_and_the_service_leaves_what_is_in_stock(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    assert Listing.objects.in_stock().filter(pk=listing.pk).exists()
    assert list(go_round(name="sessions", at=world.now)) == []
    (said,) = go_round(name="sessions", at=world.now + timedelta(days=18))
    assert said.done == "closed"
    assert list(go_round(name="sessions", at=world.now + timedelta(days=19))) == []
    assert not Listing.objects.in_stock().filter(pk=listing.pk).exists()


def test_a_cancelled_order_gives_its_places_back_once(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    order = placed(world, {factory.packs_of_session(listing)[0]: 4})
    cancel(order=order, reason="改期", by=world.users["head"], at=world.now)
    assert (session_of(listing).booked, session_of(listing).places_left) == (0, 20)
    assert books() == []


def test_what_the_vendor_declines_gives_its_places_back(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    order = placed(world, {factory.packs_of_session(listing)[1]: 4})
    factory.answered(order, world.now, decline=1)
    assert session_of(listing).booked == 9
    assert order.lines.get().promised_on == session_of(listing).starts_on
    assert books() == []


def test_places_may_rise_or_fall_but_not_below_what_is_booked(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    placed(world, {factory.packs_of_session(listing)[0]: 8})
    person = world.users["teaco"]

    def change(persons: int, minimum: int = 1) -> ServiceSession:
        return change_session(
            session=session_of(listing),
            persons=persons,
            deadline_days=3,
            minimum_persons=minimum,
            by=person,
            at=world.now,
        )

    assert change(30).places_left == 22
    assert change(8).places_left == 0
    with pytest.raises(SessionBelowBooked):
        change(7)
    with pytest.raises(SessionTooSmall):
        change(8, minimum=9)
    assert session_of(listing).persons == 8
    assert not Stock.objects.left().filter(pack__listing=listing).exists()


def test_sessions_that_cannot_be_are_refused(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    person = world.users["teaco"]
    with pytest.raises(SessionTwice):
        open_session(listing=listing, plan=factory.session_plan(world), by=person, at=world.now)
    with pytest.raises(SessionInThePast):
        open_session(listing=listing, plan=factory.session_plan(world, 2), by=person, at=world.now)
    with pytest.raises(NotAService):
        open_session(listing=world.tea, plan=factory.session_plan(world), by=person, at=world.now)
    with pytest.raises(SoldBySession):
        catalogue.set_stock(pack=listing.packs.all()[0], on_hand=9, by=person, at=world.now)
    assert ServiceSession.objects.count() == 1


def group_order_for(world: World, listing: Listing) -> list[PurchaseOrder]:
    """Three members book a seat each in a group order, placed."""
    clerk, chair = world.users["clerk"], world.users["chair"]
    (seat, _family) = factory.packs_of_session(listing)
    factory.members(world, 3)
    terms = Terms(
        title="春季疗休养",
        campaign=world.campaign,
        purpose="activity",
        fund_source="union",
        allowance_per_member=yuan(200),
        delivery_point=world.union.delivery_points.order_by("pk")[0],
        opens_at=world.now - timedelta(hours=1),
        closes_at=world.now + timedelta(days=3),
    )
    made = grouporders.create_group_order(organisation=world.union, terms=terms, by=clerk, at=world.now)
    grouporders.add_offer(group_order=made, pack=seat, by=clerk, at=world.now)
    grouporders.open_group_order(group_order=made, by=clerk, at=world.now)
    for participant in factory.participants(made):
        grouporders.choose(participant=participant, quantities={seat.pk: 1}, at=world.now)
    close_group_order(group_order=made, by=clerk, at=world.now)
    requisition = orders.request_from_group_order(group_order=made, by=clerk, at=world.now)
    requisition = orders.submit_requisition(requisition=requisition, by=clerk, at=world.now)
    requisition = orders.approve_requisition(requisition=requisition, by=chair, at=world.now)
    return place(requisition=requisition, by=chair, at=world.now)


@pytest.mark.parametrize("is_answered", [True, False], ids=["confirmed", "unanswered"])
def test_calling_off_gives_places_money_and_allowances_back_once(world: World, is_answered: bool) -> None:
    listing = factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))
    (order,) = group_order_for(world, listing)
    other = placed(world, {factory.packs_of_session(listing)[1]: 1, factory.packs_of_session(listing, 1)[0]: 2})
    if is_answered:
        factory.answered(order, world.now)
        factory.answered(other, world.now)
    call_off_session(session=session_of(listing), reason="大雪封路", by=world.users["teaco"], at=world.now)
    order.refresh_from_db()
    other.refresh_from_db()
    assert order.cancelled_at is not None
    assert other.cancelled_at is None
    assert [row.fault for row in Cancellation.objects.all()] == ["vendor", "vendor"]
    assert session_of(listing).booked == 0
    assert session_of(listing, 1).booked == 2
    assert Invoice.objects.get(requisition=order.requisition_id).amount_due == yuan(0)
    assert Invoice.objects.get(requisition=other.requisition_id).amount_due == yuan(100)
    assert all(p.allowance.committed == yuan(0) for p in factory.participants(order.requisition.group_order))
    assert books() == []
    with pytest.raises(SessionCalledOff):
        call_off_session(session=session_of(listing), reason="再来一次", by=world.users["teaco"], at=world.now)
    if not is_answered:
        factory.answered(other, world.now)
        assert books() == []
    assert Cancellation.objects.count() == 2


def test_a_session_called_off_is_neither_booked_nor_chosen_any_more(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (seat, _family) = factory.packs_of_session(listing)
    made = factory.bought_directly(world, {seat: 2})
    call_off_session(session=session_of(listing), reason="停办", by=world.users["teaco"], at=world.now)
    with pytest.raises(SessionCalledOff):
        place(requisition=made, by=world.users["head"], at=world.now)
    assert not Listing.objects.in_stock().filter(pk=listing.pk).exists()
    again = open_session(listing=listing, plan=factory.session_plan(world), by=world.users["teaco"], at=world.now)
    assert again.places_left == 20


def test_a_service_is_carried_out_from_its_day_on_and_accepted_like_goods(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    order = placed(world, {factory.packs_of_session(listing)[0]: 4})
    factory.answered(order, world.now)
    line, keeper = OrderLine.objects.get(order=order), world.users["keeper"]
    with pytest.raises(NotYetHeld):
        dispatch(order=order, quantities={line.pk: 3}, by=world.users["teaco"], at=world.now)
    day = world.now + timedelta(days=20)
    made = dispatch(order=order, quantities={line.pk: 4}, by=world.users["teaco"], at=day)
    assert made.is_attendance
    assert (session_of(listing).capacity.promised, session_of(listing).capacity.spent) == (0, 4)
    (row,) = made.lines.all()
    receive(consignment=made, counts=[Count(row.pk, 3, short=1)], note="一人未到", by=keeper, at=day)
    acceptance = accept(order=order, by=keeper, at=day)
    assert (acceptance.amount, acceptance.freight) == (yuan(150), yuan(0))
    assert Invoice.objects.get(requisition=order.requisition_id).amount_due == yuan(150)
    assert Consignment.objects.get().is_attendance
    assert books() == []
    assert office_day(day) == session_of(listing).starts_on


def test_a_silent_vendors_bookings_expire_and_give_their_places_back_once(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world, 40))
    placed(world, {factory.packs_of_session(listing)[0]: 4})
    late = world.now + timedelta(days=17)
    assert [found.done for found in go_round(name="silent_vendors", at=late)] == ["cancelled"]
    assert list(go_round(name="silent_vendors", at=late)) == []
    assert (session_of(listing).booked, session_of(listing).places_left) == (0, 20)
    assert books() == []


def test_goods_and_a_session_in_one_order_are_sent_and_carried_out_apart(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (seat, _family), tea = (
        factory.packs_of_session(listing),
        Pack.objects.select_related("listing").get(pk=world.tea_pack.pk),
    )
    order = placed(world, {seat: 2, tea: 1})
    factory.answered(order, world.now)
    attended, sent = order.lines.get(is_redeemed=True), order.lines.get(is_redeemed=False)
    day = world.now + timedelta(days=20)
    with pytest.raises(SentAndAttended):
        dispatch(order=order, quantities={attended.pk: 2, sent.pk: 1}, by=world.users["teaco"], at=day)
    assert not dispatch(order=order, quantities={sent.pk: 1}, by=world.users["teaco"], at=world.now).is_attendance
    call_off_session(session=session_of(listing), reason="停办", by=world.users["teaco"], at=world.now)
    order.refresh_from_db()
    assert order.cancelled_at is None
    assert {line.quantity_confirmed for line in order.lines.all()} == {0, 1}
    assert books() == []


def test_only_sessions_that_can_be_booked_are_offered_to_members(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))
    call_off_session(session=session_of(listing), reason="停办", by=world.users["teaco"], at=world.now)
    made = draft(world, world.union, world.users["clerk"])
    names = [pack.name for pack in _selectable(made) if pack.listing_id == listing.pk]
    assert names == ["每位 · 2026-12-23", "三口之家 · 2026-12-23"]


def test_another_number_of_persons_counts_for_what_nobody_has_booked(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))
    placed(world, {factory.packs_of_session(listing)[1]: 2})
    changed = listing.get_latest_revision_as_object()
    packs = list(changed.packs.all())
    packs[1].persons = 4
    changed.packs.set(packs)
    factory.reviewed(changed, world)
    assert [factory.packs_of_session(listing, number)[1].stock.draws for number in (0, 1)] == [3, 4]
    assert (session_of(listing).booked, session_of(listing).places_left) == (6, 14)
    assert books() == []

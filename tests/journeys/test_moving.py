"""A placed booking goes over to another session: asked by one side, agreed by the other, places and vouchers with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wagtail.models import ModelLogEntry

from marketplace.catalogue.errors import InsufficientStock, SessionCalledOff, SessionPriceDiffers, SessionUnlike
from marketplace.catalogue.models import Listing, Pack
from marketplace.catalogue.opening import change_session
from marketplace.catalogue.sessions import ServiceSession
from marketplace.errands.models import Errand
from marketplace.errors import NotPermitted
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.errors import (
    BookedThereAlready,
    NotYetAnswered,
    NotYoursToAnswer,
    PartlyCarriedOut,
    ProposalClosed,
    ProposalOpen,
    VoucherTooEarly,
)
from marketplace.fulfilment.models import Cancellation
from marketplace.fulfilment.moves import SessionMove
from marketplace.fulfilment.moving import bookings_to_move
from marketplace.fulfilment.vouchering import issue_vouchers, redeem_voucher
from marketplace.fulfilment.vouchers import Voucher
from marketplace.impact.models import ImpactEntry, ImpactTotal
from marketplace.ledger.models import Posting
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.payments.models import Invoice
from marketplace.purchase.call_off import call_off_session
from marketplace.purchase.cancel import agree_to_cancel, propose_cancellation
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.move import agree_to_move, offer_session, propose_move, refuse_to_move, withdraw_move
from marketplace.purchase.place import place
from tests.factories import world as factory
from tests.factories.world import World
from tests.journeys.test_sessions import group_order_for

pytestmark = pytest.mark.django_db


def books() -> list[str]:
    return [line for check in CHECKS.values() for line in check()]


@pytest.fixture
def listing(world: World) -> Listing:
    """A service with two sessions of twenty places: in twenty days, and in thirty."""
    return factory.service(world, factory.session_plan(world), factory.session_plan(world, 30))


def session(number: int) -> ServiceSession:
    return list(ServiceSession.objects.select_related("capacity", "listing"))[number]


def booked(world: World, listing: Listing, **quantities: int) -> PurchaseOrder:
    """The society's order of the first session, confirmed."""
    seat, family = factory.packs_of_session(listing)
    wanted = {seat: quantities.get("seats", 0), family: quantities.get("families", 0)}
    made = factory.bought_directly(world, {pack: n for pack, n in wanted.items() if n})
    (order,) = place(requisition=made, by=world.users["head"], at=world.now)
    return factory.answered(order, world.now)


def ask(world: World, order: PurchaseOrder, *, to: int = 1, side: str = "buyer", **more: Any) -> SessionMove:
    given = {"line": order.lines.order_by("pk")[0], "reason": "那天有会", "at": world.now, **more}
    by = world.users["buyer"] if side == "buyer" else world.users["teaco"]
    return propose_move(order=order, session=session(to), side=side, by=given.pop("by", by), **given)


def agree(world: World, move: SessionMove, *, days: int = 0) -> SessionMove:
    side, by = ("vendor", world.users["teaco"]) if move.side == "buyer" else ("buyer", world.users["head"])
    return agree_to_move(move=move, side=side, by=by, at=world.now + timedelta(days=days))


def money() -> list[Any]:
    """All that must stay as it is."""
    return [
        list(Posting.objects.order_by("pk").values_list("account", "amount")),
        list(ImpactEntry.objects.order_by("pk").values_list("pk", "amount")),
        list(ImpactTotal.objects.order_by("pk").values()),
        [(row.pk, row.amount_due) for row in Invoice.objects.order_by("pk")],
        list(PurchaseOrder.objects.order_by("pk").values_list("pk", "amount", "freight")),
    ]


@pytest.mark.parametrize("side", ["buyer", "vendor"])
def test_an_agreed_move_carries_places_name_and_day_over_and_no_money(
    world: World, listing: Listing, side: str
) -> None:
    order = booked(world, listing, families=2)
    before = money()
    agree(world, ask(world, order, side=side))
    line = order.lines.get()
    assert (line.pack_name, line.session, line.promised_on) == (
        "三口之家 · 2026-12-23",
        session(1),
        session(1).starts_on,
    )
    assert (line.unit_price, line.quantity_confirmed) == (yuan(120), 2)
    assert (session(0).booked, session(1).booked) == (0, 6)
    assert money() == before
    assert books() == []
    (entry,) = ModelLogEntry.objects.filter(action="marketplace.move_booking")
    assert (entry.data["before"], entry.data["after"]) == ("三口之家 · 2026-12-13", "三口之家 · 2026-12-23")
    assert Errand.objects.filter(key__startswith=f"session_moved:{order.reference}:").count() == 1


def test_before_the_other_side_agrees_nothing_moves(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=4)
    move = ask(world, order)
    assert (session(0).booked, session(1).booked) == (4, 0)
    with pytest.raises(NotYoursToAnswer):
        agree_to_move(move=move, side="buyer", by=world.users["head"], at=world.now)
    with pytest.raises(ProposalOpen):
        ask(world, order)
    refuse_to_move(move=move, side="vendor", reason="那天满了", by=world.users["teaco"], at=world.now)
    with pytest.raises(ProposalClosed):
        agree(world, move)
    again = ask(world, order)
    withdraw_move(move=again, side="buyer", by=world.users["buyer"], at=world.now)
    states = [(row.is_open, bool(row.refused_at), bool(row.withdrawn_at)) for row in SessionMove.objects.order_by("pk")]
    assert states == [(False, True, False), (False, False, True)]
    assert (session(0).booked, session(1).booked) == (4, 0)
    assert books() == []


def test_only_a_requester_or_approver_speaks_for_the_buyer(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=4)
    with pytest.raises(NotPermitted):
        ask(world, order, by=world.users["keeper"])
    move = ask(world, order, side="vendor")
    with pytest.raises(NotPermitted):
        agree_to_move(move=move, side="buyer", by=world.users["keeper"], at=world.now)
    assert session(0).booked == 4


def test_what_the_vendor_has_not_confirmed_is_not_moved(world: World, listing: Listing) -> None:
    made = factory.bought_directly(world, {factory.packs_of_session(listing)[0]: 2})
    (order,) = place(requisition=made, by=world.users["head"], at=world.now)
    with pytest.raises(NotYetAnswered):
        ask(world, order)
    assert bookings_to_move(order, office_day(world.now)) == []


def test_without_room_for_all_of_it_nothing_is_asked_or_moved(world: World, listing: Listing) -> None:
    order = booked(world, listing, families=2)
    change_session(
        session=session(1), persons=5, deadline_days=3, minimum_persons=1, by=world.users["teaco"], at=world.now
    )
    with pytest.raises(InsufficientStock):
        ask(world, order)
    change_session(
        session=session(1), persons=6, deadline_days=3, minimum_persons=1, by=world.users["teaco"], at=world.now
    )
    move = ask(world, order)
    made = factory.bought_directly(world, {factory.packs_of_session(listing, 1)[0]: 1})
    place(requisition=made, by=world.users["head"], at=world.now)
    with pytest.raises(InsufficientStock):
        agree(world, move)
    move.refresh_from_db()
    assert (move.is_open, session(0).booked, session(1).booked) == (True, 6, 1)
    assert books() == []


def test_another_price_another_pack_and_another_service_are_refused(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=2, families=1)
    seat, _family = factory.packs_of_session(listing, 1)
    Pack.objects.filter(pk=seat.pk).update(unit_price=yuan(60))
    with pytest.raises(SessionPriceDiffers):
        ask(world, order)
    with pytest.raises(SessionUnlike):
        ask(world, order, to=0)
    (first, _second) = bookings_to_move(order, office_day(world.now))
    assert first[2] == []


def test_a_session_that_takes_no_bookings_is_neither_offered_nor_taken(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=2)
    move = ask(world, order)
    call_off_session(session=session(1), reason="停办", by=world.users["teaco"], at=world.now)
    with pytest.raises(SessionCalledOff):
        agree(world, move)
    assert bookings_to_move(order, office_day(world.now))[0][2] == []
    assert session(0).booked == 2


def test_an_order_with_both_sessions_keeps_them_apart(world: World, listing: Listing) -> None:
    seats = [factory.packs_of_session(listing, number)[0] for number in (0, 1)]
    made = factory.bought_directly(world, dict.fromkeys(seats, 2))
    (order,) = place(requisition=made, by=world.users["head"], at=world.now)
    factory.answered(order, world.now)
    with pytest.raises(BookedThereAlready):
        ask(world, order, line=order.lines.get(session=session(0)))


def test_vouchers_keep_their_codes_and_hold_for_the_new_day(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=2)
    issued = issue_vouchers(order=order, by=world.users["buyer"], at=world.now)
    agree(world, ask(world, order))
    assert set(Voucher.objects.values_list("valid_until", flat=True)) == {session(1).last_day}
    using = {"code": issued[0][1], "vendors": [world.tea_vendor.pk], "by": world.users["teaco"]}
    with pytest.raises(VoucherTooEarly):
        redeem_voucher(at=world.now + timedelta(days=20), **using)
    redeem_voucher(at=world.now + timedelta(days=30), **using)
    assert books() == []


def test_what_was_used_or_carried_out_stays(world: World, listing: Listing) -> None:
    used, held = booked(world, listing, seats=2), booked(world, listing, seats=3)
    moves = [ask(world, order) for order in (used, held)]
    day = world.now + timedelta(days=20)
    (_voucher, code), _other = issue_vouchers(order=used, by=world.users["buyer"], at=world.now)
    redeem_voucher(code=code, vendors=[world.tea_vendor.pk], by=world.users["teaco"], at=day)
    dispatch(order=held, quantities={held.lines.get().pk: 1}, by=world.users["teaco"], at=day)
    for move in moves:
        with pytest.raises(PartlyCarriedOut):
            agree(world, move, days=20)
    assert [bookings_to_move(order, office_day(day)) for order in (used, held)] == [[], []]
    assert (session(0).booked, session(1).booked) == (5, 0)


def test_members_go_with_their_group_order_and_what_follows_finds_them(world: World, listing: Listing) -> None:
    (order,) = group_order_for(world, listing)
    factory.answered(order, world.now)
    issue_vouchers(order=order, by=world.users["clerk"], at=world.now)
    move = propose_move(
        order=order, line=order.lines.get(), session=session(1), side="vendor", reason="大雪", by=world.users["teaco"],
        at=world.now,
    )  # fmt: skip
    agree_to_move(move=move, side="buyer", by=world.users["chair"], at=world.now)
    assert books() == []
    cancellation = propose_cancellation(
        order=order, quantities={order.lines.get().pk: 1}, side="vendor", fault="vendor", reason="少一位",
        by=world.users["teaco"], at=world.now,
    )  # fmt: skip
    agree_to_cancel(cancellation=cancellation, side="buyer", by=world.users["chair"], at=world.now)
    assert (session(1).booked, Voucher.objects.standing().count()) == (2, 2)
    assert books() == []
    day = world.now + timedelta(days=30)
    made = dispatch(order=order, quantities={order.lines.get().pk: 2}, by=world.users["teaco"], at=day)
    receive(
        consignment=made,
        counts=[Count(made.lines.get().pk, 1, short=1)],
        note="一人未到",
        by=world.users["store"],
        at=day,
    )
    assert accept(order=order, by=world.users["store"], at=day).amount == yuan(50)
    assert sorted(p.allowance.committed for p in factory.participants(order.requisition.group_order))[-1] == yuan(50)
    assert books() == []


def test_a_booking_may_move_twice_and_come_back(world: World, listing: Listing) -> None:
    order = booked(world, listing, seats=2)
    first = order.lines.get().pack
    agree(world, ask(world, order))
    agree(world, ask(world, order, to=0))
    line = order.lines.get()
    assert (line.pack, line.asked_pack_id) == (first, first.pk)
    assert (session(0).booked, session(1).booked) == (2, 0)
    assert books() == []


def test_a_vendor_offers_another_session_to_all_instead_of_calling_it_off(world: World, listing: Listing) -> None:
    one, other = booked(world, listing, seats=3), booked(world, listing, families=1)
    moves = offer_session(session=session(0), into=session(1), reason="大雪", by=world.users["teaco"], at=world.now)
    assert [move.order for move in moves] == [one, other]
    assert Errand.objects.filter(key__startswith="session_move_offered:").count() == 2
    agree(world, moves[0])
    call_off_session(session=session(0), reason="大雪", by=world.users["teaco"], at=world.now)
    assert (session(0).booked, session(1).booked) == (0, 3)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.cancelled_at, other.cancelled_at is None) == (None, False)
    assert SessionMove.objects.get(order=other).status == "已撤回"
    assert Cancellation.objects.get().order == other
    assert books() == []


def test_an_offer_to_all_needs_room_for_all(world: World, listing: Listing) -> None:
    booked(world, listing, seats=3)
    change_session(
        session=session(1), persons=2, deadline_days=3, minimum_persons=1, by=world.users["teaco"], at=world.now
    )
    with pytest.raises(InsufficientStock):
        offer_session(session=session(0), into=session(1), reason="大雪", by=world.users["teaco"], at=world.now)
    assert not SessionMove.objects.exists()
    assert OrderLine.objects.get().session == session(0)

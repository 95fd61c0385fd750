"""Twenty clients for the last seven places, and one voucher shown at two doors, on PostgreSQL; with the locks away as a control."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from marketplace.catalogue.actions import reserve_stock
from marketplace.catalogue.capacity import SharedCapacity
from marketplace.catalogue.errors import InsufficientStock, SessionCalledOff
from marketplace.catalogue.models import Pack, Stock
from marketplace.catalogue.moving import shift_places
from marketplace.catalogue.sessions import ServiceSession
from marketplace.errors import Refused
from marketplace.fulfilment.errors import VoucherUsed
from marketplace.fulfilment.moves import SessionMove
from marketplace.fulfilment.vouchering import issue_vouchers, redeem_voucher
from marketplace.fulfilment.vouchers import Voucher
from marketplace.management.books import CHECKS
from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.orders.moving import move_line
from marketplace.parties.actions import office_day
from marketplace.purchase.call_off import call_off_session
from marketplace.purchase.move import agree_to_move, propose_move
from marketplace.purchase.place import place
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import world as factory
from tests.factories.world import World, build_world
from tests.journeys.test_sessions import group_order_for

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CLIENTS, PLACES = 20, 7


@pytest.fixture
def market(transactional_db: None, now: datetime) -> World:
    """The small world, really committed."""
    return build_world(now)


@transaction.atomic
def reserve(pack: Pack) -> str:
    reserve_stock(wanted={pack.pk: 1}, labels={pack.pk: str(pack)})
    return "booked"


def last_places(packs: list[Pack], _attempt: int) -> None:
    """Seven places are left and twenty clients want one each, by seats that draw on them in two ways."""
    Stock.objects.filter(pack__in=packs).update(reserved=0)
    SharedCapacity.objects.update(promised=0, spent=0)
    steps = [partial(reserve, packs[number % len(packs)]) for number in range(CLIENTS)]
    with lingering("marketplace.catalogue.drawing.lock_capacities"):
        answers = together(*steps)
    assert sum(answer == "booked" for answer in answers) == PLACES
    assert sum(isinstance(answer, InsufficientStock) for answer in answers) == CLIENTS - PLACES
    assert SharedCapacity.objects.get().promised == PLACES


def seats(world: World) -> list[Pack]:
    """Two packs of one person each on one session of seven places."""
    packs = [
        Pack(name=name, unit="位", unit_price=price, persons=1, sort_order=place)
        for place, (name, price) in enumerate(
            (("成人", world.tea_pack.unit_price), ("儿童", world.rice_pack.unit_price))
        )
    ]
    listing = factory.service(world, factory.session_plan(world, persons=PLACES), packs=packs)
    return factory.packs_of_session(listing)


def test_twenty_clients_cannot_oversell_the_last_seven_places(market: World) -> None:
    packs = seats(market)
    for attempt in range(3):
        last_places(packs, attempt)


def test_without_the_locks_the_last_places_are_quarrelled_over(market: World) -> None:
    packs = seats(market)
    with without_locks():
        assert failures(partial(last_places, packs)) >= 9


def two_doors(code: str, world: World, _attempt: int) -> None:
    """One voucher is shown to two people of the vendor at the same moment."""
    Voucher.objects.update(redeemed_at=None, redeemed_by=None)
    at = world.now + timedelta(days=20)
    step = partial(redeem_voucher, code=code, vendors=[world.tea_vendor.pk], by=world.users["teaco"], at=at)
    with lingering("marketplace.fulfilment.vouchering.lock_voucher"):
        answers = together(step, step)
    assert sum(isinstance(answer, Voucher) for answer in answers) == 1
    assert sum(isinstance(answer, VoucherUsed) for answer in answers) == 1


def one_code(world: World) -> str:
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    factory.answered(order, world.now)
    return issue_vouchers(order=order, by=world.users["clerk"], at=world.now)[0][1]


def test_a_voucher_shown_at_two_doors_is_used_once(market: World) -> None:
    code = one_code(market)
    for attempt in range(5):
        two_doors(code, market, attempt)


def test_without_its_lock_a_voucher_is_used_twice(market: World) -> None:
    code = one_code(market)
    with without_locks():
        assert failures(partial(two_doors, code, market)) >= 9


def test_a_session_called_off_while_it_is_booked_keeps_no_booking(market: World) -> None:
    listing = factory.service(market, factory.session_plan(market))
    (seat, _family) = factory.packs_of_session(listing)
    session = ServiceSession.objects.get()
    requisition = factory.bought_directly(market, {seat: 2})
    booking = partial(place, requisition=requisition, by=market.users["head"], at=market.now)
    calling = partial(call_off_session, session=session, reason="大雪", by=market.users["teaco"], at=market.now)
    with lingering("marketplace.catalogue.drawing.lock_capacities"):
        answers = together(booking, calling)
    if isinstance(answers[1], Refused):  # somebody had just booked: the vendor looks again
        calling()
    refused = isinstance(answers[0], (InsufficientStock, SessionCalledOff))
    assert refused or PurchaseOrder.objects.get().cancelled_at is not None
    assert SharedCapacity.objects.get().taken == 0
    assert [line for check in CHECKS.values() for line in check()] == []


def agreed_at_once(world: World, moves: list[SessionMove], _attempt: int) -> None:
    """Two bookings of two seats each want the last three places of another session, and both are agreed to at once."""
    with transaction.atomic():
        for move in moves:
            back_again(move)
    steps = [partial(agree_to_move, move=move, side="vendor", by=world.users["teaco"], at=world.now) for move in moves]
    with lingering("marketplace.catalogue.drawing.lock_capacities"):
        answers = together(*steps)
    assert sum(isinstance(answer, SessionMove) for answer in answers) == 1
    assert sum(isinstance(answer, InsufficientStock) for answer in answers) == 1
    assert sorted(SharedCapacity.objects.values_list("promised", flat=True)) == [2, 2]
    assert [line for check in CHECKS.values() for line in check()] == []


def back_again(move: SessionMove) -> None:
    """As it was before: asked, and not answered."""
    SessionMove.objects.filter(pk=move.pk).update(agreed_at=None, agreed_by=None)
    line = OrderLine.objects.get(pk=move.line_id)
    if line.pack_id != move.from_pack_id:
        shift_places(out_of=line.pack, into=move.from_pack, quantity=2, on=office_day(move.proposed_at))
        move_line(line, move.from_pack)


def asked_to_move(world: World, *, places: int, ways: list[tuple[int, int]]) -> list[SessionMove]:
    """Bookings of two seats each that want to go from one of two sessions to the other."""
    plans = [factory.session_plan(world), factory.session_plan(world, 30, persons=places)]
    listing = factory.service(world, *plans)
    sessions, moves = list(listing.sessions.all()), []
    for before, after in ways:
        seat = factory.packs_of_session(listing, before)[0]
        (order,) = place(requisition=factory.bought_directly(world, {seat: 2}), by=world.users["head"], at=world.now)
        factory.answered(order, world.now)
        asked = {"order": order, "line": order.lines.get(), "session": sessions[after], "reason": "改期"}
        moves.append(propose_move(side="buyer", by=world.users["buyer"], at=world.now, **asked))
    return moves


def test_the_last_places_are_given_to_one_of_two_moves(market: World) -> None:
    moves = asked_to_move(market, places=3, ways=[(0, 1), (0, 1)])
    for attempt in range(3):
        agreed_at_once(market, moves, attempt)


def test_without_the_locks_two_moves_quarrel_over_the_last_places(market: World) -> None:
    moves = asked_to_move(market, places=3, ways=[(0, 1), (0, 1)])
    with without_locks():
        assert failures(partial(agreed_at_once, market, moves)) >= 9


def test_two_bookings_that_change_places_do_not_wait_for_each_other(market: World) -> None:
    moves = asked_to_move(market, places=20, ways=[(0, 1), (1, 0)])
    steps = [partial(agree_to_move, move=m, side="vendor", by=market.users["teaco"], at=market.now) for m in moves]
    with lingering("marketplace.catalogue.moving.lock_stocks"):
        answers = together(*steps)
    assert all(isinstance(answer, SessionMove) for answer in answers), answers
    assert list(SharedCapacity.objects.values_list("promised", flat=True)) == [2, 2]
    assert [line for check in CHECKS.values() for line in check()] == []


def test_a_session_called_off_while_a_booking_moves_into_it_keeps_nobody(market: World) -> None:
    (move,) = asked_to_move(market, places=20, ways=[(0, 1)])
    moving = partial(agree_to_move, move=move, side="vendor", by=market.users["teaco"], at=market.now)
    session = move.to_pack.session
    calling = partial(call_off_session, session=session, reason="大雪", by=market.users["teaco"], at=market.now)
    with lingering("marketplace.catalogue.drawing.lock_capacities"):
        answers = together(moving, calling)
    if isinstance(answers[1], Refused):  # somebody had just come over: the vendor looks again
        calling()
    moved = isinstance(answers[0], SessionMove)
    assert moved or isinstance(answers[0], SessionCalledOff), answers
    assert (PurchaseOrder.objects.get().cancelled_at is not None) == moved
    assert ServiceSession.objects.get(pk=session.pk).booked == 0
    assert [line for check in CHECKS.values() for line in check()] == []

"""Vouchers: given out once, redeemed once, for one item at one vendor; what an order no longer gives makes them void."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from marketplace.catalogue.models import Pack
from marketplace.errands.models import Errand
from marketplace.errors import NotPermitted
from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.codes import ALPHABET, plain_code, printed_code
from marketplace.fulfilment.errors import (
    MoreThanRedeemed,
    NotAnswered,
    NoVouchersHere,
    VoucherExpired,
    VoucherNotYours,
    VoucherOfAnother,
    VoucherReplaced,
    VoucherTooEarly,
    VoucherUnknown,
    VoucherUsed,
    VoucherVoid,
)
from marketplace.fulfilment.models import HandoutList
from marketplace.fulfilment.vouchering import (
    Finding,
    code_for_holder,
    issue_vouchers,
    look_up,
    orders_to_give_out,
    redeem_voucher,
)
from marketplace.fulfilment.vouchers import Voucher, VoucherCode, VoucherNotice
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.purchase.call_off import call_off_session
from marketplace.purchase.clock import go_round
from marketplace.purchase.deliver import accept, dispatch, receive
from marketplace.purchase.place import place
from marketplace.workspace.access import organisations_by_role
from marketplace.workspace.tasks import tasks_for
from tests.factories import world as factory
from tests.factories.world import World
from tests.journeys.test_sessions import group_order_for

pytestmark = pytest.mark.django_db


def books() -> list[str]:
    return [line for check in CHECKS.values() for line in check()]


def members_order(world: World) -> PurchaseOrder:
    """Three members' seats on a session in twenty days, confirmed by the tea vendor."""
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    return factory.answered(order, world.now)


def issued(world: World, order: PurchaseOrder, **more: Any) -> list[tuple[Voucher, str]]:
    return issue_vouchers(order=order, by=world.users["clerk"], at=world.now, **more)


def redeem(world: World, code: str, *, days: int = 20) -> Voucher:
    return redeem_voucher(
        code=code, vendors=[world.tea_vendor.pk], by=world.users["teaco"], at=world.now + timedelta(days=days)
    )


def test_a_code_is_read_however_it_was_typed() -> None:
    assert plain_code(" abcd-2345 efgh ") == "ABCD2345EFGH"
    assert printed_code("ABCD2345EFGH") == "ABCD-2345-EFGH"
    assert [plain_code(text) for text in ("", "ABCD", "ABCD-2345-EFG0", "ABCD-2345-EFGHJ")] == ["", "", "", ""]
    assert len(ALPHABET) == 32


def test_every_confirmed_unit_gets_a_voucher_of_the_member_who_gets_it(world: World) -> None:
    order = members_order(world)
    made = issued(world, order)
    assert {voucher.participant_id for voucher, _code in made} == {
        person.pk for person in factory.participants(order.requisition.group_order)
    }
    assert {voucher.valid_until for voucher, _code in made} == {office_day(world.now) + timedelta(20)}
    stored = set(VoucherCode.objects.values_list("code_hash", flat=True))
    assert not stored & {code for _voucher, code in made}
    assert issued(world, order) == []  # those that are out stay valid
    assert Voucher.objects.count() == 3


def test_a_new_code_ends_the_old_one(world: World) -> None:
    order = members_order(world)
    (voucher, old), *_others = issued(world, order)
    ((_voucher, new),) = issued(world, order, only=[voucher.pk])
    with pytest.raises(VoucherReplaced):
        redeem(world, old)
    assert redeem(world, new).pk == voucher.pk
    assert issued(world, order, only=[voucher.pk]) == []  # it is used


def test_the_holder_and_nobody_else_gets_a_code_for_it(world: World) -> None:
    order = members_order(world)
    (voucher, printed), *_others = issued(world, order)
    mine, *others = sorted(
        factory.participants(order.requisition.group_order), key=lambda p: p.pk != voucher.participant_id
    )
    _found, code = code_for_holder(voucher=voucher, participant=mine, at=world.now)
    assert redeem(world, code).pk == voucher.pk
    with pytest.raises(VoucherUsed):
        redeem(world, printed)
    with pytest.raises(VoucherNotYours):
        code_for_holder(voucher=voucher, participant=others[0], at=world.now)


def test_redeeming_twice_is_refused_with_when_it_was_used(world: World) -> None:
    (_voucher, code), *_others = issued(world, members_order(world))
    redeem(world, code)
    with pytest.raises(VoucherUsed) as refusal, translation.override("en"):
        redeem(world, code, days=20)
    with translation.override("en"):
        assert "13 Dec 2026, 10:00" in str(refusal.value)
    assert Voucher.objects.exclude(redeemed_at=None).count() == 1


def test_codes_that_do_not_open_anything_are_refused_each_with_its_reason(world: World) -> None:
    order = members_order(world)
    (_voucher, code), *_others = issued(world, order)
    with pytest.raises(VoucherUnknown):
        redeem(world, "ABCD-2345-EFGH")
    with pytest.raises(VoucherTooEarly):
        redeem(world, code, days=19)
    with pytest.raises(VoucherExpired):
        redeem(world, code, days=21)
    with pytest.raises(VoucherOfAnother):
        redeem_voucher(code=code, vendors=[world.rice_vendor.pk], by=world.users["riceco"], at=world.now)
    day = office_day(world.now) + timedelta(20)
    look = look_up(code=code, vendors=[world.rice_vendor.pk], on=day)
    assert (look.finding, look.voucher) == (Finding.OF_ANOTHER, None)
    assert look_up(code=code, vendors=[world.tea_vendor.pk], on=day).finding == Finding.VALID
    assert not Voucher.objects.exclude(redeemed_at=None).exists()


def test_only_people_of_the_buyer_issue_and_only_once_it_is_answered(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    with pytest.raises(NotAnswered):
        issued(world, order)
    factory.answered(order, world.now)
    for stranger in ("buyer", "teaco", "treasurer"):
        with pytest.raises(NotPermitted):
            issue_vouchers(order=order, by=world.users[stranger], at=world.now)
    sent = factory.answered(factory.placed(world)[0], world.now)
    with pytest.raises(NoVouchersHere):
        issue_vouchers(order=sent, by=world.users["clerk"], at=world.now)
    assert not Voucher.objects.exists()


def test_used_vouchers_count_as_received_and_the_unused_members_get_their_allowance_back(world: World) -> None:
    order = members_order(world)
    made = issued(world, order)
    latest = max(made, key=lambda pair: pair[0].participant_id or 0)
    first = min(made, key=lambda pair: pair[0].participant_id or 0)
    redeem(world, latest[1])
    day, store, (line,) = world.now + timedelta(days=20), world.users["store"], order.lines.all()
    consignment = dispatch(order=order, quantities={line.pk: 3}, by=world.users["teaco"], at=day)
    (row,) = consignment.lines.all()
    with pytest.raises(MoreThanRedeemed):
        receive(consignment=consignment, counts=[Count(row.pk, 2, short=1)], by=store, at=day)
    receive(consignment=consignment, counts=[Count(row.pk, 1, short=2)], by=store, at=day)
    accept(order=order, by=store, at=day)
    came, stayed_away = latest[0].participant, first[0].participant
    assert came is not None
    assert stayed_away is not None
    came.allowance.refresh_from_db()
    stayed_away.allowance.refresh_from_db()
    assert (came.allowance.committed, stayed_away.allowance.committed) == (yuan(50), yuan(0))
    with pytest.raises(VoucherVoid):
        redeem(world, first[1])
    assert books() == []


def test_a_receiver_may_say_that_more_came_and_why(world: World) -> None:
    order = members_order(world)
    issued(world, order)
    day, (line,) = world.now + timedelta(days=20), order.lines.all()
    consignment = dispatch(order=order, quantities={line.pk: 3}, by=world.users["teaco"], at=day)
    (row,) = consignment.lines.all()
    counts = [Count(row.pk, 3)]
    receive(consignment=consignment, counts=counts, note="忘带券，现场点名", by=world.users["store"], at=day)
    assert accept(order=order, by=world.users["store"], at=day).amount == yuan(150)


def test_a_goods_pack_collected_at_the_vendors_has_vouchers_and_no_freight(world: World) -> None:
    factory.charges(world.rice_vendor, world.now)
    Pack.objects.filter(pk=world.rice_pack.pk).update(is_redeemed=True)
    made = factory.bought_directly(world, {Pack.objects.select_related("listing").get(pk=world.rice_pack.pk): 4})
    (order,) = place(requisition=made, by=world.users["head"], at=world.now)
    assert order.freight == yuan(0)
    factory.answered(order, world.now, decline=1)
    codes = issue_vouchers(order=order, by=world.users["buyer"], at=world.now)
    assert [voucher.number for voucher, _code in codes] == [1, 2, 3]
    used = redeem_voucher(code=codes[0][1], vendors=[world.rice_vendor.pk], by=world.users["riceco"], at=world.now)
    assert used.valid_until == office_day(world.now) + timedelta(180)
    assert books() == []


def test_the_organiser_is_told_a_week_and_a_day_before_and_when_they_ended_each_once(world: World) -> None:
    order = members_order(world)
    issued(world, order)

    def tick(days: int) -> list[str]:
        return [found.done for found in go_round(name="vouchers", at=world.now + timedelta(days=days))]

    assert [tick(days) for days in (12, 13, 14, 19, 19, 20, 21, 22)] == [
        [], ["announced"], [], ["announced"], [], [], ["ended"], [],
    ]  # fmt: skip
    assert list(VoucherNotice.objects.order_by("-days").values_list("days", flat=True)) == [7, 1, 0]
    keys = Errand.objects.filter(key__startswith="vouchers_").values_list("key", flat=True)
    assert sorted(key.split(":")[0] for key in keys) == ["vouchers_ended", "vouchers_ending", "vouchers_ending"]


def desk_of(world: World, username: str, days: int = 0) -> dict[str, Any]:
    """What waits for this person so many days later: sentence → task."""
    roles = organisations_by_role(world.users[username])
    with translation.override("en"):
        return {task.what: task for task in tasks_for(roles, office_day(world.now + timedelta(days=days)))}


def test_the_organiser_is_told_to_give_out_vouchers_until_everybody_has_one(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    assert "Give out the vouchers" not in desk_of(world, "clerk")  # the vendor has not confirmed it
    factory.answered(order, world.now)
    task = desk_of(world, "clerk")["Give out the vouchers"]
    assert (task.due_on, task.is_late) == (listing.sessions.get().starts_on, False)
    assert task.url == reverse("marketplace:vouchers", args=[order.reference])
    assert "Give out the vouchers" not in desk_of(world, "keeper")
    (first, *_rest) = issued(world, order)
    assert "Give out the vouchers" not in desk_of(world, "clerk")
    VoucherCode.objects.filter(voucher=first[0]).update(revoked_at=world.now)
    assert "Give out the vouchers" in desk_of(world, "clerk")
    assert "Give out the vouchers" not in desk_of(world, "clerk", days=21)  # the day is over


def test_a_used_voucher_and_a_given_up_unit_need_no_code(world: World) -> None:
    order = members_order(world)
    (voucher, code), *_rest = issued(world, order)
    redeem(world, code)
    VoucherCode.objects.filter(voucher=voucher).update(revoked_at=world.now)
    assert "Give out the vouchers" not in desk_of(world, "clerk")
    call_off_session(session=order.lines.get().session, reason="停办", by=world.users["teaco"], at=world.now)
    assert "Give out the vouchers" not in desk_of(world, "clerk")


def test_the_list_of_an_outing_is_about_who_took_part(world: World, client: Client) -> None:
    order = members_order(world)
    day = world.now + timedelta(days=20)
    (line,) = order.lines.all()
    made = dispatch(order=order, quantities={line.pk: 3}, by=world.users["teaco"], at=day)
    (row,) = made.lines.all()
    receive(consignment=made, counts=[Count(row.pk, 3)], by=world.users["store"], at=day)
    accept(order=order, by=world.users["store"], at=day)
    task = desk_of(world, "clerk", days=20)["Note who took part"]
    assert task.url == reverse("marketplace:requisition", args=[order.requisition.reference])
    client.force_login(world.users["clerk"])
    page = client.get(task.url, headers={"accept-language": "en"}).content.decode()
    assert "Everything is accepted: make the list of participants" in page
    assert "Hand out the goods" not in page
    client.post(reverse("marketplace:requisition_hand_out", args=[order.requisition.reference]))
    document = HandoutList.objects.get()
    page = client.get(
        reverse("marketplace:handout_list", args=[document.reference]), headers={"accept-language": "en"}
    ).content.decode()
    assert "<h1>List of participants</h1>" in page
    assert "0 of 3 took part" in page
    assert "goods" not in page.lower().split("<form", 1)[1].split("</form>")[0]


def test_the_desk_asks_the_same_for_one_order_with_vouchers_and_for_three(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    counts = []
    for _ in range(3):
        made = factory.bought_directly(world, {factory.packs_of_session(listing)[0]: 1})
        (order,) = place(requisition=made, by=world.users["head"], at=world.now)
        factory.answered(order, world.now)
        with CaptureQueriesContext(connection) as asked:
            rows = orders_to_give_out({world.society.pk}, office_day(world.now), at_most=50)
        counts.append((len(rows), len(asked)))
    assert counts == [(1, 1), (2, 1), (3, 1)]

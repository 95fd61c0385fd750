"""Two people change the same organisation at the same moment, on PostgreSQL; each with the lock taken away as a control."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User

from marketplace.orders import actions as orders
from marketplace.orders.errors import NobodyToApprove
from marketplace.parties import actions as parties
from marketplace.parties import recovery, tree
from marketplace.parties.changes import AccountRecovery, Merger, Subordination
from marketplace.parties.errors import LinkInvalid, NotPending, TreeLoops
from marketplace.parties.models import BuyerOrganisation, Member, Membership
from marketplace.purchase import staff
from marketplace.purchase.merge import confirm_merger, merge, propose_merger
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import world as factory
from tests.factories.world import World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def market(transactional_db: None, now: object) -> World:
    """The small world, really committed, with three operators."""
    world = build_world(now)
    for name in ("first", "second", "third"):
        world.users[name] = User.objects.create_superuser(name, password="secret")
    return world


def kinds(answers: list[object], refusal: type[Exception]) -> tuple[int, int]:
    """How many got through, and how many were refused so."""
    refused = sum(isinstance(answer, refusal) for answer in answers)
    return sum(not isinstance(answer, Exception) for answer in answers), refused


def proposed_merger(world: World, attempt: int, days: int = 0) -> Merger:
    """A union of one administrator and one member is to go into the union, in so many days."""
    old = factory.organisation(f"Old{attempt}", "trade_union", world.now, **{f"boss{attempt}": ["administrator"]})
    Member.objects.create(organisation=old, name="甲", joined_on=world.now.date())
    return propose_merger(
        absorbed=old, into=world.union, takes_effect_on=parties.office_day(world.now) + timedelta(days), reason="改革",
        by=world.users["first"], at=world.now,
    )  # fmt: skip


def is_merged_once(merger: Merger, boss: str) -> bool:
    """The absorbed union is closed, and its administrator came over once."""
    old = BuyerOrganisation.objects.get(pk=merger.absorbed_id)
    seats = Membership.objects.filter(organisation=merger.into_id, user__username=boss)
    return old.merged_into_id == merger.into_id and seats.count() == 1


def two_confirm_a_merger(world: World, attempt: int) -> None:
    """Two second persons confirm a merger of tomorrow at once: one of them did."""
    merger = proposed_merger(world, attempt, days=1)
    steps = [partial(confirm_merger, merger=merger, by=world.users[name], at=world.now) for name in ("second", "third")]
    with lingering("marketplace.purchase.merge.lock_change"):
        assert kinds(together(*steps), NotPending) == (1, 1)


def test_a_merger_is_confirmed_by_one_second_person(market: World) -> None:
    two_confirm_a_merger(market, 0)


def test_without_the_lock_two_second_persons_confirm_a_merger(market: World) -> None:
    with without_locks():
        assert failures(partial(two_confirm_a_merger, market)) >= 9


def test_a_merger_of_today_confirmed_twice_at_once_happens_once(market: World) -> None:
    merger = proposed_merger(market, 0)
    people = [market.users[name] for name in ("second", "third")]
    with lingering("marketplace.purchase.merge.lock_change"):
        answers = together(*[partial(confirm_merger, merger=merger, by=person, at=market.now) for person in people])
    assert kinds(answers, NotPending) == (1, 1)
    assert is_merged_once(merger, "boss0")


def two_clocks_merge(world: World, attempt: int) -> None:
    """The day has come, and two clocks see it: the merger happens once."""
    merger = proposed_merger(world, attempt, days=1)
    confirm_merger(merger=merger, by=world.users["second"], at=world.now)
    tomorrow = world.now + timedelta(1)
    with lingering("marketplace.purchase.merge.lock_change"):
        answers = together(*[partial(merge, merger=merger, by=None, at=tomorrow) for _clock in range(2)])
    assert kinds(answers, NotPending) == (1, 1)
    assert is_merged_once(merger, f"boss{attempt}")


def test_two_clocks_merge_once(market: World) -> None:
    two_clocks_merge(market, 0)


def test_without_the_lock_two_clocks_quarrel_over_a_merger(market: World) -> None:
    with without_locks():
        assert failures(partial(two_clocks_merge, market)) >= 9


def two_confirm_a_recovery(world: World, attempt: int) -> None:
    """Two officials confirm the same request: one link is made."""
    AccountRecovery.objects.all().delete()
    row = recovery.ask_recovery(
        organisation=world.union, person=world.users["clerk"], reason="忘了", by=world.users["admin"], at=world.now
    )
    steps = [
        partial(recovery.confirm_recovery, recovery=row, identity_check="看过", by=world.users[name], at=world.now)
        for name in ("first", "second")
    ]
    with lingering("marketplace.parties.recovery.lock_change"):
        answers = together(*steps)
    assert kinds(answers, NotPending) == (1, 1)


def test_a_recovery_confirmed_twice_at_once_makes_one_link(market: World) -> None:
    two_confirm_a_recovery(market, 0)


def test_without_the_lock_two_links_are_made(market: World) -> None:
    with without_locks():
        assert failures(partial(two_confirm_a_recovery, market)) >= 9


def one_link_used_twice(world: World, attempt: int) -> None:
    """The link is opened on two phones: one password is set."""
    AccountRecovery.objects.all().delete()
    row = recovery.ask_recovery(
        organisation=world.union, person=world.users["clerk"], reason="忘了", by=world.users["admin"], at=world.now
    )
    _row, token = recovery.confirm_recovery(recovery=row, identity_check="看过", by=world.users["first"], at=world.now)
    steps = [partial(recovery.recover, token=token, password=f"secret-{n}", at=world.now) for n in range(2)]
    with lingering("marketplace.parties.recovery.lock_recovery"):
        answers = together(*steps)
    assert kinds(answers, LinkInvalid) == (1, 1)


def test_a_recovery_link_used_twice_at_once_sets_one_password(market: World) -> None:
    one_link_used_twice(market, 0)


def test_without_the_lock_a_link_works_twice(market: World) -> None:
    with without_locks():
        assert failures(partial(one_link_used_twice, market)) >= 9


def both_approvers_leave(world: World, attempt: int) -> None:
    """The only two approvers leave at once while a requisition waits: one of them cannot."""
    Membership.objects.filter(organisation=world.society, role="approver").delete()
    pair = [factory.user(f"approver-{attempt}-{n}") for n in range(2)]
    for person in pair:
        Membership.objects.create(user=person, organisation=world.society, role="approver", began_at=world.now)
    buyer = world.users["buyer"]
    Membership.objects.get_or_create(
        user=buyer, organisation=world.society, role="administrator", ended_at=None, defaults={"began_at": world.now}
    )
    orders.set_basket_line(organisation=world.society, pack=world.tea_pack, quantity=1, by=buyer, at=world.now)
    made = orders.request_from_basket(
        organisation=world.society, campaign=world.campaign, purpose="charity", fund_source="organisation",
        delivery_point=world.society.delivery_points.get(), by=buyer, at=world.now,
    )  # fmt: skip
    orders.submit_requisition(requisition=made, by=buyer, at=world.now)
    steps = [
        partial(staff.leave, organisation=world.society, person=person, reason="调离", by=person, at=world.now)
        for person in pair
    ]
    with lingering("marketplace.parties.handing.end_all_roles"):
        answers = together(*steps)
    assert kinds(answers, NobodyToApprove) == (1, 1)


def test_two_approvers_cannot_both_leave_a_waiting_requisition(market: World) -> None:
    both_approvers_leave(market, 0)


def test_without_the_lock_nobody_is_left_to_approve(market: World) -> None:
    with without_locks():
        assert failures(partial(both_approvers_leave, market)) >= 9


def each_above_the_other(world: World, attempt: int) -> None:
    """The operator puts the union under the society and, elsewhere, the society under the union."""
    Subordination.objects.all().delete()
    day = parties.office_day(world.now)
    pairs = [(world.union, world.society), (world.society, world.union)]
    steps = [
        partial(tree.set_upper, organisation=one, upper=other, begins_on=day, by=world.users["first"], at=world.now)
        for one, other in pairs
    ]
    with lingering("marketplace.parties.tree.lock_tree"):
        answers = together(*steps)
    assert kinds(answers, TreeLoops) == (1, 1)


def test_two_organisations_do_not_come_to_stand_under_each_other(market: World) -> None:
    each_above_the_other(market, 0)


def test_without_the_lock_the_tree_loops(market: World) -> None:
    with without_locks():
        assert failures(partial(each_above_the_other, market)) >= 9

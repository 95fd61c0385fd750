"""Organisations change: an upper union looks down, names follow the law, roles pass on, people leave."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.allowances.actions import declare_share
from marketplace.errors import NotPermitted
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.errors import KeepsWhatIsOrdered
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import MemberChoice
from marketplace.grouporders.selectors import coverage, participant_by_token
from marketplace.grouporders.taking_part import remove_participant
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.errors import NobodyToApprove
from marketplace.orders.models import PurchaseOrder
from marketplace.parties import actions as parties
from marketplace.parties import naming, tree
from marketplace.parties.changes import HandOver, OrganisationName, Subordination
from marketplace.parties.errors import (
    DayIsPast,
    LastAdministrator,
    NameTaken,
    NameTooEarly,
    NothingRenamed,
    SuccessorIsTheGiver,
    TreeLoops,
    UpperStands,
)
from marketplace.parties.models import BuyerOrganisation, Membership
from marketplace.parties.selectors import called, name_on, named, roles_of, subordinates_of
from marketplace.purchase import clock, staff
from marketplace.purchase.progress import progress_below
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_to_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of other tests, rolled back with their rows, are none of this one's; the sweep has tests of its own."""
    monkeypatch.setattr("marketplace.purchase.clock.sweep", lambda at: ())


@pytest.fixture
def district(world: World) -> BuyerOrganisation:
    """An upper union with an administrator of its own."""
    made = factory.organisation("District", "trade_union", world.now, leader=["administrator"])
    world.users["leader"] = User.objects.get(username="leader")
    return made


def under(world: World, lower: BuyerOrganisation, upper: BuyerOrganisation) -> Subordination:
    """One stands under the other from today, as the operator sets it."""
    operator = User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("op", password="secret")
    day = parties.office_day(world.now)
    return tree.set_upper(organisation=lower, upper=upper, begins_on=day, by=operator, at=world.now)


def client_of(username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=username))
    return client


# The tree


def test_an_upper_union_sees_totals_coverage_and_lateness_and_no_member(
    world: World, district: BuyerOrganisation
) -> None:
    admin, day = world.users["admin"], parties.office_day(world.now)
    declare_share(organisation=world.union, year=day.year, amount=yuan(2000), by=admin, at=world.now)
    factory.placed(world, tea=2, rice=1, count=3)
    open_order = factory.open_group_order(world, count=1)
    for participant in factory.participants(open_order)[:2]:
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=world.now)
    asked = tree.ask_upper(organisation=world.union, upper=district, begins_on=day, by=admin, at=world.now)
    assert progress_below(district, today=day).rows == []  # asked is not agreed
    tree.agree_to_upper(subordination=asked, by=world.users["leader"], at=world.now)
    (row,) = progress_below(district, today=day).rows
    assert (row.organisation, row.depth, row.late) == (world.union, 1, 0)
    assert row.figures is not None
    assert (row.figures.ordered, row.share, row.percent) == (yuan(660), yuan(2000), 0)
    assert [(order.title, found.percent) for order, found in row.open_group_orders] == [("中秋慰问", 50)]
    late = progress_below(district, today=day + timedelta(days=30))
    assert late.rows[0].late == 2
    page = client_of("leader").get(reverse("marketplace:unions", args=[district.slug])).content.decode()
    assert "Union" in page
    assert "660.00" in page
    for member in world.union.members.all():
        assert member.name not in page
        assert member.staff_number not in page
    assert client_of("leader").get(reverse("marketplace:roll", args=[world.union.slug])).status_code == 404


def test_a_tie_from_a_later_day_shows_nothing_before_it(world: World, district: BuyerOrganisation) -> None:
    day = parties.office_day(world.now)
    operator = User.objects.create_superuser("op", password="secret")
    later = day + timedelta(days=10)
    tree.set_upper(organisation=world.union, upper=district, begins_on=later, by=operator, at=world.now)
    assert subordinates_of(district, day) == []
    assert subordinates_of(district, later) == [(world.union, 1)]


def test_nobody_stands_under_those_below_them(world: World, district: BuyerOrganisation) -> None:
    top = factory.organisation("City", "trade_union", world.now)
    under(world, world.union, district)
    under(world, district, top)
    with pytest.raises(TreeLoops):
        under(world, top, world.union)
    with pytest.raises(UpperStands):
        under(world, world.union, top)
    assert Subordination.objects.count() == 2
    assert subordinates_of(top, parties.office_day(world.now)) == [(district, 1), (world.union, 2)]


def test_only_the_upper_unions_administrator_agrees(world: World, district: BuyerOrganisation) -> None:
    admin, day = world.users["admin"], parties.office_day(world.now)
    asked = tree.ask_upper(organisation=world.union, upper=district, begins_on=day, by=admin, at=world.now)
    with pytest.raises(NotPermitted):
        tree.agree_to_upper(subordination=asked, by=admin, at=world.now)
    with pytest.raises(NotPermitted):
        tree.ask_upper(organisation=world.union, upper=district, begins_on=day, by=world.users["clerk"], at=world.now)
    asked.refresh_from_db()
    assert asked.agreed_at is None
    tree.end_upper(subordination=asked, by=admin, at=world.now)
    assert subordinates_of(district, day) == []


# Names


def rename(world: World, name: str, day: date, **parts: str) -> OrganisationName:
    wanted = {"social_credit_code": "", "fapiao_title": f"{name}（抬头）", **parts}
    return naming.rename(
        organisation=world.union,
        name=name,
        valid_from=day,
        reason="机构改革",
        by=world.users["admin"],
        at=world.now,
        **wanted,
    )


def test_a_renamed_organisation_is_found_by_every_name_and_old_papers_keep_theirs(world: World) -> None:
    tea, _rice = factory.placed(world)
    day = parties.office_day(world.now)
    BuyerOrganisation.objects.filter(pk=world.union.pk).update(created_at=world.now - timedelta(days=300))
    world.union.refresh_from_db()
    rename(world, "联合工会", day, social_credit_code="81341802MA8TEXT17U")
    world.union.refresh_from_db()
    assert (world.union.name, world.union.fapiao_title) == ("联合工会", "联合工会（抬头）")
    assert PurchaseOrder.objects.get(pk=tea.pk).buyer_name == "Union"
    assert [called("Union"), called("联合工会"), called("无此")] == [world.union, world.union, None]
    assert list(named("nion")) == [world.union]
    assert (name_on(world.union, day - timedelta(1)), name_on(world.union, day)) == ("Union", "联合工会")
    page = client_of("clerk").get(reverse("marketplace:names", args=[world.union.slug])).content.decode()
    assert "Union" in page
    assert "机构改革" in page
    User.objects.create_superuser("op", password="secret")
    officers = client_of("op").get(reverse("marketplace_backoffice:orders") + "?q=联合").content.decode()
    assert tea.reference in officers


def test_a_name_for_a_later_day_comes_with_the_clock(world: World) -> None:
    day = parties.office_day(world.now) + timedelta(days=3)
    rename(world, "联合工会", day)
    world.union.refresh_from_db()
    assert world.union.name == "Union"
    assert list(clock.tick(at=world.now)) == []
    assert [tick.done for tick in clock.tick(at=world.now + timedelta(days=3))] == ["renamed"]
    world.union.refresh_from_db()
    assert world.union.name == "联合工会"
    assert list(clock.tick(at=world.now + timedelta(days=3))) == []


def test_a_name_that_cannot_be_is_refused_and_nothing_is_recorded(world: World) -> None:
    day = parties.office_day(world.now) + timedelta(days=1)
    with pytest.raises(NameTaken):
        rename(world, "Society", day)
    with pytest.raises(NothingRenamed):
        rename(world, "Union", day)
    with pytest.raises(NameTooEarly):
        rename(world, "联合工会", date(2000, 1, 1))
    with pytest.raises(NotPermitted):
        naming.rename(
            organisation=world.union, name="新", social_credit_code="", fapiao_title="新", valid_from=day, reason="改",
            by=world.users["clerk"], at=world.now,
        )  # fmt: skip
    world.union.refresh_from_db()
    assert (world.union.name, OrganisationName.objects.count()) == ("Union", 0)


def test_an_administrator_records_another_name_on_the_page(world: World) -> None:
    day = parties.office_day(timezone.now()) + timedelta(days=1)
    typed = {
        "name": "联合工会", "social_credit_code": "８1341802-ma8TEXT17U", "fapiao_title": "联合工会（抬头）",
        "valid_from": day.isoformat(), "reason": "机构改革",
    }  # fmt: skip
    address, admin = reverse("marketplace:names", args=[world.union.slug]), client_of("admin")
    kept = admin.post(address, typed | {"reason": ""})
    assert kept.status_code == 422
    assert 'value="联合工会"' in kept.content.decode()
    assert not OrganisationName.objects.exists()
    told = admin.post(address, typed, follow=True).content.decode()
    assert "The name is recorded. Papers written before keep the name they had." in told
    made = OrganisationName.objects.get(name="联合工会")
    assert (made.organisation, made.valid_from, made.reason) == (world.union, day, "机构改革")
    assert made.social_credit_code == "81341802MA8TEXT17U"
    world.union.refresh_from_db()
    assert world.union.name == "Union"  # until the day comes
    assert "renamed" in [tick.done for tick in clock.tick(at=timezone.now() + timedelta(days=1))]
    world.union.refresh_from_db()
    assert (world.union.name, world.union.social_credit_code) == ("联合工会", "81341802MA8TEXT17U")


# Handing over and leaving


def page_of(world: World, username: str, door: str) -> str:
    return reverse(f"marketplace:{door}", args=[world.union.slug, world.users[username].pk])


def test_a_treasurer_hands_over_to_a_colleague_on_the_page(world: World) -> None:
    treasurer, store = world.users["treasurer"], world.users["store"]
    typed = {"roles": ["treasurer"], "successor": store.pk, "begins_on": parties.office_day(timezone.now()).isoformat()}
    client = client_of("treasurer")
    kept = client.post(page_of(world, "treasurer", "hand_over"), typed | {"successor": ""})
    assert kept.status_code == 422
    assert "Choose a colleague, or write the name of somebody new." in kept.content.decode()
    assert not HandOver.objects.exists()
    answer = client.post(page_of(world, "treasurer", "hand_over"), typed)
    assert (answer.status_code, answer.url) == (302, reverse("marketplace:people", args=[world.union.slug]))
    assert roles_of(store, world.union) == {"receiver", "treasurer"}
    assert roles_of(treasurer, world.union) == frozenset()
    assert HandOver.objects.get().done_at is not None


def test_an_administrator_hands_a_colleagues_roles_to_somebody_new_who_joins_by_the_link_shown(world: World) -> None:
    typed = {
        "roles": ["receiver"], "successor": "", "invitee_name": "新仓管",
        "begins_on": parties.office_day(timezone.now()).isoformat(),
    }  # fmt: skip
    page = client_of("admin").post(page_of(world, "store", "hand_over"), typed)
    assert page.context["link"] in page.content.decode()
    newcomer = Client(headers={"accept-language": "en"})
    newcomer.post(page.context["link"], {"username": "keeper2", "name": "新仓管", "password": "Long-enough-51"})
    assert roles_of(User.objects.get(username="keeper2"), world.union) == {"receiver"}
    assert roles_of(world.users["store"], world.union) == frozenset()


def test_a_hand_over_arranged_for_later_is_cancelled_on_the_page(world: World) -> None:
    later = parties.office_day(timezone.now()) + timedelta(days=5)
    typed = {"roles": ["receiver"], "successor": world.users["chair"].pk, "begins_on": later.isoformat()}
    admin = client_of("admin")
    assert (
        "The hand-over is arranged."
        in admin.post(page_of(world, "store", "hand_over"), typed, follow=True).content.decode()
    )
    made = HandOver.objects.get()
    assert (made.done_at, roles_of(world.users["store"], world.union)) == (None, {"receiver"})
    address = reverse("marketplace:cancel_hand_over", args=[world.union.slug, made.pk])
    assert "the roles stay where they are" in admin.post(address, follow=True).content.decode()
    assert list(clock.tick(at=timezone.now() + timedelta(days=6))) == []
    assert roles_of(world.users["store"], world.union) == {"receiver"}


def test_a_colleague_who_leaves_loses_every_role_on_the_page(world: World) -> None:
    admin, clerk = client_of("admin"), client_of("clerk")
    kept = admin.post(page_of(world, "clerk", "leave"), {"leave-reason": ""})
    assert kept.status_code == 422
    assert roles_of(world.users["clerk"], world.union) == {"organiser", "requester"}
    told = admin.post(page_of(world, "clerk", "leave"), {"leave-reason": "调离"}, follow=True)
    assert told.redirect_chain == [(reverse("marketplace:people", args=[world.union.slug]), 302)]
    assert "Every role has ended" in told.content.decode()
    assert roles_of(world.users["clerk"], world.union) == frozenset()
    assert clerk.get(reverse("marketplace:group_orders", args=[world.union.slug])).status_code == 404


def test_the_last_administrator_who_wants_to_leave_reads_why_not(world: World) -> None:
    page = client_of("admin").post(page_of(world, "admin", "leave"), {"leave-reason": "退休"})
    assert page.status_code == 422
    assert "This is the last administrator" in page.content.decode()
    assert "退休" in page.content.decode()
    assert roles_of(world.users["admin"], world.union) == {"administrator"}


def test_an_approver_hands_over_and_the_requisition_follows_the_role(world: World) -> None:
    requisition = factory.submitted(world)
    chair, treasurer, day = world.users["chair"], world.users["treasurer"], parties.office_day(world.now)
    page = client_of("chair").get(reverse("marketplace:person", args=[world.union.slug, chair.pk])).content.decode()
    assert "Approve or return the requisition" in page
    made, token = staff.hand_over(
        organisation=world.union, giver=chair, roles=["approver"], begins_on=day, successor=treasurer, by=chair,
        at=world.now,
    )  # fmt: skip
    assert (made.done_at, token) == (world.now, "")
    assert roles_of(chair, world.union) == frozenset()
    assert roles_of(treasurer, world.union) == {"treasurer", "approver"}
    orders.approve_requisition(requisition=requisition, by=treasurer, at=world.now)


def test_handing_over_to_whoever_asked_would_strand_the_requisition(world: World) -> None:
    requisition = factory.submitted(world)
    chair, day = world.users["chair"], parties.office_day(world.now)
    with pytest.raises(NobodyToApprove) as refusal:
        staff.hand_over(
            organisation=world.union, giver=chair, roles=["approver"], begins_on=day, successor=world.users["clerk"],
            by=chair, at=world.now,
        )  # fmt: skip
    assert refusal.value.data["reference"] == requisition.reference
    assert roles_of(chair, world.union) == {"approver"}
    assert not HandOver.objects.exists()


def test_a_successor_by_invitation_gets_the_roles_on_the_day(world: World) -> None:
    admin, clerk, at = world.users["admin"], world.users["clerk"], world.now
    day = parties.office_day(at) + timedelta(days=5)
    made, token = staff.hand_over(
        organisation=world.union, giver=clerk, roles=["organiser", "requester"], begins_on=day, invitee_name="新人",
        by=admin, at=at,
    )  # fmt: skip
    newcomer = factory.user("newcomer")
    staff.join(token=token, by=newcomer, at=at)
    assert roles_of(newcomer, world.union) == frozenset()
    assert [tick.done for tick in clock.tick(at=at + timedelta(days=5))] == ["handed over"]
    assert roles_of(newcomer, world.union) == {"organiser", "requester"}
    assert roles_of(clerk, world.union) == frozenset()
    made.refresh_from_db()
    assert made.successor == newcomer


def test_a_hand_over_that_cannot_be_is_refused(world: World) -> None:
    clerk, day = world.users["clerk"], parties.office_day(world.now)
    common = {"organisation": world.union, "giver": clerk, "roles": ["organiser"], "at": world.now}
    with pytest.raises(NotPermitted):  # an outsider is let in by an administrator only
        staff.hand_over(begins_on=day, invitee_name="外人", by=clerk, **common)
    with pytest.raises(NotPermitted):
        staff.hand_over(begins_on=day, successor=world.users["chair"], by=world.users["chair"], **common)
    with pytest.raises(SuccessorIsTheGiver):
        staff.hand_over(begins_on=day, successor=clerk, by=clerk, **common)
    with pytest.raises(DayIsPast):
        staff.hand_over(begins_on=day - timedelta(1), successor=world.users["chair"], by=clerk, **common)
    assert not HandOver.objects.exists()
    assert roles_of(clerk, world.union) == {"organiser", "requester"}


def test_the_last_administrator_and_a_needed_approver_cannot_leave(world: World) -> None:
    requisition = factory.submitted(world)
    admin, chair = world.users["admin"], world.users["chair"]
    with pytest.raises(LastAdministrator):
        staff.leave(organisation=world.union, person=admin, reason="退休", by=admin, at=world.now)
    with pytest.raises(NobodyToApprove):
        staff.leave(organisation=world.union, person=chair, reason="退休", by=admin, at=world.now)
    seat = Membership.objects.get(user=chair, role="approver", ended_at=None)
    with pytest.raises(NobodyToApprove):
        staff.end_role(membership=seat, by=admin, at=world.now)
    assert roles_of(chair, world.union) == {"approver"}
    orders.return_requisition(requisition=requisition, reason="再议", by=chair, at=world.now)
    assert staff.leave(organisation=world.union, person=chair, reason="退休", by=admin, at=world.now) == ["approver"]
    assert client_of("chair").get(reverse("marketplace:people", args=[world.union.slug])).status_code == 404


def test_a_member_who_leaves_loses_the_link_keeps_what_is_ordered_and_gives_back_what_is_held(world: World) -> None:
    clerk, at, day = world.users["clerk"], world.now, parties.office_day(world.now)
    factory.placed(world, tea=1, rice=0, count=1)
    group_order = factory.open_group_order(world, count=1)
    leaver = world.union.members.order_by("pk")[0]
    participant = group_order.participants.get(member=leaver)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 2}, at=at)
    tokens = {p.pk: token for p, token in issue_links(group_order=group_order, by=clerk, at=at)}
    assert participant_by_token(tokens[participant.pk], at) == participant
    staff.take_off_roll(member=leaver, left_on=day, reason="调离", by=clerk, at=at)
    assert participant_by_token(tokens[participant.pk], at) is None
    assert [(a.held, a.committed) for a in staff.allowances_of(leaver)] == [
        (yuan(200), yuan(0)),
        (yuan(0), yuan(100)),
    ]
    remove_participant(participant=participant, reason="调离", by=clerk, at=at)
    assert [(a.held, a.committed) for a in staff.allowances_of(leaver)] == [(yuan(0), yuan(100))]
    assert coverage(group_order).participants == 1
    assert group_order.offers.get(pack=world.tea_pack).quantity_chosen == 0
    assert not [line for check in CHECKS.values() for line in check()]


def test_nobody_is_taken_out_of_a_group_order_that_is_closed(world: World) -> None:
    requisition = factory.submitted(world, count=2)
    participant = requisition.group_order.participants.first()
    before = list(MemberChoice.objects.order_by("pk").values())
    with pytest.raises(KeepsWhatIsOrdered):
        remove_participant(participant=participant, reason="调离", by=world.users["clerk"], at=world.now)
    assert list(MemberChoice.objects.order_by("pk").values()) == before


def test_a_roster_that_lists_somebody_no_more_shuts_their_link(world: World) -> None:
    group_order = factory.open_group_order(world, count=1)
    issued = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)
    participant, token = issued[0]
    participant.member.left_on = parties.office_day(world.now)
    participant.member.save()
    assert participant_by_token(token, world.now) is None

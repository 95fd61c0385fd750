"""One organisation goes over into another: two persons decide, people and roll move, documents and totals stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from marketplace.allowances.selectors import spent_in_year
from marketplace.errors import NotPermitted
from marketplace.impact.models import ImpactTotal
from marketplace.impact.selectors import figures_of, figures_of_all
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.errors import StillUnderWayHere
from marketplace.orders.models import BasketLine, PurchaseOrder
from marketplace.parties import actions as parties
from marketplace.parties.changes import Merger
from marketplace.parties.errors import MergerStands, NotPending, OrganisationClosed, SecondPersonNeeded
from marketplace.parties.models import BuyerOrganisation, Member, Membership
from marketplace.parties.selectors import called, family, roles_of
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase import clock
from marketplace.purchase.erase import ask_erasure, erase_member
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.merge import confirm_merger, propose_merger, under_way, withdraw_merger
from marketplace.purchase.pay import accepted_amount, enter_fapiao, record_payment
from marketplace.purchase.personal import about_member
from tests.architecture.stage import everything
from tests.factories import world as factory
from tests.factories.world import World
from tests.journeys.test_privacy import everything_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def big(world: World) -> BuyerOrganisation:
    """The organisation the union goes over into, with people of its own and one member who is on both rolls."""
    made = factory.organisation("Big", "trade_union", world.now, bigadmin=["administrator"], clerk2=["requester"])
    made.members.create(name="会员0", staff_number="N000", department="机关", joined_on=date(2020, 1, 1))
    made.members.create(name="别人", staff_number="N001", department="机关", joined_on=date(2020, 1, 1))
    for name in ("first", "second"):
        world.users[name] = User.objects.create_superuser(name, password="secret")
    return made


def finished(world: World) -> list[PurchaseOrder]:
    """A group order of the union of which nothing is left to do."""
    placed = factory.placed(world, tea=1, rice=1, count=2)
    for number, order in enumerate(placed):
        factory.delivered(factory.answered(order, world.now), world.users["store"], world.now)
        enter_fapiao(
            order=order, number=f"{number:020d}", title=order.fapiao_title, amount=accepted_amount(order),
            issued_on=world.now.date(), by=factory.seat(order), at=world.now,
        )  # fmt: skip
    invoice = Invoice.objects.get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)
    handout = make_handout_list(requisition=placed[0].requisition, by=world.users["clerk"], at=world.now)
    handout.rows.update(handed_at=world.now, handed_by=world.users["clerk"])
    return placed


def proposed(world: World, big: BuyerOrganisation, *, days: int = 0) -> Merger:
    day = parties.office_day(world.now) + timedelta(days=days)
    return propose_merger(
        absorbed=world.union, into=big, takes_effect_on=day, reason="机构改革", by=world.users["first"], at=world.now
    )


def test_people_roll_places_and_basket_move_and_totals_stay(world: World, big: BuyerOrganisation) -> None:
    tea, _rice = finished(world)
    orders.set_basket_line(
        organisation=world.union, pack=world.tea_pack, quantity=2, by=world.users["clerk"], at=world.now
    )
    orders.set_basket_line(
        organisation=big, pack=world.tea_pack, quantity=3, by=User.objects.get(username="clerk2"), at=world.now
    )
    totals = list(ImpactTotal.objects.order_by("pk").values())
    merger = confirm_merger(merger=proposed(world, big), by=world.users["second"], at=world.now)
    union = BuyerOrganisation.objects.get(pk=world.union.pk)
    assert (merger.done_at, union.merged_into, union.closed_on) == (world.now, big, parties.office_day(world.now))
    assert roles_of(world.users["clerk"], big) == {"organiser", "requester"}
    assert not Membership.objects.filter(organisation=union, ended_at=None).exists()
    same, other = Member.objects.filter(organisation=big, staff_number__in=["N000", "N001"]).order_by("staff_number")
    assert list(Member.objects.filter(organisation=union).values_list("name", "continued_as")) == [("会员0", same.pk)]
    moved = Member.objects.get(name="会员1")
    assert (moved.organisation, moved.staff_number, other.name) == (big, f"N001-{union.pk}", "别人")
    assert sorted(big.delivery_points.values_list("name", flat=True)) == ["仓库", "仓库（Union）"]
    assert list(BasketLine.objects.values_list("organisation", "quantity")) == [(big.pk, 5)]
    assert PurchaseOrder.objects.get(pk=tea.pk).organisation == union
    assert list(ImpactTotal.objects.order_by("pk").values()) == totals
    keys = [str(pk) for pk in family(big)]
    assert keys == [str(big.pk), str(union.pk)]
    assert (figures_of("buyer", str(big.pk)).completed, figures_of_all("buyer", keys).completed) == (yuan(0), yuan(280))
    assert called("Union") == big
    assert not [line for check in CHECKS.values() for line in check()]


def test_what_a_member_spent_before_the_merger_counts_towards_the_cap(world: World, big: BuyerOrganisation) -> None:
    finished(world)
    confirm_merger(merger=proposed(world, big), by=world.users["second"], at=world.now)
    same, moved = big.members.get(staff_number="N000"), Member.objects.get(name="会员1")
    spent = spent_in_year([same.pk, moved.pk], purpose="holiday_gifts", year=2026, except_occasion="")
    assert spent == {same.pk: yuan(140), moved.pk: yuan(140)}


def test_former_documents_are_read_and_only_read(world: World, big: BuyerOrganisation) -> None:
    tea, _rice = finished(world)
    confirm_merger(merger=proposed(world, big), by=world.users["second"], at=world.now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="bigadmin"))
    before = everything()
    for name, key in (("order", tea.reference), ("requisition", tea.requisition.reference), ("purchases", "union")):
        assert client.get(reverse(f"marketplace:{name}", args=[key])).status_code == 200, name
    assert client.post(reverse("marketplace:return_goods", args=[tea.reference]), {"reason": "x"}).status_code == 404
    assert everything() == before
    impact = client.get(reverse("marketplace:own_impact", args=["big"])).content.decode()
    assert "with the former Union" in impact
    assert "280.00" in impact
    client.force_login(User.objects.get(username="buyer"))
    assert client.get(reverse("marketplace:order", args=[tea.reference])).status_code == 404


def test_what_is_under_way_is_finished_first(world: World, big: BuyerOrganisation) -> None:
    placed = factory.placed(world)
    merger = proposed(world, big)
    before = everything()
    with pytest.raises(StillUnderWayHere) as refusal:
        confirm_merger(merger=merger, by=world.users["second"], at=world.now)
    assert placed[0].reference in str(refusal.value)
    assert everything() == before


def test_an_unfinished_group_order_and_an_unplaced_requisition_are_named(world: World, big: BuyerOrganisation) -> None:
    group_order = factory.open_group_order(world)
    assert under_way(world.union) == [group_order.title]
    requisition = factory.submitted(world)
    assert requisition.reference in under_way(world.union)


def test_a_merger_takes_two_persons_who_may(world: World, big: BuyerOrganisation) -> None:
    merger = proposed(world, big)
    with pytest.raises(MergerStands):
        proposed(world, big)
    with pytest.raises(SecondPersonNeeded):
        confirm_merger(merger=merger, by=world.users["first"], at=world.now)
    for name in ("admin", "officer"):  # the officer of another county
        with pytest.raises(NotPermitted):
            confirm_merger(merger=merger, by=world.users[name], at=world.now)
    withdraw_merger(merger=merger, by=world.users["first"], at=world.now)
    with pytest.raises(NotPending):
        confirm_merger(merger=merger, by=world.users["second"], at=world.now)
    assert BuyerOrganisation.objects.get(pk=world.union.pk).merged_into is None


def test_a_merger_for_a_later_day_comes_with_the_clock_and_a_closed_organisation_takes_nobody(
    world: World, big: BuyerOrganisation
) -> None:
    merger = confirm_merger(merger=proposed(world, big, days=2), by=world.users["second"], at=world.now)
    assert merger.done_at is None
    assert [tick.done for tick in clock.tick(at=world.now + timedelta(days=2))] == ["merged"]
    union = BuyerOrganisation.objects.get(pk=world.union.pk)
    assert union.merged_into == big
    with pytest.raises(OrganisationClosed):
        parties.grant_roles(
            organisation=union, user=world.users["clerk"], roles=["organiser"], by=world.users["first"], at=world.now
        )


def test_officers_of_both_counties_see_to_a_merger_on_its_page(world: World, big: BuyerOrganisation) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["first"])
    address = reverse("marketplace_backoffice:merge_into", args=["union"])
    typed = {"merger-other": "Big", "merger-day": str(parties.office_day(world.now)), "merger-reason": "机构改革"}
    assert client.post(address, {**typed, "merger-other": "无此"}).status_code == 422
    assert client.post(address, {**typed, "merger-day": "2099-01-01"}).status_code == 302
    page = client.get(reverse("marketplace_backoffice:organisation", args=["union"])).content.decode()
    assert "Union → Big" in page
    client.force_login(world.users["second"])
    decide = reverse("marketplace_backoffice:decide_merger", args=[Merger.objects.get().pk])
    client.post(decide, {"decision": "confirm"})
    assert Merger.objects.get().confirmed_by == world.users["second"]


def test_whoever_is_on_both_rolls_takes_along_and_is_forgotten_on_both(world: World, big: BuyerOrganisation) -> None:
    finished(world)
    member = world.union.members.get(name="会员0")
    member.phone, member.staff_number = "13812345678", "N000"
    member.save()
    asked = ask_erasure(member=member, by=None, at=world.now)
    confirm_merger(merger=proposed(world, big), by=world.users["second"], at=world.now)
    asked.refresh_from_db()
    there = big.members.get(name="会员0")
    assert (asked.member, Member.objects.get(pk=member.pk).continued_as) == (there, there)
    tables = {str(table.title): table.rows for table in about_member(there)}
    assert [row[0] for row in tables[gettext("Member roll")]] == [big.name, world.union.name]
    assert len(tables[gettext("Choices")]) == 2
    erase_member(member=there, by=User.objects.get(username="bigadmin"), at=world.now)
    assert sorted(Member.objects.exclude(erased_at=None).values_list("name", "phone", "staff_number")) == [
        ("已注销会员 #1", "", ""),
        ("已注销会员 #1", "", ""),
    ]
    asked.refresh_from_db()
    assert not asked.is_open
    for words in ("13812345678", "会员0", "N000"):
        assert everything_says(words) == []


def test_whoever_was_erased_before_a_merger_goes_nowhere(world: World, big: BuyerOrganisation) -> None:
    finished(world)
    gone = erase_member(member=world.union.members.get(name="会员1"), by=world.users["admin"], at=world.now)
    same = big.members.get(name="别人")
    erase_member(member=same, by=User.objects.get(username="bigadmin"), at=world.now)
    confirm_merger(merger=proposed(world, big), by=world.users["second"], at=world.now)
    gone.refresh_from_db()
    assert (gone.organisation, gone.continued_as) == (world.union, None)
    assert list(big.members.filter(name="已注销会员 #1")) == [same]


def test_of_many_purchases_under_way_the_first_are_named_and_the_others_counted(
    world: World, big: BuyerOrganisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    merger = proposed(world, big)
    monkeypatch.setattr("marketplace.purchase.merge.under_way", lambda row: [f"PO-{number}" for number in range(7)])
    with translation.override("en"), pytest.raises(StillUnderWayHere) as refusal:
        confirm_merger(merger=merger, by=world.users["second"], at=world.now)
    assert "PO-3、PO-4 and 2 more" in str(refusal.value)

"""The refusals of the road, as people meet them on the pages; after each, nothing has changed."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from marketplace.allowances.models import RulePack
from marketplace.catalogue.actions import set_stock
from marketplace.fulfilment.models import GoodsReceipt
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.errors import GroupOrderNotOpen
from marketplace.grouporders.links import issue_links, revoke_links
from marketplace.grouporders.models import GroupOrder, MemberChoice, Package, Participant
from marketplace.money import Money, yuan
from marketplace.orders.actions import approve_requisition
from marketplace.orders.errors import AnswerIncomplete, BlockedByRule
from marketplace.orders.models import Override, PurchaseOrder, Requisition
from marketplace.parties.models import Member, Membership
from marketplace.payments.models import Fapiao, Invoice
from marketplace.purchase.answer import answer
from marketplace.purchase.cancel import cancel
from marketplace.purchase.deliver import dispatch
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def member_client(world: World, group_order: GroupOrder) -> tuple[Client, Participant]:
    """A member's phone, let in by a personal link."""
    participant, token = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)[0]
    client = Client(headers={"accept-language": "en"})
    client.get(reverse("marketplace:pick_link", args=[token]))
    return client, participant


def test_a_member_chooses_by_link_without_an_account(world: World) -> None:
    group_order = factory.open_group_order(world)
    client, participant = member_client(world, group_order)
    page = client.get(reverse("marketplace:pick"))
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert not MemberChoice.objects.exists()
    client.post(reverse("marketplace:pick"), {f"q{world.tea_pack.pk}": 2})
    participant.allowance.refresh_from_db()
    assert participant.allowance.held == yuan(200)


def test_a_choice_over_the_allowance_is_refused_and_keeps_what_was_typed(world: World) -> None:
    client, participant = member_client(world, factory.open_group_order(world))
    page = client.post(reverse("marketplace:pick"), {f"q{world.tea_pack.pk}": 4})
    assert page.status_code == 422
    assert "¥100.00 over your allowance" in page.content.decode()
    assert 'value="4"' in page.content.decode()
    participant.allowance.refresh_from_db()
    assert participant.allowance.held == yuan(0)


def test_a_closed_group_order_takes_no_choice(world: World) -> None:
    group_order = factory.open_group_order(world)
    client, participant = member_client(world, group_order)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=world.now)
    close_group_order(group_order=group_order, by=world.users["clerk"], at=world.now)
    page = client.post(reverse("marketplace:pick"), {f"q{world.tea_pack.pk}": 2})
    assert page.status_code == 422
    assert "not open for choices" in page.content.decode()
    assert MemberChoice.objects.filter(replaced_at=None).get().amount == yuan(100)


def test_a_revoked_link_opens_nothing(world: World) -> None:
    group_order = factory.open_group_order(world)
    client, _participant = member_client(world, group_order)
    revoke_links(group_order=group_order, by=world.users["clerk"], at=world.now)
    assert client.get(reverse("marketplace:pick")).status_code == 404
    assert Client().get(reverse("marketplace:pick_link", args=["x" * 32])).status_code == 404


def test_an_account_of_another_organisation_sees_no_group_order(world: World) -> None:
    group_order = factory.open_group_order(world)
    other = signed_in(world, "buyer")
    assert other.get(reverse("marketplace:group_order", args=[group_order.reference])).status_code == 404
    assert other.post(reverse("marketplace:links_workbook", args=[group_order.reference])).status_code == 404


def another_union(world: World) -> World:
    """The world as another union sees it, with a clerk of its own."""
    second = factory.organisation("Second", "trade_union", world.now, second=["organiser", "requester"])
    clerk = User.objects.get(username="second")
    return replace(world, union=second, users=world.users | {"clerk": clerk})


def test_a_link_of_another_union_shows_and_changes_its_own_group_order_only(world: World) -> None:
    other = another_union(world)
    first, second = factory.open_group_order(world), factory.open_group_order(other)
    GroupOrder.objects.filter(pk=second.pk).update(title="另一家工会的慰问")
    client, stranger = member_client(other, second)
    page = client.get(reverse("marketplace:pick")).content.decode()
    assert "另一家工会的慰问" in page
    assert first.title not in page
    address = reverse("marketplace:pick")
    client.post(f"{address}?group_order={first.pk}", {f"q{world.tea_pack.pk}": 1, "group_order": first.pk})
    assert MemberChoice.objects.get().participant == stranger
    assert not MemberChoice.objects.filter(participant__group_order=first).exists()


def test_a_second_link_opened_on_the_same_phone_takes_the_place_of_the_first(world: World) -> None:
    other = another_union(world)
    first, second = factory.open_group_order(world), factory.open_group_order(other)
    client, _own = member_client(world, first)
    stranger, token = issue_links(group_order=second, by=other.users["clerk"], at=world.now)[0]
    client.get(reverse("marketplace:pick_link", args=[token]))
    client.post(reverse("marketplace:pick"), {f"q{world.tea_pack.pk}": 1})
    assert MemberChoice.objects.get().participant == stranger


def test_a_package_above_the_allowance_is_refused_and_nothing_typed_is_lost(world: World) -> None:
    group_order = factory.drafted_group_order(world, allowance=yuan(150))
    client = signed_in(world, "clerk")
    address = reverse("marketplace:group_order_offers", args=[group_order.reference])
    tea, rice = world.tea_pack.pk, world.rice_pack.pk
    typed = {
        f"offer_{tea}": "on",
        f"package_{tea}": 1,
        f"package_{rice}": 2,
        "package_name": "节日套餐",
        "shown": [tea, rice],
    }
    page = client.post(address, typed | {f"offer_{rice}": "on"})
    assert page.status_code == 422
    assert "The package costs ¥180.00, more than the allowance of ¥150.00." in page.content.decode()
    assert 'value="节日套餐"' in page.content.decode()
    assert not Package.objects.exists()
    assert group_order.offers.count() == 2
    assert client.post(address, typed | {f"offer_{rice}": "on", f"package_{rice}": 1}).status_code == 302
    assert Package.objects.get().items.count() == 2


def test_closing_lists_what_exceeds_the_stock(world: World) -> None:
    group_order = factory.open_group_order(world, count=3)
    for participant in factory.participants(group_order):
        grouporders.choose(participant=participant, quantities={world.rice_pack.pk: 2}, at=world.now)
    set_stock(pack=world.rice_pack, on_hand=5, by=factory.user("counter"), at=world.now)
    page = signed_in(world, "clerk").post(
        reverse("marketplace:group_order_close", args=[group_order.reference]), follow=True
    )
    assert "6 chosen, 5 in stock" in page.content.decode()
    group_order.refresh_from_db()
    assert group_order.state == "open"


def test_stock_gone_between_choosing_and_placing_refuses_the_whole_placing(world: World) -> None:
    requisition = factory.submitted(world)
    approve_requisition(requisition=requisition, by=world.users["chair"], at=world.now)
    set_stock(pack=world.rice_pack, on_hand=2, by=world.users["chair"], at=world.now)
    page = signed_in(world, "chair").post(
        reverse("marketplace:requisition_place", args=[requisition.reference]), follow=True
    )
    text = page.content.decode()
    assert "双塘稻虾米" in text
    assert "wanted 3, available 2" in text
    assert not PurchaseOrder.objects.exists()
    assert not Invoice.objects.exists()


def test_nobody_approves_their_own_request(world: World) -> None:
    requisition = factory.submitted(world)
    world.union.memberships.create(user=world.users["clerk"], role="approver", began_at=world.now)
    page = signed_in(world, "clerk").post(
        reverse("marketplace:requisition_approve", args=[requisition.reference]), follow=True
    )
    assert "another approver" in page.content.decode()
    requisition.refresh_from_db()
    assert requisition.state == "submitted"


@pytest.fixture
def blocked(world: World) -> Requisition:
    """Three members come to ¥220.00 each, and a rule from a sound source blocks at ¥200.00."""
    rule = {"kind": "member_yearly_cap", "purpose": "holiday_gifts", "amount": 20000, "level": "block", "grade": "A"}
    RulePack.objects.update(rules=[rule | {"basis": "示例办法"}])
    return factory.submitted(world)


@pytest.mark.parametrize("reason", ["", "   "], ids=["nothing", "blanks"])
def test_what_a_rule_blocks_is_not_approved_without_a_reason(world: World, blocked: Requisition, reason: str) -> None:
    client, address = signed_in(world, "chair"), reverse("marketplace:requisition", args=[blocked.reference])
    assert client.get(address).content.decode().count("blocks</span>") == 3
    pressed = client.post(f"{address}approve/", {"reason": reason}, follow=True)
    assert str(BlockedByRule(count=3)) in pressed.content.decode()
    blocked.refresh_from_db()
    assert blocked.state == "submitted"
    assert not Override.objects.exists()
    assert not blocked.approvals.exists()


def test_who_sets_a_blocking_rule_aside_signs_for_it_with_a_reason(world: World, blocked: Requisition) -> None:
    client, address = signed_in(world, "chair"), reverse("marketplace:requisition", args=[blocked.reference])
    client.post(f"{address}approve/", {"reason": "上级批准文号 12 "})
    blocked.refresh_from_db()
    assert blocked.state == "approved"
    kept = Override.objects.values_list("finding__requisition", "reason", "overridden_by", "overridden_at")
    assert list(kept) == [(blocked.pk, "上级批准文号 12", world.users["chair"].pk, world.now)] * 3
    for reader in ("chair", "clerk"):
        shown = signed_in(world, reader).get(address).content.decode()
        assert shown.count("Overridden by chair: 上级批准文号 12") == 3


def test_another_countys_officer_sees_neither_listing_nor_order(world: World) -> None:
    order = factory.placed(world)[0]
    client = signed_in(world, "foreign-officer")
    assert client.get(reverse("marketplace_backoffice:order", args=[order.reference])).status_code == 404
    assert client.get(reverse("marketplace_backoffice:review", args=[world.tea.pk])).status_code == 404
    own = signed_in(world, "officer")
    assert own.get(reverse("marketplace_backoffice:order", args=[order.reference])).status_code == 200


def test_a_vendor_sees_only_its_own_orders(world: World) -> None:
    tea, rice = factory.placed(world)
    client = signed_in(world, factory.seat(tea).username)
    assert client.get(reverse("vendors:order", args=[tea.reference])).status_code == 200
    assert client.get(reverse("vendors:order", args=[rice.reference])).status_code == 404


def test_a_fapiao_with_the_wrong_title_is_refused_with_the_right_one(world: World) -> None:
    order = factory.placed(world)[0]
    factory.answered(order, world.now)
    order = factory.delivered(order, world.users["store"], world.now)
    client = signed_in(world, factory.seat(order).username)
    typed = {
        "number": "26340000000000000001",
        "title": "某公司",
        "amount": str(order.acceptance.amount.decimal),
        "tax": "0",
        "issued_on": world.now.date().isoformat(),
    }
    page = client.post(reverse("vendors:fapiao", args=[order.reference]), typed)
    assert page.status_code == 422
    assert "Union（抬头）" in page.content.decode()
    assert 'value="某公司"' in page.content.decode()
    assert not Fapiao.objects.exists()
    typed["title"] = "Union(抬头)"  # half-width brackets are the same title
    assert client.post(reverse("vendors:fapiao", args=[order.reference]), typed).status_code == 302


WRONG_ANSWERS: dict[str, tuple[dict[str, str], str]] = {
    "no day": ({"promised": ""}, "say by which day you deliver what you confirm"),
    "less without a reason": ({"quantity": "5"}, "say why you cannot deliver everything"),
    "none with blanks for a reason": ({"quantity": "0", "reason": "  "}, "say why you cannot deliver everything"),
    "more than ordered": ({"quantity": "7"}, "less than or equal to 6"),
    "less than nothing": ({"quantity": "-1"}, "greater than or equal to 0"),
    "no quantity": ({"quantity": ""}, "This field is required"),
}


def typed_answer(order: PurchaseOrder, **changed: str) -> dict[str, str]:
    (line,) = order.lines.all()
    given = {"quantity": "6", "promised": "2026-12-01", "reason": ""} | changed
    return {f"{name}_{line.pk}": value for name, value in given.items()}


@pytest.mark.parametrize("wrong", WRONG_ANSWERS)
def test_an_answer_that_lacks_something_is_refused_and_stays_typed(world: World, wrong: str) -> None:
    order = factory.placed(world)[0]
    changed, sentence = WRONG_ANSWERS[wrong]
    typed = typed_answer(order, **changed)
    page = signed_in(world, "teaco").post(reverse("vendors:answer", args=[order.reference]), typed)
    assert page.status_code == 422
    assert sentence in html.unescape(page.content.decode())
    for name, value in typed.items():
        if value.strip():
            assert re.search(
                f'name="{name}"[^>]*value="{value}"|value="{value}"[^>]*name="{name}"', page.content.decode()
            )
    order.refresh_from_db()
    assert order.answered_at is None
    assert order.lines.get().quantity_declined == 0


def test_an_answer_that_leaves_a_line_out_is_refused(world: World) -> None:
    order = factory.placed(world)[0]
    with pytest.raises(AnswerIncomplete):
        answer(order=order, answers=[], by=factory.seat(order), at=world.now)
    order.refresh_from_db()
    assert order.answered_at is None


def test_an_order_answered_in_another_tab_says_so_and_keeps_its_first_answer(world: World) -> None:
    order = factory.placed(world)[0]
    client, address = signed_in(world, "teaco"), reverse("vendors:answer", args=[order.reference])
    assert client.post(address, typed_answer(order)).status_code == 302
    page = client.post(address, typed_answer(order, quantity="0", promised="", reason="减产"), follow=True)
    assert "has been answered already" in page.content.decode()
    assert order.lines.get().quantity_confirmed == 6


@pytest.mark.parametrize("step", ["answer", "dispatch", "fapiao"])
def test_a_vendor_too_late_with_a_step_reads_why_though_its_form_is_gone(world: World, step: str) -> None:
    order = factory.placed(world)[0]
    cancel(order=order, reason="改期", by=world.users["chair"], at=world.now)
    typed = {
        "answer": typed_answer(order),
        "dispatch": {f"send_{order.lines.get().pk}": "6"},
        "fapiao": {
            "number": "26340000000000000001",
            "title": "x",
            "amount": "1",
            "tax": "0",
            "issued_on": world.now.date().isoformat(),
        },
    }[step]
    page = signed_in(world, "teaco").post(reverse(f"vendors:{step}", args=[order.reference]), typed)
    assert page.status_code == 422
    assert {"answer": "was cancelled, so", "dispatch": "was cancelled, so", "fapiao": "not been accepted"}[
        step
    ] in page.content.decode()


def roster(*rows: list[object]) -> io.BytesIO:
    book = Workbook()
    for row in (["会员名册"], ["姓名", "部门", "工号", "手机"], *rows):
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    buffer.name = "roster.xlsx"
    return buffer


def test_a_roster_with_bad_rows_changes_nothing_and_says_why(world: World) -> None:
    client = signed_in(world, "clerk")
    file = roster(
        ["张 三", "办公室", "Ａ００１", "１３８００００００１"], ["李四", "财务", "A001", ""], ["", "财务", "A003", ""]
    )
    address = reverse("marketplace:roll", args=[world.union.slug])
    page = client.post(address, {"file": file}, follow=True)
    text = page.content.decode()
    assert "This person stands in the file twice" in text
    assert "The name is missing" in text
    again = client.post(page.redirect_chain[-1][0], {"digest": "whatever"}, follow=True)
    assert "nothing was changed" in again.content.decode()
    assert not Member.objects.exists()


def test_a_good_roster_is_previewed_then_applied_whole(world: World) -> None:
    client = signed_in(world, "clerk")
    file = roster(["张 三", "办公室", "Ａ００１", "１３８００００００１"], ["李四", "财务", "A002", ""])
    page = client.post(reverse("marketplace:roll", args=[world.union.slug]), {"file": file}, follow=True)
    assert not Member.objects.exists()
    digest = page.context["plan"].digest
    client.post(page.redirect_chain[-1][0], {"digest": digest})
    member = Member.objects.get(staff_number="A001")
    assert (member.name, member.phone) == ("张三", "1380000001")
    assert Member.objects.count() == 2


def test_one_bank_transfer_is_recorded_once(world: World) -> None:
    factory.placed(world)
    invoice = Invoice.objects.get()
    client = signed_in(world, "treasurer")
    typed = {"amount": "100", "transaction_number": "B 1", "paid_on": world.now.date().isoformat()}
    address = reverse("marketplace:invoice", args=[invoice.number])
    assert client.post(address, typed).status_code == 302
    page = client.post(address, {**typed, "transaction_number": "b1"})
    assert page.status_code == 422
    assert "not counted twice" in page.content.decode()
    invoice.refresh_from_db()
    assert invoice.amount_paid == yuan(100)


@pytest.mark.parametrize(
    ("cents", "said"),
    [(500, ["¥5.00 more than due"]), (-500, ["¥5.00</span>", "still open"]), (0, ["¥0.00</span>"])],
    ids=["over", "under", "exactly"],
)
def test_over_and_under_payment_are_shown(world: World, cents: int, said: list[str]) -> None:
    factory.placed(world)
    invoice = Invoice.objects.get()
    client = signed_in(world, "treasurer")
    address, notice = (reverse(f"marketplace:{name}", args=[invoice.number]) for name in ("invoice", "payment_notice"))
    amount = (invoice.amount_due + Money(cents)).decimal
    typed = {"amount": str(amount), "transaction_number": "B1", "paid_on": world.now.date().isoformat()}
    client.post(address, typed)
    page = client.get(address).content.decode()
    assert all(words in page for words in said)
    assert ("more than due" in page) is (cents > 0)
    paper = client.get(notice).content.decode()
    assert ("Please transfer ¥5.00 by" in paper) is (cents < 0)
    assert ("paid in full" in paper) is (cents >= 0)
    invoice.refresh_from_db()
    assert invoice.amount_paid.decimal == amount  # nothing of it is lost
    assert invoice.is_settled is (cents >= 0)


def test_closing_time_ends_choosing_for_members_but_not_for_the_organiser(world: World) -> None:
    group_order = factory.open_group_order(world)
    participant = factory.participants(group_order)[0]
    late = world.now + timedelta(days=4)
    with pytest.raises(GroupOrderNotOpen):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=late)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, by=world.users["clerk"], at=late)
    participant.allowance.refresh_from_db()
    assert participant.allowance.held == yuan(100)


def test_whoever_asked_for_goods_does_not_accept_them(world: World) -> None:
    order = factory.answered(factory.placed(world)[0], world.now)
    clerk = world.users["clerk"]
    Membership.objects.create(user=clerk, organisation=world.union, role="receiver", began_at=world.now)
    quantities = {line.pk: line.quantity_confirmed for line in order.lines.all()}
    consignment = dispatch(order=order, quantities=quantities, by=factory.seat(order), at=world.now)
    counted = {f"{part}{row.pk}": 0 for row in consignment.lines.all() for part in ("short", "damaged")}
    page = signed_in(world, "clerk").post(reverse("marketplace:receive", args=[consignment.reference]), counted)
    assert "another receiver has to count" in page.content.decode()
    assert not GoodsReceipt.objects.exists()

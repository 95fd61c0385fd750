"""People and their data: masked where not needed, told on request, forgotten on request, and each look written down."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from marketplace.errors import NotPermitted
from marketplace.files import PrivateFile
from marketplace.fulfilment.actions import tick_rows
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import MemberChoice, Participant, PersonalLink
from marketplace.grouporders.taking_part import remove_participant
from marketplace.impact.models import ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.errors import NobodyToApprove
from marketplace.orders.models import PurchaseOrder
from marketplace.parties import actions as parties
from marketplace.parties import recovery
from marketplace.parties.errors import LastAdministrator, MoneyHeld, OwnAccount, PurchaseUnderWay
from marketplace.parties.looks import note_look
from marketplace.parties.models import AccessLog, BuyerOrganisation, ErasureRequest, Member, Membership
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice, Payment
from marketplace.purchase import staff
from marketplace.purchase.buy import buy
from marketplace.purchase.clock import tick
from marketplace.purchase.erase import ask_erasure, erase_account, erase_member, refuse_erasure
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import enter_fapiao, record_payment
from marketplace.purchase.personal import about_account
from marketplace.uploads import Upload
from tests.factories import files
from tests.factories import world as factory
from tests.factories.world import World
from vendors.people.models import VendorMembership

pytestmark = pytest.mark.django_db
NAME, PHONE = "钱多多", "13812345678"


@pytest.fixture(autouse=True)
def _nobody_signed_up_before() -> None:
    cache.clear()


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def no_mismatch() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def known_member(world: World) -> Member:
    """A member of the roll with everything filled in."""
    return Member.objects.create(
        organisation=world.union,
        name=NAME,
        department="财务科",
        staff_number="Q001",
        phone=PHONE,
        joined_on=date(2020, 1, 1),
    )


def completed_for(world: World, member: Member) -> PurchaseOrder:
    """A group order in which the member chose, delivered, paid, with fapiao, and handed out."""
    placed = factory.placed(world, tea=1, rice=1, count=2)
    receiver, clerk, treasurer = (world.users[name] for name in ("store", "clerk", "treasurer"))
    at = world.now
    for order in placed:
        done = factory.delivered(factory.answered(order, at), receiver, at)
        enter_fapiao(
            order=done, number=f"2534{done.pk:016d}", title=done.fapiao_title, amount=done.acceptance.amount,
            issued_on=at.date(), by=factory.seat(done), at=at,
        )  # fmt: skip
    invoice = Invoice.objects.select_related("organisation").get(requisition=placed[0].requisition_id)
    record_payment(invoice=invoice, receipt=Receipt("B1", invoice.amount_open, at.date()), by=treasurer, at=at)
    handout = make_handout_list(requisition=placed[0].requisition, by=clerk, at=at)
    tick_rows(handout_list=handout, handed=list(handout.rows.values_list("pk", flat=True)), by=clerk, at=at)
    return PurchaseOrder.objects.get(pk=placed[0].pk)


def everything_says(words: str) -> list[str]:
    """Which tables of the two apps, the accounts and the log hold these words."""
    from django.apps import apps

    models = [
        *apps.get_app_config("marketplace").get_models(),
        *apps.get_app_config("vendors").get_models(),
        User,
        ModelLogEntry,
    ]
    return [
        model.__name__
        for model in models
        if any(words in str(list(row.values())) for row in model._default_manager.values())
    ]


def member_link(world: World, member: Member) -> tuple[Client, Participant]:
    """The member's own browser, with a group order open in which they may choose."""
    made = factory.open_group_order(world, count=1)
    issued = issue_links(group_order=made, by=world.users["clerk"], at=world.now)
    participant, token = next(found for found in issued if found[0].member_id == member.pk)
    client = Client(headers={"accept-language": "en"})
    client.get(reverse("marketplace:pick_link", args=[token]))
    return client, participant


def tables_of(answer: Any) -> dict[str, list[dict[str, Any]]]:
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(packed.namelist()) == ["data.json", "data.xlsx"]
    tables = {table["title"]: table["rows"] for table in json.loads(packed.read("data.json"))["tables"]}
    book = load_workbook(io.BytesIO(packed.read("data.xlsx")))
    assert book.sheetnames == [title[:31] for title in tables]
    assert [sheet.max_row - 1 for sheet in book] == [len(rows) for rows in tables.values()]
    return tables


def test_a_member_takes_along_what_is_kept_of_them_and_nothing_of_others(world: World) -> None:
    member = known_member(world)
    client, participant = member_link(world, member)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 2}, at=world.now)
    other = Participant.objects.filter(group_order=participant.group_order).exclude(pk=participant.pk).get()
    grouporders.choose(participant=other, quantities={world.rice_pack.pk: 3}, at=world.now)
    page = client.get(reverse("marketplace:member_data"))
    assert PHONE in page.content.decode()
    assert page["Cache-Control"].find("no-store") >= 0
    answer = client.post(reverse("marketplace:download_member_data"))
    tables = tables_of(answer)
    assert tables["Member roll"][0]["Phone"] == PHONE
    assert [row["Quantity"] for row in tables["Choices"]] == [2]
    assert tables["Allowances"][0]["Granted"] == "300.00 CNY"
    assert other.member.name not in answer.content.decode("latin-1")
    looked = AccessLog.objects.get(people_list="person")
    assert (looked.seen_by, looked.organisation, looked.rows, looked.is_export) == (None, world.union, 1, True)


def test_an_administrator_hands_a_members_data_out_and_the_log_says_so(world: World) -> None:
    member = known_member(world)
    answer = signed_in(world, "admin").post(reverse("marketplace:download_member", args=[world.union.slug, member.pk]))
    assert tables_of(answer)["Member roll"][0]["Staff number"] == "Q001"
    looked = AccessLog.objects.get()
    assert (looked.seen_by, looked.people_list, looked.is_export) == (world.users["admin"], "person", True)
    refused = signed_in(world, "clerk").post(
        reverse("marketplace:download_member", args=[world.union.slug, member.pk]), follow=True
    )
    assert "You do not have the role" in refused.content.decode()


def test_somebody_with_an_account_takes_along_roles_and_what_they_did(world: World) -> None:
    factory.open_group_order(world, count=1)
    tables = tables_of(signed_in(world, "clerk").post(reverse("marketplace:download_my_data")))
    assert tables["Account"][0]["User name"] == "clerk"
    assert {row["Role"] for row in tables["Roles"]} >= {"organiser"}
    assert len(tables["What you did"]) >= 2
    seller = signed_in(world, "teaco").post(reverse("marketplace:download_my_data"))
    assert tables_of(seller)["Seats at vendors"][0]["Vendor"] == world.tea_vendor.name


def test_a_member_is_erased_and_every_book_stays_content(world: World) -> None:
    member, admin, at = known_member(world), world.users["admin"], world.now
    roster = files.workbook(
        ["姓名", "部门", "工号", "手机"], [NAME, "财务科", "Q001", PHONE], ["别人", "一部", "Q002", ""]
    )
    imported = parties.upload_roster(
        organisation=world.union, roster=Upload("名册.xlsx", roster), is_complete=False, by=admin, at=at
    )
    completed_for(world, member)
    choice = MemberChoice.objects.get(participant__member=member, replaced_at=None)
    PersonalLink.objects.create(
        participant=choice.participant,
        token_hash="x",
        issued_at=at,
        issued_by=admin,
        expires_at=at + timedelta(days=9),
    )
    totals = list(ImpactTotal.objects.order_by("pk").values())
    client = Client()
    client.force_login(admin)
    asked = ask_erasure(member=member, by=None, at=at)
    desk = client.get(reverse("marketplace:privacy_desk", args=[world.union.slug])).content.decode()
    assert NAME in desk
    client.post(reverse("marketplace:erase_member", args=[world.union.slug, member.pk]))
    member.refresh_from_db()
    asked.refresh_from_db()
    assert (member.name, member.department, member.staff_number, member.phone) == ("已注销会员 #1", "", "", "")
    assert member.erased_at is not None
    assert member.left_on is not None
    assert (asked.done_by, asked.is_open) == (admin, False)
    assert not PersonalLink.objects.filter(participant__member=member).exists()
    assert [row["name"] for row in type(imported).objects.get().rows] == ["别人"]
    for words in (NAME, PHONE, "Q001"):
        assert everything_says(words) == []
    assert MemberChoice.objects.get(participant__member=member, replaced_at=None).amount == choice.amount
    assert list(ImpactTotal.objects.order_by("pk").values()) == totals
    assert no_mismatch()
    second = Member.objects.create(organisation=world.union, name="赵六", joined_on=date(2020, 1, 1))
    assert erase_member(member=second, by=admin, at=at).name == "已注销会员 #2"


def test_the_uploaded_roster_goes_with_the_member_when_the_step_is_committed(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    member, admin, at = known_member(world), world.users["admin"], world.now
    roster = files.workbook(["姓名", "工号"], [NAME, "Q001"])
    made = parties.upload_roster(
        organisation=world.union, roster=Upload("名册.xlsx", roster), is_complete=False, by=admin, at=at
    )
    with django_capture_on_commit_callbacks(execute=True):
        erase_member(member=member, by=admin, at=at)
    assert PrivateFile.objects.get(pk=made.file_id).removed_at == at


def test_erasing_again_changes_nothing(world: World) -> None:
    member, admin = known_member(world), world.users["admin"]
    erase_member(member=member, by=admin, at=world.now)
    before = list(Member.objects.values()), ErasureRequest.objects.count(), ModelLogEntry.objects.count()
    erase_member(member=member, by=admin, at=world.now + timedelta(days=1))
    assert (list(Member.objects.values()), ErasureRequest.objects.count(), ModelLogEntry.objects.count()) == before


def test_a_member_is_not_erased_while_their_goods_are_to_come(world: World) -> None:
    member, admin, at = known_member(world), world.users["admin"], world.now
    client, participant = member_link(world, member)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1}, at=at)
    before = list(Member.objects.values())
    with pytest.raises(PurchaseUnderWay, match="中秋慰问"):
        erase_member(member=member, by=admin, at=at)
    page = client.post(reverse("marketplace:ask_member_erasure"), follow=True).content.decode()
    assert "中秋慰问" in page
    assert "still under way" in page
    assert list(Member.objects.values()) == before
    assert not ErasureRequest.objects.exists()
    grouporders.choose(participant=participant, quantities={}, at=at)
    client.post(reverse("marketplace:ask_member_erasure"))
    assert ErasureRequest.objects.get().member == member
    erase_member(member=member, by=admin, at=at)
    assert client.get(reverse("marketplace:member_data")).status_code == 404
    assert client.get(reverse("marketplace:pick")).status_code == 404


def test_only_an_administrator_of_the_members_own_organisation_erases(world: World) -> None:
    member = known_member(world)
    for name in ("clerk", "chair", "head", "teaco"):
        with pytest.raises(NotPermitted):
            erase_member(member=member, by=world.users[name], at=world.now)
    member.refresh_from_db()
    assert member.name == NAME


def test_a_refusal_needs_a_reason_and_the_member_reads_it(world: World) -> None:
    member, admin = known_member(world), world.users["admin"]
    client, _participant = member_link(world, member)
    asked = ask_erasure(member=member, by=None, at=world.now)
    assert ask_erasure(member=member, by=None, at=world.now) == asked
    with pytest.raises(Exception, match="reason"):
        refuse_erasure(request=asked, reason=" ", by=admin, at=world.now)
    refuse_erasure(request=asked, reason="名册另有用途，请先与工会联系", by=admin, at=world.now)
    assert "名册另有用途" in client.get(reverse("marketplace:member_data")).content.decode()


def private_buyer(world: World, *, pays: bool = True) -> tuple[User, BuyerOrganisation]:
    """Somebody who bought with their own money; delivered and accepted when paid."""
    user = User.objects.create_user("duoduo", password="secret", last_name=NAME, email="duoduo@example.org")
    world.users["duoduo"], at = user, world.now
    buyer = parties.sign_up_individual(name=NAME, region=world.union.region, by=user, at=at)
    point = parties.add_delivery_point(
        organisation=buyer, name="家里", address="宣城市宣州区示范路9号", contact_name=NAME, phone=PHONE, by=user, at=at
    )
    orders.set_basket_line(organisation=buyer, pack=world.tea_pack, quantity=2, by=user, at=at)
    made = buy(buyer=buyer, delivery_point=point, by=user, at=at)
    if pays:
        invoice = Invoice.objects.select_related("organisation").get(requisition=made)
        receipt = Receipt("P1", invoice.amount_open, at.date(), NAME)
        record_payment(invoice=invoice, receipt=receipt, by=user, at=at)
    return user, buyer


def finish(world: World, buyer: BuyerOrganisation) -> PurchaseOrder:
    order = PurchaseOrder.objects.get(organisation=buyer)
    return factory.delivered(factory.answered(order, world.now), world.users["duoduo"], world.now)


def test_an_account_with_a_private_purchase_is_erased_and_every_book_stays_content(world: World) -> None:
    user, buyer = private_buyer(world)
    operator = User.objects.create_superuser("operator", password="secret")
    world.users["operator"] = operator
    finish(world, buyer)
    client = signed_in(world, "duoduo")
    assert "duoduo" in client.get(reverse("marketplace:my_data")).content.decode()
    client.post(reverse("marketplace:ask_my_erasure"))
    asked = ErasureRequest.objects.get()
    desk = signed_in(world, "operator")
    assert NAME in desk.get(reverse("marketplace_backoffice:privacy")).content.decode()
    totals = list(ImpactTotal.objects.order_by("pk").values())
    assert Session.objects.count() == 2
    address = reverse("marketplace_backoffice:decide_erasure", args=[asked.reference])
    desk.post(address, {"decision": "erase"})
    user.refresh_from_db()
    assert (user.username, user.last_name, user.email) == ("erased-2026-000001", "已注销用户 #2026-000001", "")
    assert not user.is_active
    assert not user.has_usable_password()
    assert Session.objects.count() == 1
    assert client.get(reverse("marketplace:my_data")).status_code == 302
    for words in (NAME, PHONE, "duoduo", "示范路9号", "家里"):
        assert everything_says(words) == []
    payment, number = Payment.objects.get(), buyer.slug.removeprefix("p-")
    assert (payment.amount, payment.payer_name) == (yuan(200), f"已注销个人（{number}）")
    assert list(ImpactTotal.objects.order_by("pk").values()) == totals
    assert not Membership.objects.filter(user=user, ended_at=None).exists()
    assert no_mismatch()
    before = list(User.objects.order_by("pk").values()), ModelLogEntry.objects.count()
    erase_account(account=user, by=operator, at=world.now)
    assert (list(User.objects.order_by("pk").values()), ModelLogEntry.objects.count()) == before


def test_an_account_is_not_erased_while_goods_or_money_are_on_their_way(world: World) -> None:
    user, buyer = private_buyer(world)
    operator = User.objects.create_superuser("operator", password="secret")
    order = PurchaseOrder.objects.get(organisation=buyer)
    with pytest.raises(PurchaseUnderWay, match=order.reference):
        erase_account(account=user, by=operator, at=world.now)
    finish(world, buyer)
    invoice = Invoice.objects.select_related("organisation").get(organisation=buyer)
    record_payment(invoice=invoice, receipt=Receipt("P2", yuan(5), world.now.date()), by=user, at=world.now)
    with pytest.raises(MoneyHeld, match=invoice.number):
        erase_account(account=user, by=operator, at=world.now)
    user.refresh_from_db()
    assert (user.username, user.is_active) == ("duoduo", True)


def test_nobody_erases_their_own_account_an_operators_or_the_last_administrators(world: World) -> None:
    operator = User.objects.create_superuser("operator", password="secret")
    second = User.objects.create_superuser("second", password="secret")
    for account in (operator, second):
        with pytest.raises(OwnAccount):
            erase_account(account=account, by=operator, at=world.now)
    with pytest.raises(LastAdministrator):
        erase_account(account=world.users["admin"], by=operator, at=world.now)
    with pytest.raises(NotPermitted):
        erase_account(account=world.users["clerk"], by=world.users["admin"], at=world.now)
    erase_account(account=world.users["teaco"], by=operator, at=world.now)
    assert not VendorMembership.objects.filter(user=world.users["teaco"], ended_at=None).exists()


def test_a_vendor_sees_the_contact_until_nothing_is_to_be_brought_any_more(world: World) -> None:
    _user, buyer = private_buyer(world)
    order = PurchaseOrder.objects.get(organisation=buyer)
    client, page = signed_in(world, "teaco"), reverse("vendors:order", args=[order.reference])
    text = client.get(page).content.decode()
    assert NAME in text
    assert PHONE in text
    finish(world, buyer)
    note = reverse("vendors:dispatch_note", args=[order.consignments.get().reference])
    for address in (page, note):
        text = client.get(address).content.decode()
        for words in (PHONE, "示范路9号"):
            assert words not in text, address
        assert "138****5678" in text
        assert "钱**" in text
    world.users["officer"] = world.officer
    officers_page = reverse("marketplace_backoffice:order", args=[order.reference])
    text = signed_in(world, "officer").get(officers_page).content.decode()
    assert NAME not in text
    assert "Goods accepted" in text
    assert order.buyer_name in text


def test_a_vendor_does_not_read_who_received(world: World) -> None:
    User.objects.filter(username="store").update(last_name="孙收货")
    order = factory.placed(world, tea=1, rice=1, count=1)[0]
    factory.delivered(factory.answered(order, world.now), world.users["store"], world.now)
    theirs = reverse("vendors:order", args=[order.reference])
    assert "孙收货" not in signed_in(world, "teaco").get(theirs).content.decode()
    own = reverse("marketplace:order", args=[order.reference])
    assert "孙收货" in signed_in(world, "clerk").get(own).content.decode()


@pytest.mark.parametrize("name", ["teaco", "riceco", "officer", "head"])
def test_no_page_of_another_side_names_a_member(world: World, name: str) -> None:
    member = known_member(world)
    order = completed_for(world, member)
    world.users["officer"] = world.officer
    client = signed_in(world, name)
    addresses = [
        reverse("vendors:desk"),
        reverse("vendors:orders"),
        reverse("vendors:order", args=[order.reference]),
        reverse("marketplace_backoffice:dashboard"),
        reverse("marketplace_backoffice:orders"),
        reverse("marketplace_backoffice:order", args=[order.reference]),
        reverse("marketplace_backoffice:register", args=["2026-11"]),
        reverse("marketplace:impact"),
    ]
    for address in addresses:
        content = client.get(address).content
        found = content.decode("utf-8", "replace")
        if content.startswith(b"PK"):
            book = load_workbook(io.BytesIO(content))
            found = str([row for sheet in book for row in sheet.iter_rows(values_only=True)])
        for words in (NAME, PHONE, "会员1"):
            assert words not in found, address


def test_each_look_at_a_list_is_written_once_with_who_what_and_how_many(world: World) -> None:
    known_member(world)
    group_order = factory.open_group_order(world, count=2)
    clerk = signed_in(world, "clerk")
    clerk.get(reverse("marketplace:roll", args=[world.union.slug]))
    clerk.get(reverse("marketplace:group_order", args=[group_order.reference]))
    clerk.get(reverse("marketplace:people", args=[world.union.slug]))
    clerk.post(reverse("marketplace:links_workbook", args=[group_order.reference]))
    found = AccessLog.objects.order_by("pk").values_list("people_list", "rows", "is_export", "subject", "screen")
    staff = world.union.memberships.values("user").distinct().count()
    assert list(found) == [
        ("roll", 3, False, "", "marketplace:roll"),
        ("board", 3, False, "中秋慰问", "marketplace:group_order"),
        ("staff", staff, False, "", "marketplace:people"),
        ("links", 3, True, "中秋慰问", "marketplace:links_workbook"),
    ]
    assert set(AccessLog.objects.values_list("seen_by", "organisation")) == {(world.users["clerk"].pk, world.union.pk)}
    page = signed_in(world, "admin").get(reverse("marketplace:privacy_desk", args=[world.union.slug]))
    text = " ".join(page.content.decode().split())
    assert text.count(">looked at<") == 3
    assert text.count(">taken away<") == 1
    assert AccessLog.objects.count() == 4


def test_looks_are_kept_as_long_as_the_setting_says(world: World, settings: Any) -> None:
    settings.MARKETPLACE_ACCESS_LOG_DAYS = 30
    for days in (31, 29):
        at = world.now - timedelta(days=days)
        note_look(people_list="roll", organisation=world.union, rows=1, by=world.users["clerk"], at=at)
    list(tick(at=world.now))
    assert [row.seen_at for row in AccessLog.objects.all()] == [world.now - timedelta(days=29)]


def test_the_privacy_page_says_how_long_and_whom_to_ask(client: Client, settings: Any, db: None) -> None:
    settings.MARKETPLACE_FILE_DAYS = {"roster": 45}
    settings.MARKETPLACE_PRIVACY_CONTACT = "0563-0000000"
    text = client.get(reverse("marketplace:privacy"), headers={"accept-language": "en"}).content.decode()
    assert "45 days" in text
    assert "30 years" in text
    assert "0563-0000000" in text
    home = client.get(reverse("marketplace:catalogue")).content.decode()
    assert reverse("marketplace:privacy") in home


def test_an_erased_colleague_is_in_no_hand_over_and_no_recovery(world: World) -> None:
    operator, clerk, at = User.objects.create_superuser("operator", password="secret"), world.users["clerk"], world.now
    clerk.last_name = NAME
    clerk.save()
    admin, union = world.users["admin"], world.union
    made, _token = staff.hand_over(
        organisation=union, giver=clerk, roles=["organiser"], begins_on=at.date() + timedelta(days=9),
        successor=admin, by=admin, at=at,
    )  # fmt: skip
    asked = recovery.ask_recovery(organisation=union, person=clerk, reason=f"{NAME}手机丢失", by=admin, at=at)
    tables = {str(table.title): table.rows for table in about_account(clerk)}
    assert [row[2] for row in tables[gettext("Hand-overs")]] == [NAME]
    assert [row[2] for row in tables[gettext("Account recoveries")]] == [f"{NAME}手机丢失"]
    erase_account(account=clerk, by=operator, at=at)
    made.refresh_from_db()
    asked.refresh_from_db()
    assert (made.cancelled_at, made.done_at, asked.closed_at, asked.reason) == (at, None, at, "")
    assert everything_says(NAME) == []
    assert not ModelLogEntry.objects.filter(data__user="clerk").exists()


def test_a_colleague_whose_approval_is_waited_for_is_not_erased(world: World) -> None:
    operator, chair = User.objects.create_superuser("operator", password="secret"), world.users["chair"]
    factory.submitted(world)
    with pytest.raises(NobodyToApprove):
        erase_account(account=chair, by=operator, at=world.now)
    chair.refresh_from_db()
    assert (chair.username, chair.is_active) == ("chair", True)
    assert Membership.objects.filter(user=chair, ended_at=None).exists()


def test_why_a_member_left_is_forgotten_with_them(world: World) -> None:
    member, admin, at = known_member(world), world.users["admin"], world.now
    made = factory.open_group_order(world, count=1)
    staff.take_off_roll(member=member, left_on=at.date(), reason="因病离岗", by=admin, at=at)
    remove_participant(
        participant=made.participants.get(member=member), reason="因病离岗", by=world.users["clerk"], at=at
    )
    assert everything_says("因病离岗") == ["Participant", "ModelLogEntry"]
    erase_member(member=member, by=admin, at=at)
    for words in ("因病离岗", NAME, PHONE):
        assert everything_says(words) == []

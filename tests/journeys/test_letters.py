"""Mail to whoever has the next step: in their language, only if they want it, without a member's name, and once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from marketplace.errands.models import Errand
from marketplace.errands.work import run_due
from marketplace.letters.actions import keep_mail_wish
from marketplace.letters.errors import AddressTaken
from marketplace.letters.models import MailWish
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.orders.placing import LineAnswer
from marketplace.payments.models import Invoice
from marketplace.purchase.answer import answer
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def mailed(world: World) -> World:
    """The small world; everybody has an address."""
    for user in world.users.values():
        user.email = f"{user.username}@example.org"
        user.save()
    return world


def deliver(world: World, minutes: int = 0) -> list[tuple[str, str]]:
    """What went out since the last time: (to whom, subject)."""
    mail.outbox.clear()
    list(run_due(at=world.now + timedelta(minutes=minutes)))
    return [(letter.to[0].split("@")[0], letter.subject) for letter in mail.outbox]


def asked(world: World) -> Requisition:
    """The union asks for three bags of rice."""
    clerk, at = world.users["clerk"], world.now
    orders.set_basket_line(organisation=world.union, pack=world.rice_pack, quantity=3, by=clerk, at=at)
    made = orders.request_from_basket(
        organisation=world.union,
        campaign=world.campaign,
        purpose="canteen",
        fund_source="union",
        delivery_point=world.union.delivery_points.get(),
        by=clerk,
        at=at,
    )
    return orders.submit_requisition(requisition=made, by=clerk, at=at)


def test_the_approver_is_asked_and_the_requester_told_of_a_return(mailed: World) -> None:
    requisition = asked(mailed)
    assert deliver(mailed) == [("chair", f"待审批：{requisition.title}")]
    body = mail.outbox[0].body
    assert "Union申请采购" in body
    assert "金额¥120.00" in body
    assert f"{BASE}/requisitions/{requisition.reference}/" in body
    assert f"{BASE}/mail/" in body
    assert mail.outbox[0].extra_headers == {"Auto-Submitted": "auto-generated"}
    orders.return_requisition(requisition=requisition, reason="太多", by=mailed.users["chair"], at=mailed.now)
    assert deliver(mailed) == [("clerk", f"退回给您：{requisition.title}")]


def test_whoever_asked_is_not_asked_to_approve(mailed: World) -> None:
    mailed.union.memberships.create(user=mailed.users["clerk"], role="approver", began_at=mailed.now)
    asked(mailed)
    assert [who for who, _subject in deliver(mailed)] == ["chair"]


def test_placing_writes_to_each_vendor_and_to_the_treasurer_and_names_no_member(mailed: World) -> None:
    factory.placed(mailed, tea=1, rice=1, count=3)
    found = deliver(mailed)
    references = {order.vendor.slug: order.reference for order in PurchaseOrder.objects.all()}
    invoice = Invoice.objects.get()
    assert sorted(found) == [  # and nothing to the chair, who has approved meanwhile
        ("riceco", f"Union的新订单{references['riceco']}"),
        ("teaco", f"Union的新订单{references['teaco']}"),
        ("treasurer", f"待付款¥420.00，账单{invoice.number}"),
    ]
    bodies = {letter.to[0].split("@")[0]: letter.body for letter in mail.outbox}
    assert f"{BASE}/vendor/orders/{references['teaco']}/" in bodies["teaco"]
    assert f"{BASE}/invoices/{invoice.number}/" in bodies["treasurer"]
    names = [member.name for member in mailed.union.members.all()]
    assert len(names) == 3
    assert [name for name in names for body in bodies.values() if name in body] == []
    assert deliver(mailed, minutes=60) == []


def test_a_vendor_who_declines_is_told_to_the_requester(mailed: World) -> None:
    tea, rice = factory.placed(mailed, tea=1, rice=1, count=2)
    deliver(mailed)
    factory.answered(rice, mailed.now)
    assert deliver(mailed) == []
    (line,) = tea.lines.all()
    answer(order=tea, answers=[LineAnswer(line.pk, 0, reason="卖完了")], by=factory.seat(tea), at=mailed.now)
    assert deliver(mailed) == [("clerk", f"TeaCo不能全供订单{tea.reference}")]


def test_a_letter_speaks_its_readers_language_and_comes_only_if_wanted(mailed: World) -> None:
    chair = mailed.users["chair"]
    keep_mail_wish(email="chair@example.org", wants_mail=True, language="en", by=chair, at=mailed.now)
    requisition = asked(mailed)
    assert deliver(mailed) == [("chair", "To approve: canteen")]
    assert "You get this mail because the next step is yours." in mail.outbox[0].body
    keep_mail_wish(email="chair@example.org", wants_mail=False, language="en", by=chair, at=mailed.now)
    orders.return_requisition(requisition=requisition, reason="x", by=chair, at=mailed.now)
    deliver(mailed)
    later = mailed.now + timedelta(minutes=1)
    orders.submit_requisition(requisition=requisition, by=mailed.users["clerk"], at=later)
    assert deliver(mailed, minutes=1) == []


@pytest.mark.parametrize("how", ["without an address", "no longer active", "the step was taken", "three days ago"])
def test_nobody_is_written_to_in_vain(mailed: World, how: str) -> None:
    chair = mailed.users["chair"]
    requisition = asked(mailed)
    minutes = 0
    if how == "without an address":
        chair.email = ""
        chair.save()
    elif how == "no longer active":
        chair.is_active = False
        chair.save()
    elif how == "the step was taken":
        orders.approve_requisition(requisition=requisition, by=chair, at=mailed.now)
    else:
        minutes = 3 * 24 * 60 + 1
    assert deliver(mailed, minutes) == []
    assert not Errand.objects.waiting().exists()


def test_a_mail_server_that_is_down_costs_nothing_and_each_reader_gets_one_mail(mailed: World) -> None:
    second = factory.user("second", email="second@example.org")
    mailed.union.memberships.create(user=second, role="approver", began_at=mailed.now)
    asked(mailed)
    with patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=ConnectionRefusedError):
        assert deliver(mailed) == []
    failed = Errand.objects.filter(kind="letter")
    assert {row.last_failure for row in failed} == {"邮件服务器未接收邮件：ConnectionRefusedError"}
    assert sorted(who for who, _subject in deliver(mailed, minutes=1)) == ["chair", "second"]
    assert deliver(mailed, minutes=500) == []


def test_a_site_without_mail_writes_no_errand(mailed: World, settings: Any) -> None:
    settings.MARKETPLACE_MAIL = False
    asked(mailed)
    assert not Errand.objects.exists()


def test_a_person_chooses_on_a_page_of_their_own(mailed: World) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(mailed.users["chair"])
    page = reverse("marketplace:mail_wishes")
    assert 'value="chair@example.org"' in client.get(page).content.decode()
    typed = {"email": "TREASURER@example.org", "language": "en"}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert str(AddressTaken()) in answer.content.decode()
    assert not MailWish.objects.exists()
    answer = client.post(page, typed | {"email": "fang@example.org"}, follow=True)
    assert "Your wishes are saved." in answer.content.decode()
    wish = MailWish.objects.select_related("user").get()
    assert (wish.user.username, wish.user.email, wish.wants_mail, wish.language) == (
        "chair",
        "fang@example.org",
        False,
        "en",
    )

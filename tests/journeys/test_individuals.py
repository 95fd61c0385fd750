"""A caring individual signs up, buys from two vendors with their own money, pays first, and sees what it came to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.models import Stock
from marketplace.errors import NotPermitted
from marketplace.fulfilment.errors import NotLateYet
from marketplace.impact.models import ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.errors import NotPaidYet, SelfApproval, TooMuchAtOnce
from marketplace.orders.models import BasketLine, PurchaseOrder, Requisition
from marketplace.parties import actions as parties
from marketplace.parties.errors import AlreadySignedUp
from marketplace.parties.models import Affiliation, BuyerOrganisation
from marketplace.payments.errors import NoFapiaoWanted
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Checkout, Invoice, Payment
from marketplace.purchase.buy import buy, give_back_unpaid
from marketplace.purchase.clock import tick
from marketplace.purchase.pay import enter_fapiao, record_payment
from marketplace.purchase.tracking import track
from tests.factories import world as factory
from tests.factories.online import serving
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_signed_up_before() -> None:
    cache.clear()


def person(world: World, username: str = "xiaoman", name: str = "周小满") -> BuyerOrganisation:
    """Somebody signed up, with an address and a basket of two tins and one bag."""
    user = factory.user(username, last_name=name)
    world.users[username] = user
    region = world.union.region
    buyer = parties.sign_up_individual(name=name, region=region, by=user, at=world.now)
    parties.add_delivery_point(
        organisation=buyer,
        name="家",
        address="示范路9号",
        contact_name=name,
        phone="13800000099",
        by=user,
        at=world.now,
    )
    for pack, quantity in ((world.tea_pack, 2), (world.rice_pack, 1)):
        orders.set_basket_line(organisation=buyer, pack=pack, quantity=quantity, by=user, at=world.now)
    return buyer


def bought(world: World, buyer: BuyerOrganisation, **how: Any) -> list[PurchaseOrder]:
    made = buy(
        buyer=buyer,
        delivery_point=buyer.delivery_points.get(),
        by=world.users["xiaoman"],
        at=world.now,
        **how,
    )
    return list(made.orders.order_by("pk"))


def paid(world: World, order: PurchaseOrder) -> None:
    invoice = Invoice.objects.select_related("organisation").get(requisition=order.requisition)
    receipt = Receipt("P1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["xiaoman"], at=world.now)


def completed(dimension: str, key: object) -> Money:
    rows = ImpactTotal.objects.filter(dimension=dimension, key=str(key), measure="completed")
    return Money(sum(row.amount.amount for row in rows))


def no_mismatch() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def test_from_signing_up_to_what_it_came_to(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    listing = client.get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()
    assert reverse("marketplace:sign_up") in listing
    typed = {
        "username": "xiaoman",
        "name": "周小满",
        "password": "shan-shui-2026",
        "region": world.union.region.pk,
        "agrees": "on",
    }
    assert client.post(reverse("marketplace:sign_up"), {**typed, "agrees": ""}).status_code == 422
    client.post(reverse("marketplace:sign_up"), typed)
    buyer = BuyerOrganisation.objects.get(kind="individual")
    assert buyer.name.startswith("周**（")
    add = reverse("marketplace:basket_add", args=[buyer.slug])
    for pack, quantity in ((world.tea_pack, 2), (world.rice_pack, 1)):
        client.post(add, {"pack": pack.pk, "quantity": quantity})
    basket = reverse("marketplace:basket", args=[buyer.slug])
    assert "Add an address first" in client.get(basket).content.decode()
    place = {"name": "家", "address": "示范路9号", "contact_name": "周小满", "phone": "one two"}
    assert client.post(reverse("marketplace:delivery_points", args=[buyer.slug]), place).status_code == 422
    client.post(reverse("marketplace:delivery_points", args=[buyer.slug]), {**place, "phone": "138 0000 0099"})
    page = client.get(basket).content.decode()
    assert page.index("RiceCo") != page.index("TeaCo")
    assert "Buy for ¥240.00" in page
    done = client.post(basket, {"delivery_point": buyer.delivery_points.get().pk}, follow=True)
    assert "Pay now" in done.content.decode()
    world.users["xiaoman"] = User.objects.get(username="xiaoman")
    tea, rice = PurchaseOrder.objects.order_by("vendor__name", "pk")[::-1]
    assert (tea.vendor, rice.vendor) == (world.tea_vendor, world.rice_vendor)
    assert (tea.purpose, tea.fund_source, tea.delivery_contact) == ("private", "private", "周小满")
    paid(world, tea)
    for order in (tea, rice):
        factory.delivered(factory.answered(order, world.now), world.users["xiaoman"], world.now)
    assert completed("buyer_kind", "individual") == yuan(240)
    shown = client.get(reverse("marketplace:own_impact", args=[buyer.slug])).content.decode()
    assert "¥240.00" in shown
    assert no_mismatch()


def test_a_private_basket_is_paid_on_the_payment_page_and_the_vendor_may_begin(world: World, settings: Any) -> None:
    buyer = person(world)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["xiaoman"])
    basket = reverse("marketplace:basket", args=[buyer.slug])
    with serving(settings) as server:
        shown = client.post(basket, {"delivery_point": buyer.delivery_points.get().pk}, follow=True)
        invoice = Invoice.objects.get()
        there = reverse("marketplace:pay_online", args=[invoice.number])
        assert there in shown.content.decode()
        transfer = client.get(reverse("marketplace:invoice", args=[invoice.number])).context["form"]
        assert (
            transfer["payer_name"].value() == world.users["xiaoman"].last_name == "周小满"
        )  # in full, as the bank has it
        gone = client.post(there)
        checkout = Checkout.objects.get()
        assert gone["Location"] == checkout.url == f"{server.base}/c/pay/{checkout.session}"
        asked = server.books.sessions[checkout.session]
        assert asked["amount_total"] == 24000
        back = asked["success_url"].removeprefix("http://testserver")
        assert "has not reported a payment yet" in client.get(back, follow=True).content.decode()
        server.pay(checkout.session, method="alipay")
        stranger = Client()
        stranger.force_login(world.users["head"])
        assert stranger.get(back).status_code == 404
        assert "Paid. The payment is recorded" in client.get(back, follow=True).content.decode()
    payment = Payment.objects.get()
    assert (payment.gateway, payment.amount, payment.recorded_by) == ("stripe", yuan(240), None)
    tea, _rice = PurchaseOrder.objects.order_by("vendor__name", "pk")[::-1]
    factory.answered(tea, world.now)
    assert no_mismatch()


def test_the_vendor_waits_for_the_money(world: World) -> None:
    buyer = person(world)
    tea, _rice = bought(world, buyer)
    with pytest.raises(NotPaidYet):
        factory.answered(tea, world.now)
    tracking = track([tea], today=world.now.date())[tea.pk]
    assert (tracking.next.key, tracking.open_for("vendor")) == ("pay", None)
    paid(world, tea)
    tracking = track([tea], today=world.now.date())[tea.pk]
    assert tracking.next.key == "confirm"
    factory.answered(tea, world.now)
    assert no_mismatch()


def test_without_a_fapiao_paid_and_accepted_is_complete_and_with_one_it_waits(world: World) -> None:
    buyer = person(world)
    tea, rice = bought(world, buyer)
    paid(world, tea)
    for order in (tea, rice):
        factory.delivered(factory.answered(order, world.now), world.users["xiaoman"], world.now)
    assert completed("buyer", buyer.pk) == yuan(240)
    with pytest.raises(NoFapiaoWanted):
        enter_fapiao(
            order=tea,
            number="26340000000000000001",
            title="x",
            amount=yuan(200),
            issued_on=world.now.date(),
            by=factory.seat(tea),
            at=world.now,
        )
    factory.user("other")
    tracking = track([PurchaseOrder.objects.get(pk=tea.pk)], today=world.now.date())[tea.pk]
    assert "fapiao" not in [entry.step.key for entry in tracking.entries]
    assert tracking.next is None
    assert no_mismatch()


def test_with_a_fapiao_it_is_complete_once_it_matches(world: World) -> None:
    buyer = person(world)
    tea, _rice = bought(world, buyer, fapiao_wanted=True, fapiao_title="周小满")
    paid(world, tea)
    factory.delivered(factory.answered(tea, world.now), world.users["xiaoman"], world.now)
    assert completed("buyer", buyer.pk) == yuan(0)
    enter_fapiao(
        order=tea,
        number="26340000000000000001",
        title="周小满",
        amount=yuan(200),
        issued_on=world.now.date(),
        by=factory.seat(tea),
        at=world.now,
    )
    assert completed("buyer", buyer.pk) == yuan(200)
    assert no_mismatch()


def test_what_nobody_pays_for_is_given_back_by_the_clock(world: World) -> None:
    buyer = person(world)
    tea, _rice = bought(world, buyer)
    with pytest.raises(NotLateYet):
        give_back_unpaid(requisition=tea.requisition, at=world.now + timedelta(days=2))
    late = world.now + timedelta(days=3)
    assert [row.done for row in tick(at=late) if row.done != "deleted"] == ["cancelled"]  # files of other tests
    assert list(tick(at=late)) == []
    assert Stock.objects.get(pack=world.tea_pack).reserved == 0
    assert set(PurchaseOrder.objects.values_list("cancel_reason", flat=True)) == {"采购未按时付款。"}
    assert no_mismatch()


def test_a_purchase_that_is_too_large_leaves_the_basket_as_it_was(world: World, settings: Any) -> None:
    settings.MARKETPLACE_PRIVATE_PURCHASE_MAXIMUM = 23_999
    buyer = person(world)
    with pytest.raises(TooMuchAtOnce):
        bought(world, buyer)
    assert BasketLine.objects.filter(organisation=buyer).count() == 2
    assert not Requisition.objects.exists()


def test_only_an_individual_approves_alone(world: World) -> None:
    for role in ("requester", "approver"):
        world.society.memberships.get_or_create(
            user=world.users["head"], role=role, ended_at=None, defaults={"began_at": world.now}
        )
    head = world.users["head"]
    orders.set_basket_line(organisation=world.society, pack=world.tea_pack, quantity=1, by=head, at=world.now)
    with pytest.raises(NotPermitted):
        buy(buyer=world.society, delivery_point=world.society.delivery_points.get(), by=head, at=world.now)
    made = orders.request_from_basket(
        organisation=world.society,
        campaign=None,
        purpose="charity",
        fund_source="organisation",
        delivery_point=world.society.delivery_points.get(),
        by=head,
        at=world.now,
    )
    made = orders.submit_requisition(requisition=made, by=head, at=world.now)
    with pytest.raises(SelfApproval):
        orders.approve_requisition(requisition=made, by=head, at=world.now)


def test_one_account_buys_privately_once_and_keeps_its_other_roles(world: World) -> None:
    clerk = world.users["clerk"]
    parties.sign_up_individual(name="林小茶", region=world.union.region, by=clerk, at=world.now)
    with pytest.raises(AlreadySignedUp):
        parties.sign_up_individual(name="林小茶", region=world.union.region, by=clerk, at=world.now)
    client = Client()
    client.force_login(clerk)
    assert client.get(reverse("marketplace:roll", args=[world.union.slug])).status_code == 200


def test_robots_and_crowds_do_not_sign_up(world: World, settings: Any) -> None:
    settings.MARKETPLACE_SIGN_UPS_PER_HOUR = 1
    typed = {"name": "周小满", "password": "shan-shui-2026", "region": world.union.region.pk, "agrees": "on"}
    address = reverse("marketplace:sign_up")
    robot = Client().post(address, {**typed, "username": "robot", "website": "http://x"})
    assert robot.status_code == 422
    assert Client().post(address, {**typed, "username": "first"}).status_code == 302
    crowd = Client(headers={"accept-language": "en"}).post(address, {**typed, "username": "second"})
    assert "Too many people signed up" in crowd.content.decode()
    assert BuyerOrganisation.objects.filter(kind="individual").count() == 1
    assert not User.objects.filter(username__in=["robot", "second"]).exists()
    settings.MARKETPLACE_SIGN_UP = False
    assert Client().get(address).status_code == 404


def test_a_purchase_counts_for_the_union_once_it_confirms_and_until_it_ends(world: World) -> None:
    buyer = person(world)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["xiaoman"])
    ask = reverse("marketplace:ask_affiliation", args=[buyer.slug])
    assert (
        "No organisation"
        in client.post(ask, {"name": "周小满", "organisation": "Nobody"}, follow=True).content.decode()
    )
    client.post(ask, {"name": "周小满", "organisation": "Union"})
    affiliation = Affiliation.objects.get()
    stranger, admin = Client(), Client(headers={"accept-language": "en"})
    stranger.force_login(world.users["head"])
    admin.force_login(world.users["admin"])
    decide = reverse("marketplace:answer_affiliation", args=[affiliation.pk])
    assert stranger.post(decide, {"decision": "confirm"}).status_code == 404
    client.post(decide, {"decision": "confirm"})  # not for oneself
    affiliation.refresh_from_db()
    assert affiliation.confirmed_at is None
    assert "周小满" in admin.get(reverse("marketplace:own_impact", args=[world.union.slug])).content.decode()
    admin.post(decide, {"decision": "confirm"})
    tea, rice = bought(world, buyer)
    paid(world, tea)
    client.post(decide, {"decision": "end"})
    for order in (tea, rice):  # what was placed while it stood goes on counting
        factory.delivered(factory.answered(order, world.now), world.users["xiaoman"], world.now)
    assert completed("counted_for", world.union.pk) == yuan(240)
    assert completed("buyer", world.union.pk) == yuan(0)
    shown = admin.get(reverse("marketplace:own_impact", args=[world.union.slug])).content.decode()
    assert "bought privately and counted for you" in shown
    orders.set_basket_line(organisation=buyer, pack=world.tea_pack, quantity=1, by=world.users["xiaoman"], at=world.now)
    (later,) = bought(world, buyer)
    assert later.counted_for is None
    assert no_mismatch()


def test_others_read_a_masked_name(world: World) -> None:
    buyer = person(world)
    bought(world, buyer)
    officer = Client()
    officer.force_login(world.officer)
    for name in ("dashboard", "orders"):
        page = officer.get(reverse(f"marketplace_backoffice:{name}")).content.decode()
        assert "周小满" not in page
    assert "周**" in officer.get(reverse("marketplace_backoffice:orders")).content.decode()

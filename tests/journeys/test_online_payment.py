"""Paying online: what the payment service says is read from the service itself, once, and only agreement settles."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.errands.models import Errand
from marketplace.impact.models import ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import Money, yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.payments.errors import (
    AmountNotForOnline,
    NothingOpenToPay,
    NothingToRefund,
    OnlinePaymentOff,
    PaymentProven,
    ProcessorDown,
    RefundTooLarge,
)
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.gateways.stripe import STRIPE
from marketplace.payments.models import Checkout, GatewayEvent, Invoice, Payment, Refund
from marketplace.purchase import cancel, pay, refund
from marketplace.purchase.checkout import follow_up, open_page, reconcile
from marketplace.purchase.clock import tick
from tests.factories import world as factory
from tests.factories.online import serving, told
from tests.factories.world import World
from website.demo.stripe_api import StripeServer

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Any) -> Iterator[StripeServer]:
    with serving(settings) as running:
        yield running


@pytest.fixture
def invoice(world: World) -> Invoice:
    """Six tins and three bags, placed and not paid."""
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    return Invoice.objects.select_related("organisation", "requisition").get(requisition=tea.requisition)


def no_mismatch() -> bool:
    return [line for check in CHECKS.values() for line in check()] == []


def page(world: World, invoice: Invoice, at: datetime | None = None) -> Checkout:
    """The treasurer opens the page, now by the machine's clock, as the service counts its hours."""
    back = "http://testserver/checkouts/CHECKOUT/"
    at = at or datetime.now(UTC)
    by = world.users["treasurer"]
    return open_page(invoice=invoice, title="INV", paid_url=back, back_url=back, by=by, at=at)


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def test_the_treasurer_pays_on_the_page_and_comes_back(world: World, invoice: Invoice, server: StripeServer) -> None:
    treasurer = signed_in(world, "treasurer")
    shown = treasurer.get(reverse("marketplace:invoice", args=[invoice.number])).content.decode()
    assert f"Pay ¥{invoice.amount_open.decimal:,.2f} online" in shown
    gone = treasurer.post(reverse("marketplace:pay_online", args=[invoice.number]))
    checkout = Checkout.objects.get()
    assert gone["Location"] == checkout.url == f"{server.base}/c/pay/{checkout.session}"
    asked = server.books.sessions[checkout.session]
    assert (asked["amount_total"], asked["currency"]) == (invoice.amount_open.amount, "cny")
    assert asked["client_reference_id"] == checkout.reference
    assert asked["locale"] == "en"
    server.pay(checkout.session, method="wechat_pay")
    back = treasurer.get(asked["success_url"].removeprefix("http://testserver"), follow=True).content.decode()
    assert "Paid. The payment is recorded" in back
    invoice.refresh_from_db()
    assert (invoice.amount_open, invoice.is_settled) == (yuan(0), True)
    assert Payment.objects.get().gateway == "stripe"
    paid = ImpactTotal.objects.filter(dimension="buyer", key=str(invoice.organisation_id), measure="paid")
    assert sum(row.amount.amount for row in paid) == invoice.amount_due.amount
    assert no_mismatch()


def test_the_payer_who_never_comes_back_has_paid_all_the_same(
    world: World, invoice: Invoice, server: StripeServer
) -> None:
    checkout = page(world, invoice)
    for event in server.pay(checkout.session):
        assert told(server, event) == 200
    assert Invoice.objects.get().is_settled
    assert sorted(GatewayEvent.objects.values_list("outcome", flat=True)) == ["settled", "unknown"]
    assert no_mismatch()


def test_a_message_that_comes_three_times_counts_once(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    event = server.pay(checkout.session)[-1]
    assert [told(server, event) for _ in range(3)] == [200, 200, 200]
    signed_in(world, "treasurer").get(reverse("marketplace:paid_online", args=[checkout.reference]))
    assert Payment.objects.count() == 1
    assert GatewayEvent.objects.count() == 1
    assert Invoice.objects.get().amount_paid == invoice.amount_due
    assert no_mismatch()


def test_a_message_whose_effect_breaks_off_is_taken_again_as_if_it_had_never_come(
    world: World, invoice: Invoice, server: StripeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout = page(world, invoice)
    event = server.pay(checkout.session)[-1]

    def break_off(**how: Any) -> Payment:
        pay.record_payment(**how)
        raise ZeroDivisionError("just after the payment")

    with monkeypatch.context() as broken:
        broken.setattr("marketplace.purchase.checkout.record_payment", break_off)
        assert told(server, event) == 500  # so that the service sends it again
    assert not GatewayEvent.objects.exists()
    assert not Payment.objects.exists()
    assert Invoice.objects.get().amount_paid == yuan(0)
    assert told(server, event) == 200
    assert GatewayEvent.objects.get().outcome == "settled"
    assert Payment.objects.get().amount == invoice.amount_due
    assert no_mismatch()


@pytest.mark.parametrize(
    "how",
    [{"change": (b'"complete"', b'"expired"')}, {"at": time.time() - 3600}, {"secret": "whsec_stranger"}],
    ids=["tampered", "late", "a stranger's"],
)
def test_a_message_that_is_not_the_services_own_changes_nothing(
    world: World, invoice: Invoice, server: StripeServer, how: dict[str, Any]
) -> None:
    checkout = page(world, invoice)
    event = server.pay(checkout.session)[-1]
    assert told(server, event, **how) == 400
    assert not Payment.objects.exists()
    assert not GatewayEvent.objects.exists()


def test_messages_out_of_order_end_the_same(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    waiting = server.pay(checkout.session, later=True)[-1]
    paid = server.settle(checkout.session)[-1]
    assert told(server, paid) == 200  # "the money is here" overtakes "the payer is through"
    assert told(server, waiting) == 200
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().is_settled
    assert no_mismatch()


def test_money_on_its_way_settles_when_it_arrives(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    assert told(server, server.pay(checkout.session, later=True)[-1]) == 200
    assert not Invoice.objects.get().is_settled
    assert GatewayEvent.objects.get().outcome == "waiting"
    assert told(server, server.settle(checkout.session)[-1]) == 200
    assert Invoice.objects.get().is_settled


def test_money_that_does_not_arrive_ends_the_page(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    server.pay(checkout.session, later=True)
    assert told(server, server.settle(checkout.session, succeed=False)[-1]) == 200
    checkout.refresh_from_db()
    assert checkout.ended_at is not None
    assert page(world, invoice).pk != checkout.pk
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"amount_total": 100}, {"currency": "usd"}, {"client_reference_id": "CK-OTHER"}],
    ids=["amount", "currency", "reference"],
)
def test_what_does_not_agree_is_kept_and_never_settles(
    world: World, invoice: Invoice, server: StripeServer, change: dict[str, Any]
) -> None:
    checkout = page(world, invoice)
    event = server.pay(checkout.session)[-1]
    server.change(checkout.session, **change)
    assert told(server, event) == 200
    checkout.refresh_from_db()
    assert checkout.mismatch
    assert GatewayEvent.objects.get().outcome == "mismatch"
    assert not Payment.objects.exists()
    assert not Invoice.objects.get().is_settled
    operator = factory.user("operator", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(operator)
    listed = client.get(reverse("marketplace_backoffice:reconcile")).content.decode()
    assert checkout.reference in listed
    assert no_mismatch()


def test_an_expired_page_is_replaced_by_another(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    assert page(world, invoice).pk == checkout.pk  # while it is open, it is the same page
    assert told(server, server.expire(checkout.session)[-1]) == 200
    checkout.refresh_from_db()
    assert checkout.ended_at is not None
    assert page(world, invoice).pk != checkout.pk


def test_asking_twice_opens_one_page_even_after_a_crash(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    Checkout.objects.update(session="", url="")  # as if the process had died before it was kept
    at = checkout.opened_at + timedelta(seconds=3)
    assert page(world, invoice, at).session == checkout.session
    assert len(server.books.sessions) == 1


def test_a_service_that_is_down_costs_nothing(world: World, invoice: Invoice, server: StripeServer) -> None:
    server.down = True
    with pytest.raises(ProcessorDown):
        page(world, invoice)
    said = signed_in(world, "treasurer").post(reverse("marketplace:pay_online", args=[invoice.number]), follow=True)
    assert "pay by bank transfer" in said.content.decode()
    server.down = False
    checkout = page(world, invoice)
    event = server.pay(checkout.session)[-1]
    server.down = True
    assert told(server, event) == 503  # so that the service sends it again
    assert not GatewayEvent.objects.exists()
    server.down = False
    assert told(server, event) == 200
    assert Invoice.objects.get().is_settled


def test_the_clock_finds_what_no_message_told(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    server.pay(checkout.session)
    assert list(tick(at=checkout.opened_at + timedelta(minutes=5))) == []
    found = list(tick(at=checkout.opened_at + timedelta(minutes=20)))
    assert [(row.reference, row.done) for row in found] == [(checkout.reference, "look_up_checkout")]
    assert Invoice.objects.get().is_settled
    assert list(tick(at=checkout.opened_at + timedelta(minutes=40))) == []
    assert no_mismatch()


def test_paid_twice_is_held_and_goes_back_the_way_it_came(
    world: World, invoice: Invoice, server: StripeServer, django_capture_on_commit_callbacks: Any
) -> None:
    treasurer = world.users["treasurer"]
    checkout = page(world, invoice)
    transfer = Receipt("B1", invoice.amount_open, world.now.date())
    pay.record_payment(invoice=invoice, receipt=transfer, by=treasurer, at=world.now)
    told(server, server.pay(checkout.session)[-1])
    invoice.refresh_from_db()
    assert invoice.amount_overpaid == transfer.amount
    with django_capture_on_commit_callbacks(execute=True):
        (made,) = refund.request_refund(
            invoice=invoice, amount=invoice.amount_overpaid, by=treasurer, at=datetime.now(UTC)
        )
    made.refresh_from_db()
    assert (made.gateway, made.done_at is not None) == ("stripe", True)
    assert [row["amount"] for row in server.books.refunds.values()] == [transfer.amount.amount]
    invoice.refresh_from_db()
    assert (invoice.amount_overpaid, invoice.is_settled) == (yuan(0), True)
    with pytest.raises(PaymentProven):
        pay.reverse_payment(payment=checkout_payment(checkout), reason="x", by=world.users["chair"], at=world.now)
    assert no_mismatch()


def checkout_payment(checkout: Checkout) -> Payment:
    found = Checkout.objects.get(pk=checkout.pk).payment
    assert found is not None
    return found


def overpaid(world: World, invoice: Invoice, server: StripeServer) -> Invoice:
    """Paid online, and then the tea was cancelled."""
    told(server, server.pay(page(world, invoice).session)[-1])
    tea = PurchaseOrder.objects.get(vendor=world.tea_vendor)
    cancel.cancel(order=tea, reason="x", by=world.users["chair"], at=world.now)
    return Invoice.objects.select_related("organisation", "requisition").get(pk=invoice.pk)


def test_a_partial_refund_waits_for_the_service_and_is_sent_once(
    world: World, invoice: Invoice, server: StripeServer, django_capture_on_commit_callbacks: Any
) -> None:
    invoice = overpaid(world, invoice, server)
    server.books.refund_status = "pending"
    server.down = True
    with django_capture_on_commit_callbacks(execute=True):
        refund.request_refund(invoice=invoice, amount=yuan(100), by=world.users["treasurer"], at=datetime.now(UTC))
    assert server.books.refunds == {}
    server.down = False
    errand = Errand.objects.get(kind="send_refund")
    assert (errand.attempts, errand.last_failure) == (1, str(ProcessorDown()))
    for minutes in (2, 20, 40):  # the clock tries until it is heard, and the service sends it once
        list(tick(at=datetime.now(UTC) + timedelta(minutes=minutes)))
    (sent,) = server.books.refunds.values()
    assert sent["amount"] == 10000
    assert Refund.objects.get().is_open
    assert no_mismatch()
    event = server.finish_refund(sent["id"])[-1]
    assert [told(server, event), told(server, event)] == [200, 200]
    assert Refund.objects.get().transaction_number == sent["id"]
    assert no_mismatch()


def test_a_refund_the_service_cannot_send_is_held_again(
    world: World, invoice: Invoice, server: StripeServer, django_capture_on_commit_callbacks: Any
) -> None:
    invoice = overpaid(world, invoice, server)
    server.books.refund_status = "pending"
    with django_capture_on_commit_callbacks(execute=True):
        refund.request_refund(invoice=invoice, amount=yuan(100), by=world.users["treasurer"], at=datetime.now(UTC))
    held = invoice.amount_overpaid - yuan(100)
    invoice.refresh_from_db()
    assert invoice.amount_overpaid == held
    told(server, server.finish_refund(next(iter(server.books.refunds)), "failed")[-1])
    invoice.refresh_from_db()
    assert invoice.amount_overpaid == held + yuan(100)
    assert Refund.objects.get().failure
    assert no_mismatch()


def test_amounts_that_are_not_taken_and_an_installation_without_a_key(
    world: World, invoice: Invoice, server: StripeServer, settings: Any
) -> None:
    settings.MARKETPLACE_STRIPE_MAXIMUM = 100
    with pytest.raises(AmountNotForOnline):
        page(world, invoice)
    shown = signed_in(world, "treasurer").get(reverse("marketplace:invoice", args=[invoice.number])).content.decode()
    assert "cannot be paid online" in shown
    settings.MARKETPLACE_STRIPE_API_KEY = ""
    with pytest.raises(OnlinePaymentOff):
        page(world, invoice)
    shown = signed_in(world, "treasurer").get(reverse("marketplace:invoice", args=[invoice.number])).content.decode()
    assert "pay-online" not in shown


def test_nothing_is_paid_where_nothing_is_open(world: World, invoice: Invoice, server: StripeServer) -> None:
    told(server, server.pay(page(world, invoice).session)[-1])
    with pytest.raises(NothingOpenToPay):
        page(world, invoice)


def test_our_books_beside_the_services(
    world: World, invoice: Invoice, server: StripeServer, django_capture_on_commit_callbacks: Any
) -> None:
    invoice = overpaid(world, invoice, server)
    with django_capture_on_commit_callbacks(execute=True):
        refund.request_refund(invoice=invoice, amount=yuan(10), by=world.users["treasurer"], at=datetime.now(UTC))
    since, until = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1)
    found = reconcile(since=since, until=until)
    assert (found.is_clean, found.agreed, found.amount) == (True, 2, invoice.amount_paid - yuan(10))
    stray = server.books.open_session(server_params(server))
    server.pay(stray["id"])
    intent = server.books.sessions[stray["id"]]["payment_intent"]
    assert reconcile(since=since, until=until).only_theirs == [(intent, Money(500))]
    ours = Payment.objects.get()
    server.books.intents[ours.transaction_number]["amount_received"] = 1
    assert reconcile(since=since, until=until).different == [(ours.transaction_number, ours.amount, Money(1))]


def server_params(server: StripeServer) -> dict[str, Any]:
    """A payment that somebody made at the service without us."""
    price = {"currency": "cny", "unit_amount": "500", "product_data": {"name": "x"}}
    return {
        "mode": "payment",
        "success_url": f"{server.base}/",
        "line_items": [{"quantity": "1", "price_data": price}],
    }


def test_strangers_open_and_see_no_payment_page(world: World, invoice: Invoice, server: StripeServer) -> None:
    checkout = page(world, invoice)
    for username in ("head", "teaco"):
        client = signed_in(world, username)
        assert client.post(reverse("marketplace:pay_online", args=[invoice.number])).status_code == 404
        assert client.get(reverse("marketplace:paid_online", args=[checkout.reference])).status_code == 404
    refused = signed_in(world, "clerk").post(reverse("marketplace:pay_online", args=[invoice.number]), follow=True)
    assert "You do not have the role" in refused.content.decode()
    assert Checkout.objects.count() == 1
    assert Client().get(reverse("marketplace:stripe_webhook")).status_code == 405


def test_news_of_a_page_that_was_long_replaced_changes_nothing(
    world: World, invoice: Invoice, server: StripeServer
) -> None:
    first = page(world, invoice)
    expired = server.expire(first.session)[-1]  # told only at the end
    list(tick(at=first.opened_at + timedelta(minutes=20)))
    second = page(world, invoice, first.opened_at + timedelta(minutes=21))
    assert second.pk != first.pk
    paid = server.pay(second.session)[-1]
    assert [told(server, paid), told(server, expired), told(server, paid)] == [200, 200, 200]
    assert [row.outcome for row in GatewayEvent.objects.order_by("pk")] == ["settled", "ended"]
    assert Payment.objects.get().checkout.pk == second.pk
    assert no_mismatch()


@pytest.mark.parametrize(("language", "expected"), [("zh-hans", "zh"), ("en", "en")])
def test_the_page_speaks_the_payers_language(
    world: World, invoice: Invoice, server: StripeServer, language: str, expected: str
) -> None:
    client = signed_in(world, "treasurer")
    client.cookies["django_language"] = language
    client.post(reverse("marketplace:pay_online", args=[invoice.number]))
    (session,) = server.books.sessions.values()
    assert session["locale"] == expected


def test_everything_held_goes_back_and_not_a_fen_more(
    world: World, invoice: Invoice, server: StripeServer, django_capture_on_commit_callbacks: Any
) -> None:
    invoice = overpaid(world, invoice, server)
    held, by = invoice.amount_overpaid, world.users["treasurer"]
    with pytest.raises(RefundTooLarge):
        refund.request_refund(invoice=invoice, amount=held + Money(1), by=by, at=datetime.now(UTC))
    with django_capture_on_commit_callbacks(execute=True):
        refund.request_refund(invoice=invoice, amount=held, by=by, at=datetime.now(UTC))
    with pytest.raises(NothingToRefund):
        refund.request_refund(invoice=invoice, amount=Money(1), by=by, at=datetime.now(UTC))
    assert [row["amount"] for row in server.books.refunds.values()] == [held.amount]
    invoice.refresh_from_db()
    assert (invoice.amount_overpaid, invoice.amount_open) == (yuan(0), yuan(0))
    assert Errand.objects.get(kind="send_refund").done_at is not None
    assert no_mismatch()


if STRIPE_TEST_KEY := os.environ.get("STRIPE_TEST_KEY"):  # collected only where there is a key: nothing is skipped

    def test_the_page_opens_at_stripes_own_test_mode(world: World, invoice: Invoice, settings: Any) -> None:
        """The same requests go to Stripe itself, and what it answers is read as the stand-in's is."""
        settings.MARKETPLACE_STRIPE_API_KEY, settings.MARKETPLACE_STRIPE_API_BASE = STRIPE_TEST_KEY, ""
        settings.MARKETPLACE_STRIPE_METHODS = ["card"]
        checkout = page(world, invoice)
        assert checkout.url.startswith("https://checkout.stripe.com/")
        assert page(world, invoice).session == checkout.session
        found = STRIPE.fetch(checkout.session)
        assert (found.state, found.reference, found.amount) == ("open", checkout.reference, invoice.amount_open)
        assert follow_up(checkout=checkout, at=checkout.opened_at) == "waiting"
        assert not Payment.objects.exists()

"""The stand-in for Stripe is as strict as the library's own types, so that a wrong request fails here too."""

from __future__ import annotations

import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from django.core.management import CommandError, call_command

from website.demo.stripe_api import StripeServer

KEY = "sk_test_demonstration"


@pytest.fixture
def server() -> Iterator[StripeServer]:
    with StripeServer() as running:
        yield running


def client(server: StripeServer, key: str = KEY) -> stripe.StripeClient:
    return stripe.StripeClient(key, base_addresses={"api": server.base}, max_network_retries=0)


def wanted(**changes: Any) -> dict[str, Any]:
    """What the product asks for, and what a test changes of it."""
    price = {"currency": "cny", "unit_amount": 12000, "product_data": {"name": "INV-1"}}
    asked = {
        "mode": "payment",
        "client_reference_id": "CK-1",
        "metadata": {"reference": "CK-1"},
        "payment_intent_data": {"metadata": {"reference": "CK-1"}},
        "line_items": [{"quantity": 1, "price_data": price}],
        "allowed_payment_method_types": ["card", "alipay", "wechat_pay"],
        "payment_method_options": {"wechat_pay": {"client": "web"}},
        "success_url": "http://127.0.0.1:9/paid?s={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "expires_at": int(time.time()) + 3600,
        "locale": "zh",
    }
    return {name: value for name, value in {**asked, **changes}.items() if value is not None}


def opened(server: StripeServer, **changes: Any) -> Any:
    return client(server).v1.checkout.sessions.create(wanted(**changes))


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"colour": "red"}, "colour"),
        ({"mode": "gift"}, "mode"),
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"line_items": None}, "line_items"),
        ({"line_items": [{"quantity": "many", "price_data": {"currency": "cny"}}]}, "line_items[0][quantity]"),
        ({"line_items": [{"quantity": 1, "price_data": {}}]}, "line_items[0]"),
        ({"line_items": [{"quantity": 1, "price_data": {"unit_amount": 900}}]}, "line_items[0][price_data][currency]"),
        ({"allowed_payment_method_types": ["shells"]}, "allowed_payment_method_types[0]"),
        ({"payment_method_options": None}, "payment_method_options[wechat_pay][client]"),
        ({"expires_at": 1}, "expires_at"),
        ({"locale": "tlh"}, "locale"),
    ],
    ids=str,
)
def test_a_wrong_request_is_refused_by_the_name_of_what_is_wrong(
    server: StripeServer, changes: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        opened(server, **changes)
    assert str(refusal.value.param).startswith(param)
    assert server.books.sessions == {}


@pytest.mark.parametrize("amount", [399, 100_000_000])
def test_amounts_it_does_not_take(server: StripeServer, amount: int) -> None:
    price = {"currency": "cny", "unit_amount": amount, "product_data": {"name": "x"}}
    with pytest.raises(stripe.InvalidRequestError):
        opened(server, line_items=[{"quantity": 1, "price_data": price}])


def test_a_wrong_key_and_a_wrong_address(server: StripeServer) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client(server, "sk_test_other").v1.checkout.sessions.retrieve("cs_1")
    with pytest.raises(stripe.InvalidRequestError, match="No such session"):
        client(server).v1.checkout.sessions.retrieve("cs_1")
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized"):
        client(server).v1.customers.retrieve("cus_1")


def test_one_key_asks_once(server: StripeServer) -> None:
    params: Any = wanted()
    first = client(server).v1.checkout.sessions.create(params, {"idempotency_key": "a"})
    again = client(server).v1.checkout.sessions.create(params, {"idempotency_key": "a"})
    assert first.id == again.id
    assert len(server.books.sessions) == 1
    other: Any = wanted(locale="en")
    with pytest.raises(stripe.IdempotencyError):
        client(server).v1.checkout.sessions.create(other, {"idempotency_key": "a"})


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def press(session: Any, way: str) -> tuple[int, str]:
    """Press a button of the hosted page: the status, and where it leads or what it shows."""
    data = urllib.parse.urlencode({"way": way}).encode()
    try:
        with urllib.request.build_opener(NoRedirect).open(session.url, data, timeout=5) as page:
            return page.status, page.read().decode()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers["Location"]


def test_the_hosted_page_pays_and_leads_back(server: StripeServer) -> None:
    session = opened(server)
    with urllib.request.urlopen(session.url, timeout=5) as shown:
        page = shown.read().decode()
    assert "CNY 120.00" in page
    assert "支付宝支付" in page
    assert "不会产生任何真实扣款" in page
    status, page = press(session, "decline")
    assert (status, "支付未成功" in page) == (200, True)
    assert press(session, "leave") == (303, "http://127.0.0.1:9/back")
    assert client(server).v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    assert press(session, "alipay") == (303, f"http://127.0.0.1:9/paid?s={session.id}")
    paid = client(server).v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status, paid.amount_total) == ("complete", "paid", 12000)
    assert press(session, "card")[0] == 200  # closed: it cannot be paid twice
    assert len(server.books.intents) == 1


def test_never_more_goes_back_than_was_paid(server: StripeServer) -> None:
    session = opened(server)
    server.pay(session.id)
    intent = server.books.sessions[session.id]["payment_intent"]
    refunds = client(server).v1.refunds
    refunds.create({"payment_intent": intent, "amount": 7000})
    with pytest.raises(stripe.InvalidRequestError):
        refunds.create({"payment_intent": intent, "amount": 5001})
    refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        refunds.create({"payment_intent": intent})
    assert sum(row["amount"] for row in server.books.refunds.values()) == 12000


def test_messages_are_signed_as_the_library_expects(server: StripeServer) -> None:
    session = opened(server)
    event = server.pay(session.id)[-1]
    verify = client(server).construct_event
    payload, signature = server.signed(event)
    assert verify(payload, signature, "whsec_demonstration").data.object.id == session.id
    for bad in (
        server.signed(event, change=(b"12000", b"1")),
        server.signed(event, at=time.time() - 3600),
        server.signed(event, secret="whsec_other"),
    ):
        with pytest.raises(stripe.SignatureVerificationError):
            verify(*bad, "whsec_demonstration")


def test_lists_are_paged(server: StripeServer) -> None:
    for _ in range(5):
        server.pay(opened(server).id)
    found = list(client(server).v1.payment_intents.list({"limit": 2}).auto_paging_iter())
    assert len({row.id for row in found}) == 5


def test_a_service_that_is_down_does_not_answer(server: StripeServer) -> None:
    server.down = True
    with pytest.raises(stripe.APIConnectionError):
        opened(server)


def test_it_serves_demonstrations_and_this_machine_only(settings: Any) -> None:
    with pytest.raises(RuntimeError, match="this machine"):
        StripeServer(webhook_url="https://example.org/hook")
    settings.TESTING = False
    with pytest.raises(CommandError, match="demonstrations and tests only"):
        call_command("serve_stripe")

"""Odd input gets an answer, never a broken page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.models import Stock
from marketplace.fulfilment.models import GoodsReceipt
from marketplace.orders.models import BasketLine
from marketplace.purchase.deliver import dispatch
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db
NUMBERS = ["²", "٣", "-1", "1.5", "9" * 10, "9" * 30, "abc", "", "1e3"]


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


@pytest.mark.parametrize(
    "query", ["price_min=1e30", "price_max=1e999999", "price_min=" + "9" * 30, "month=99", "page=x"]
)
def test_the_catalogue_answers_any_filter(world: World, query: str) -> None:
    assert Client().get(f"{reverse('marketplace:catalogue')}?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/catalogue/?q=%00", "/orders/%00/", "/desk/?x=%00"])
def test_a_nul_is_a_bad_request(world: World, address: str) -> None:
    assert signed_in(world, "clerk").get(address).status_code == 400


@pytest.mark.parametrize("number", NUMBERS)
def test_a_basket_takes_whole_numbers_only(world: World, number: str) -> None:
    address = reverse("marketplace:basket_add", args=[world.society.slug])
    page = signed_in(world, "buyer").post(address, {"pack": world.tea_pack.pk, "quantity": number}, follow=True)
    assert "Enter whole numbers only" in page.content.decode()
    assert not BasketLine.objects.exists()
    assert signed_in(world, "buyer").post(address, {"pack": number, "quantity": "1"}).status_code == 404


@pytest.mark.parametrize("number", NUMBERS)
def test_a_stock_takes_whole_numbers_only(world: World, number: str) -> None:
    address = reverse("vendors:stock", args=[world.tea_pack.pk])
    page = signed_in(world, "teaco").post(address, {"on_hand": number}, follow=True)
    assert page.status_code == 200
    assert Stock.objects.get(pack=world.tea_pack).on_hand == 50


@pytest.mark.parametrize("period", ["since=9999-12&until=9999-12", "until=x", "since=0000-00"])
def test_the_dashboard_answers_any_period(world: World, period: str) -> None:
    assert signed_in(world, "officer").get(f"{reverse('marketplace_backoffice:dashboard')}?{period}").status_code == 200


@pytest.mark.parametrize(("month", "status"), [("9999-12", 200), ("2026-13", 404), ("x", 404)])
def test_the_register_answers_any_month(world: World, month: str, status: int) -> None:
    assert signed_in(world, "officer").get(f"/admin/marketplace/register/{month}/").status_code == status


def test_the_lines_behind_an_impossible_key_are_not_there(world: World) -> None:
    address = reverse("marketplace_backoffice:lines", args=["vendor", "9" * 30])
    assert signed_in(world, "officer").get(address).status_code in (302, 404)


def test_an_empty_count_of_a_consignment_is_asked_for_again(world: World) -> None:
    order = factory.answered(factory.placed(world)[0], world.now)
    quantities = {line.pk: line.quantity_confirmed for line in order.lines.all()}
    consignment = dispatch(order=order, quantities=quantities, by=factory.seat(order), at=world.now)
    address = reverse("marketplace:receive", args=[consignment.reference])
    assert signed_in(world, "store").post(address, {}).status_code == 422
    assert not GoodsReceipt.objects.exists()

"""What screens say once somebody looked: a notice that asks for money, a desk without what is not one's own."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def test_a_payment_notice_asks_for_the_money_until_it_is_paid(world: World) -> None:
    invoice = factory.placed(world)[0].requisition.invoice
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["treasurer"])
    page = client.get(reverse("marketplace:payment_notice", args=[invoice.number])).content.decode()
    assert "Please transfer" in page
    assert "paid in full" not in page
    type(invoice).objects.filter(pk=invoice.pk).update(amount_paid=invoice.amount_open)
    page = client.get(reverse("marketplace:payment_notice", args=[invoice.number])).content.decode()
    assert "Please transfer" not in page
    assert "paid in full" in page

"""A placed order is taken back before its vendor answers: everything it held is free again, once."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.models import Stock
from marketplace.errors import NotPermitted
from marketplace.grouporders.models import Participant
from marketplace.impact.models import ImpactTotal
from marketplace.management.books import CHECKS
from marketplace.money import yuan
from marketplace.orders.errors import AnsweredBeforeCancel, OrderCancelled
from marketplace.orders.models import PurchaseOrder
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase.cancel import cancel
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import record_payment
from marketplace.purchase.tracking import open_orders, track
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def signed_in(world: World, username: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return client


def press_cancel(world: World, username: str, order: PurchaseOrder, reason: str = "开会改期") -> str:
    """What the person reads after asking to cancel."""
    address = reverse("marketplace:cancel_order", args=[order.reference])
    return signed_in(world, username).post(address, {"reason": reason}, follow=True).content.decode()


def test_cancelling_frees_stock_allowances_and_the_debt(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    page = press_cancel(world, "chair", tea)
    assert "This order is cancelled" in page
    assert "开会改期" in page
    stock = Stock.objects.get(pack=world.tea_pack)
    assert (stock.on_hand, stock.reserved) == (50, 0)
    invoice = Invoice.objects.get()
    assert invoice.amount_open == rice.amount == yuan(120)
    allowance = Participant.objects.order_by("pk")[0].allowance
    assert allowance.committed == yuan(40)
    ordered = ImpactTotal.objects.get(dimension="vendor", key=str(tea.vendor_id), measure="ordered")
    assert (ordered.amount, ordered.quantity) == (yuan(0), 0)
    assert [line for check in CHECKS.values() for line in check()] == []


def test_the_vendor_reads_why_and_cannot_answer(world: World) -> None:
    tea, _rice = factory.placed(world)
    press_cancel(world, "chair", tea)
    page = signed_in(world, "teaco").get(reverse("vendors:order", args=[tea.reference])).content.decode()
    assert "This order was cancelled on" in page
    assert "Send the answer" not in page
    assert tea.reference not in signed_in(world, "teaco").get(reverse("vendors:desk")).content.decode()
    with pytest.raises(OrderCancelled):
        factory.answered(tea, world.now)


def test_an_answered_order_is_not_cancelled_alone(world: World) -> None:
    tea, _rice = factory.placed(world)
    factory.answered(tea, world.now)
    page = press_cancel(world, "chair", tea)
    assert "only with the vendor’s consent" in page
    tea.refresh_from_db()
    assert tea.cancelled_at is None
    assert Stock.objects.get(pack=world.tea_pack).reserved == 6
    with pytest.raises(AnsweredBeforeCancel):
        cancel(order=tea, reason="x", by=world.users["chair"], at=world.now)


def test_it_takes_a_reason_and_an_approver(world: World) -> None:
    tea, _rice = factory.placed(world)
    assert "Write the reason" in press_cancel(world, "chair", tea, reason="  ")
    with pytest.raises(NotPermitted):
        cancel(order=tea, reason="x", by=world.users["clerk"], at=world.now)
    tea.refresh_from_db()
    assert tea.cancelled_at is None


def test_cancelling_twice_changes_nothing_more(world: World) -> None:
    tea, _rice = factory.placed(world)
    press_cancel(world, "chair", tea)
    before = Invoice.objects.get().amount_adjusted
    assert "was cancelled, so nothing more" in press_cancel(world, "chair", tea)
    assert Invoice.objects.get().amount_adjusted == before


def test_the_rest_of_the_purchase_goes_on(world: World) -> None:
    tea, rice = factory.placed(world, tea=2, rice=1, count=3)
    cancel(order=tea, reason="x", by=world.users["chair"], at=world.now)
    rice = factory.delivered(factory.answered(rice, world.now), world.users["store"], world.now)
    invoice = Invoice.objects.select_related("organisation").get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)
    handout = make_handout_list(requisition=rice.requisition, by=world.users["clerk"], at=world.now)
    assert handout.rows.count() == 3
    tea = PurchaseOrder.objects.select_related("requisition__group_order", "organisation").get(pk=tea.pk)
    tracking = track([tea], today=world.now.date())[tea.pk]
    assert [entry.step.key for entry in tracking.entries] == ["place", "cancel"]
    assert tracking.next is None
    assert tea not in open_orders([world.union.pk])
    assert [line for check in CHECKS.values() for line in check()] == []


def test_money_already_paid_for_a_cancelled_order_is_held_for_the_buyer(world: World) -> None:
    tea, _rice = factory.placed(world, tea=2, rice=1, count=3)
    invoice = Invoice.objects.select_related("organisation").get()
    receipt = Receipt("B1", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users["treasurer"], at=world.now)
    cancel(order=tea, reason="x", by=world.users["chair"], at=world.now)
    invoice.refresh_from_db()
    assert invoice.amount_open == -tea.amount or invoice.amount_open == yuan(0)
    assert (
        "held for your organisation"
        in signed_in(world, "treasurer").get(reverse("marketplace:invoice", args=[invoice.number])).content.decode()
    )
    assert [line for check in CHECKS.values() for line in check()] == []

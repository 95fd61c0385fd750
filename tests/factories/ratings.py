"""A purchase that is completed, so that it can be rated; and pictures for it."""

from __future__ import annotations

from marketplace.orders.models import OrderLine, PurchaseOrder
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase.pay import enter_fapiao, fapiao_due, record_payment
from marketplace.purchase.place import place
from tests.factories import market
from tests.factories import world as factory
from tests.factories.world import World


def paid(order: PurchaseOrder, world: World, by: str = "keeper") -> None:
    """The order's invoice is paid in full."""
    invoice = Invoice.objects.get(requisition=order.requisition_id)
    receipt = Receipt(f"B{order.pk}", invoice.amount_open, world.now.date())
    record_payment(invoice=invoice, receipt=receipt, by=world.users[by], at=world.now)


def matched(order: PurchaseOrder, world: World) -> None:
    """Its fapiao has come and agrees."""
    due = fapiao_due(order)
    enter_fapiao(
        order=order,
        number=f"2634{order.pk:016d}",
        issued_on=world.now.date(),
        title=order.fapiao_title,
        amount=due.amount,
        tax=due.tax,
        by=factory.seat(order),
        at=world.now,
    )


def completed(world: World, *, quantity: int = 2) -> PurchaseOrder:
    """The society's order of tea: paid, accepted, fapiao matched."""
    order = accepted(world, quantity=quantity)
    paid(order, world)
    matched(order, world)
    return PurchaseOrder.objects.select_related("organisation").get(pk=order.pk)


def accepted(world: World, *, quantity: int = 2) -> PurchaseOrder:
    """The society's order of tea, accepted and neither paid nor invoiced."""
    requisition = market.approved(world, [world.tea_pack], quantity=quantity)
    (order,) = place(requisition=requisition, by=world.users["head"], at=world.now)
    factory.answered(order, world.now)
    return factory.delivered(order, world.users["keeper"], world.now)


def line_of(order: PurchaseOrder) -> OrderLine:
    """Its only line."""
    return OrderLine.objects.select_related("order__organisation", "listing").get(order=order)

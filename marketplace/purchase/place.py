"""Step 7: an approved requisition becomes one order per vendor, with its invoice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit, signals
from ..errands.actions import tell
from ..grouporders.choices import commit_choices
from ..orders.models import PurchaseOrder, Requisition
from ..orders.placing import place_orders
from ..parties.actions import office_day
from ..payments.actions import issue_invoice
from .postings import post_placed


@transaction.atomic
def place(*, requisition: Requisition, by: Any, at: datetime) -> list[PurchaseOrder]:
    """Orders, stock, allowances, book, impact and invoice in one transaction, whatever its size.

    24 statements for a direct order, two more when its vendors have no account in the book yet; 30 for a group order.
    ``InsufficientStock`` names what is short, and then nothing was placed.
    """
    orders = place_orders(requisition=requisition, on=office_day(at), by=by, at=at)
    requisition = orders[0].requisition
    if requisition.group_order is not None:
        commit_choices(group_order=requisition.group_order, by=by, at=at)
    audit.record("marketplace.place", [requisition, *orders], by=by, at=at)
    post_placed(orders, by=by, at=at)
    invoice = issue_invoice(requisition=requisition, orders=orders, by=by, at=at)
    tell(*(("order_placed", order.reference) for order in orders), ("invoice_issued", invoice.number), at=at)
    for order in orders:
        signals.announce(signals.order_placed, sender=PurchaseOrder, order=order)
    return orders

"""A private purchase: one person buys with their own money, asks nobody, and pays before anything is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from ..allowances.models import FundSource, Purpose
from ..conf import setting
from ..errors import NotPermitted
from ..fulfilment.errors import NotLateYet
from ..money import Money
from ..orders import actions as orders
from ..orders.errors import AmountChanged, TooMuchAtOnce
from ..orders.models import PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, DeliveryPoint
from ..payments.models import Invoice
from ..programme.selectors import campaigns_open_on
from .cancel import cancel_unpaid
from .place import place


@transaction.atomic
def buy(
    *,
    buyer: BuyerOrganisation,
    delivery_point: DeliveryPoint,
    fapiao_wanted: bool = False,
    fapiao_title: str = "",
    note: str = "",
    shown: Money | None = None,
    by: Any,
    at: datetime,
) -> Requisition:
    """Everything in an individual's basket, requested and placed in one step; the invoice is to be paid at once.

    ``AmountChanged`` when it comes to another amount than the buyer was ``shown``; ``TooMuchAtOnce``; what placing refuses (``InsufficientStock``) leaves the basket as it was.
    """
    if not buyer.is_individual:
        raise NotPermitted()
    open_now = campaigns_open_on(office_day(at), supporting_code=buyer.county_code)
    made = orders.request_from_basket(
        organisation=buyer,
        campaign=open_now[0] if open_now else None,
        purpose=Purpose.PRIVATE,
        fund_source=FundSource.PRIVATE,
        delivery_point=delivery_point,
        note=note,
        fapiao_wanted=fapiao_wanted,
        fapiao_title=fapiao_title,
        by=by,
        at=at,
    )
    if shown is not None and made.amount_asked != shown:
        raise AmountChanged(amount=made.amount_asked, shown=shown)
    most = Money(setting("PRIVATE_PURCHASE_MAXIMUM"), made.amount.currency)
    if made.amount_asked > most:
        raise TooMuchAtOnce(amount=made.amount_asked, most=most)
    made = orders.submit_requisition(requisition=made, by=by, at=at)
    made = orders.approve_requisition(requisition=made, by=by, at=at)
    place(requisition=made, by=by, at=at)
    return Requisition.objects.select_related("invoice").get(pk=made.pk)


@transaction.atomic
def give_back_unpaid(*, requisition: Requisition, at: datetime) -> list[PurchaseOrder]:
    """The clock takes a private purchase back that was not paid by the day after it was due; its stock is free again.

    ``NotLateYet``. What was paid in part, or arrives at this very moment, is held for the buyer.
    """
    invoice = Invoice.objects.get(requisition=requisition)
    if invoice.is_settled or office_day(at) <= invoice.due_on + timedelta(days=1):
        raise NotLateYet(order=invoice.number)
    with translation.override(settings.LANGUAGE_CODE):
        reason = gettext("The purchase was not paid in time.")
    standing = requisition.orders.filter(cancelled_at=None, answered_at=None).order_by("pk")
    return [cancel_unpaid(order=order, reason=reason, at=at) for order in standing]

"""Going back before delivery: an unanswered order by the buyer alone, a confirmed one with the other side's consent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from ..conf import setting
from ..files import Given
from ..fulfilment import proposals
from ..fulfilment.errors import NotLateYet, NotYetAnswered
from ..fulfilment.models import OPEN, Cancellation, Fault, Side
from ..orders.errors import AnsweredBeforeCancel, CancelReasonMissing, OrderCancelled
from ..orders.locks import lock_order
from ..orders.models import PurchaseOrder
from ..orders.placing import call_off
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import require_role
from ..payments.models import InvoiceAdjustment
from .postings import zero
from .relief import give_up


def _silence() -> str:
    """The clock's reason, in the language the installation keeps its papers in."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("The vendor did not answer in time.")


@transaction.atomic
def cancel(*, order: PurchaseOrder, reason: str, fault: str = Fault.BUYER, by: Any, at: datetime) -> PurchaseOrder:
    """The buyer takes an unanswered order back whole: stock, allowances and the debt are freed. By an approver.

    ``AnsweredBeforeCancel`` once the vendor has answered; ``CancelReasonMissing``.
    """
    order = _lock_unanswered(order)
    require_role(by, order.organisation, Role.APPROVER)
    if not reason.strip():
        raise CancelReasonMissing()
    return _cancel_whole(order, reason, fault, by, at)


@transaction.atomic
def cancel_silent(*, order: PurchaseOrder, at: datetime) -> PurchaseOrder:
    """The clock takes an order back that its vendor has left unanswered for too long.

    ``NotLateYet`` before ``DAYS_TO_CANCEL_SILENT`` days have passed since it was placed.
    """
    order = _lock_unanswered(order)
    if office_day(at) <= office_day(order.placed_at) + timedelta(days=setting("DAYS_TO_CANCEL_SILENT")):
        raise NotLateYet(order=order.reference)
    return _cancel_whole(order, _silence(), Fault.VENDOR, None, at)


@transaction.atomic
def cancel_unpaid(*, order: PurchaseOrder, reason: str, at: datetime) -> PurchaseOrder:
    """The clock takes back a private purchase nobody paid for; ``buy.give_back_unpaid`` knows when."""
    return _cancel_whole(_lock_unanswered(order), reason, Fault.BUYER, None, at)


def _lock_unanswered(order: PurchaseOrder) -> PurchaseOrder:
    order = lock_order(order.pk)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    if order.answered_at is not None:
        raise AnsweredBeforeCancel(order=order.reference)
    return order


def _cancel_whole(order: PurchaseOrder, reason: str, fault: str, by: Any, at: datetime) -> PurchaseOrder:
    cancellation = proposals.propose_cancellation(
        order=order,
        quantities={line.pk: line.quantity_confirmed for line in order.lines.all()},
        side=Side.BUYER,
        fault=fault,
        reason=reason,
        evidence=None,
        by=by,
        at=at,
    )
    cancellation = proposals.agree(proposal=cancellation, side=Side.VENDOR, by=None, at=at)
    return _take_effect(order, cancellation, by=by, at=at)


def cancel_by_vendor(
    *, order: PurchaseOrder, quantities: Mapping[int, int], reason: str, by: Any, at: datetime
) -> PurchaseOrder:
    """What a vendor cannot give after all (order line pk → quantity) is taken out of a locked order, nobody asked.

    A proposal that was open about the order ends with it. Inside the caller's transaction.
    """
    order.cancellations.filter(OPEN).update(withdrawn_at=at, withdrawn_by=by)
    cancellation = proposals.propose_cancellation(
        order=order,
        quantities=quantities,
        side=Side.VENDOR,
        fault=Fault.VENDOR,
        reason=reason,
        evidence=None,
        by=by,
        at=at,
    )
    cancellation = proposals.agree(proposal=cancellation, side=Side.BUYER, by=None, at=at)
    return _take_effect(order, cancellation, by=by, at=at)


@transaction.atomic
def propose_cancellation(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    side: str,
    fault: str,
    reason: str,
    evidence: Given = None,
    by: Any,
    at: datetime,
) -> Cancellation:
    """One side asks to call off what has not been sent (order line pk → quantity).

    The buyer's side by an approver; who may speak for the vendor is asked by the vendors' side.
    """
    order = _lock_for(order, side, by)
    if order.answered_at is None:
        raise NotYetAnswered(order=order.reference)
    return proposals.propose_cancellation(
        order=order, quantities=quantities, side=side, fault=fault, reason=reason, evidence=evidence, by=by, at=at
    )


@transaction.atomic
def agree_to_cancel(*, cancellation: Cancellation, side: str, by: Any, at: datetime) -> PurchaseOrder:
    """The other side consents: stock, allowances, the debt and the totals are freed of these quantities.

    ``MoreThanUnsent`` when goods left in the meantime; then nothing is cancelled.
    """
    order = _lock_for(cancellation.order, side, by)
    cancellation = proposals.agree(proposal=cancellation, side=side, by=by, at=at)
    proposals.require_unsent(order, dict(cancellation.lines.values_list("line_id", "quantity")))
    return _take_effect(order, cancellation, by=by, at=at)


@transaction.atomic
def refuse_to_cancel(*, cancellation: Cancellation, side: str, reason: str, by: Any, at: datetime) -> Cancellation:
    """The other side does not consent, with a reason; the order goes on."""
    _lock_for(cancellation.order, side, by)
    return proposals.refuse(proposal=cancellation, side=side, reason=reason, by=by, at=at)


@transaction.atomic
def withdraw_cancellation(*, cancellation: Cancellation, side: str, by: Any, at: datetime) -> Cancellation:
    """The side that asked thinks better of it."""
    _lock_for(cancellation.order, side, by)
    return proposals.withdraw(proposal=cancellation, side=side, by=by, at=at)


def _lock_for(order: PurchaseOrder, side: str, by: Any) -> PurchaseOrder:
    order = lock_order(order.pk)
    if side == Side.BUYER:
        require_role(by, order.organisation, Role.APPROVER)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    return order


def _take_effect(order: PurchaseOrder, cancellation: Cancellation, *, by: Any, at: datetime) -> PurchaseOrder:
    taken = call_off(
        order=order,
        quantities=dict(cancellation.lines.values_list("line_id", "quantity")),
        reason=cancellation.reason,
        by=by,
        at=at,
    )
    freight = zero() if order.cancelled_at else order.freight  # nothing was sent of an order of which nothing is left
    source = f"cancel:{cancellation.reference}"
    give_up(order, taken, InvoiceAdjustment.Reason.CANCELLED, freight=freight, source=source, by=by, at=at)
    return order

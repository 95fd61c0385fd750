"""Step 8: the vendor confirms all, part or none of each line; until then the buyer may take the order back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ..grouporders.actions import release_shares
from ..impact import actions as impact
from ..impact.actions import Effect
from ..impact.models import Measure
from ..ledger import accounts
from ..ledger.actions import EntryDraft, post
from ..money import total
from ..orders.models import OrderLine, PurchaseOrder
from ..orders.placing import LineAnswer, answer_order, cancel_unanswered
from ..payments.actions import Relief, adjust_invoice
from ..payments.locks import lock_invoice
from ..payments.models import InvoiceAdjustment
from .postings import given_back, post_settled


@transaction.atomic
def answer(*, order: PurchaseOrder, answers: Sequence[LineAnswer], by: Any, at: datetime) -> PurchaseOrder:
    """Keep the answer; what is declined frees stock, allowances and the buyer's debt.

    Who may answer for the vendor is asked by the vendors' side.
    """
    order, lines = answer_order(order=order, answers=answers, by=by, at=at)
    declined = [line for line in lines if line.quantity_declined]
    if declined:
        _give_up(order, declined, InvoiceAdjustment.Reason.DECLINED, source="decline", by=by, at=at)
    return order


@transaction.atomic
def cancel(*, order: PurchaseOrder, reason: str, by: Any, at: datetime) -> PurchaseOrder:
    """The buyer takes an unanswered order back whole: stock, allowances and the debt are freed. By an approver.

    ``AnsweredBeforeCancel`` once the vendor has answered; ``CancelReasonMissing``.
    """
    order, lines = cancel_unanswered(order=order, reason=reason, by=by, at=at)
    _give_up(order, lines, InvoiceAdjustment.Reason.CANCELLED, source="cancel", by=by, at=at)
    return order


def _give_up(
    order: PurchaseOrder, lines: Sequence[OrderLine], reason: str, *, source: str, by: Any, at: datetime
) -> None:
    """What is declined or cancelled of these lines is no longer promised, owed or counted."""
    if order.requisition.group_order is not None:
        release_shares(
            group_order=order.requisition.group_order,
            missing={line.pack_id: line.quantity_declined for line in lines},
            by=by,
            at=at,
        )
    relieve(
        order,
        [Relief(line, line.quantity_declined, reason) for line in lines],
        source=f"{source}:{order.reference}",
        from_account=accounts.committed(order.vendor_id),
        by=by,
        at=at,
    )
    effects = [Effect(order, line, Measure.ORDERED, -line.quantity_declined) for line in lines]
    impact.record(effects=effects, reason=reason, at=at)


def relieve(
    order: PurchaseOrder, reliefs: Sequence[Relief], *, source: str, from_account: str, by: Any, at: datetime
) -> None:
    """Lower the invoice, the vendor's side of the book, and what counts as paid, by these quantities."""
    invoice = lock_invoice(order.requisition_id)
    was_settled = invoice.is_settled
    held = adjust_invoice(invoice=invoice, reliefs=reliefs, by=by, at=at)
    amount = total(relief.amount for relief in reliefs)
    lines = given_back(order, from_account=from_account, amount=amount, held=held)
    post([EntryDraft(source=source, memo=order.vendor_name, lines=lines)], by=by, at=at)
    if was_settled:
        effects = [Effect(order, relief.line, Measure.PAID, -relief.quantity) for relief in reliefs]
        impact.record(effects=effects, reason=reliefs[0].reason, at=at)
    elif invoice.is_settled:
        post_settled(invoice, at=at)

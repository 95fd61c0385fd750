"""Cancellations and returns as one side asks for them and the other answers; what they set off is the road's.

All inside the caller's transaction, with the order locked: it also guards its proposals.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from .. import audit
from ..catalogue.errors import ReasonMissing
from ..conf import currency, setting
from ..files import Given, Kind, keep
from ..money import total
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..references import unique_references
from .errors import (
    AlreadyAccepted,
    MoreThanAccepted,
    MoreThanUnsent,
    NoReplacementDue,
    NotAccepted,
    NothingCancelled,
    NothingReturned,
    NotYoursToAnswer,
    NotYoursToWithdraw,
    ProposalClosed,
    ProposalOpen,
    ReplacementNotLate,
    ReturnTooLate,
)
from .models import (
    OPEN,
    Acceptance,
    AcceptanceLine,
    Cancellation,
    CancellationLine,
    GoodsReturn,
    GoodsReturnLine,
    Proposal,
    Question,
    Side,
)
from .selectors import line_counts

P = TypeVar("P", bound=Question)


def propose_cancellation(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    side: str,
    fault: str,
    reason: str,
    evidence: Given,
    by: Any,
    at: datetime,
) -> Cancellation:
    """Ask that so many unsent packs (order line pk → quantity) of a locked order be cancelled."""
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity > 0}
    if not quantities:
        raise NothingCancelled()
    if not reason.strip():
        raise ReasonMissing()
    if standing := order.cancellations.filter(OPEN).first():
        raise ProposalOpen(proposal=standing.reference)
    require_unsent(order, quantities)
    cancellation = Cancellation(order=order)
    _keep(cancellation, "CX", side, fault, reason, evidence, by, at)
    CancellationLine.objects.bulk_create(
        CancellationLine(cancellation=cancellation, line_id=pk, quantity=quantity)
        for pk, quantity in sorted(quantities.items())
    )
    audit.record("marketplace.propose_cancellation", [order], by=by, at=at, reason=cancellation.reason)
    return cancellation


def require_unsent(order: PurchaseOrder, quantities: Mapping[int, int]) -> None:
    """``MoreThanUnsent`` names a line of which not so many are still to be sent; ``AlreadyAccepted``."""
    if Acceptance.objects.filter(order=order).exists():
        raise AlreadyAccepted(order=order.reference)
    counts = line_counts(order)
    names = {line.pk: str(line) for line in order.lines.all()}
    for pk, quantity in quantities.items():
        if pk not in counts or quantity > counts[pk].unsent:
            raise MoreThanUnsent(line=names.get(pk, pk), left=counts[pk].unsent if pk in counts else 0)


def propose_return(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    remedy: str,
    fault: str,
    reason: str,
    evidence: Given,
    by: Any,
    at: datetime,
) -> GoodsReturn:
    """Ask the vendor to take accepted goods of a locked order back (order line pk → quantity)."""
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity > 0}
    if not quantities:
        raise NothingReturned()
    if not reason.strip():
        raise ReasonMissing()
    if standing := order.returns.filter(OPEN).first():
        raise ProposalOpen(proposal=standing.reference)
    acceptance = Acceptance.objects.filter(order=order).first()
    if acceptance is None:
        raise NotAccepted(order=order.reference)
    if office_day(at) > office_day(acceptance.accepted_at) + timedelta(days=setting("DAYS_TO_RETURN")):
        raise ReturnTooLate(days=setting("DAYS_TO_RETURN"))
    accepted = _require_kept(order, quantities)
    price = {pk: accepted[pk].line.unit_price for pk in quantities}
    goods_return = GoodsReturn(
        order=order, remedy=remedy, amount=total((price[pk] * n for pk, n in quantities.items()), currency())
    )
    _keep(goods_return, "RT", Side.BUYER, fault, reason, evidence, by, at)
    GoodsReturnLine.objects.bulk_create(
        GoodsReturnLine(goods_return=goods_return, line_id=pk, quantity=quantity)
        for pk, quantity in sorted(quantities.items())
    )
    audit.record("marketplace.propose_return", [order], by=by, at=at, reason=goods_return.reason)
    return goods_return


def _require_kept(order: PurchaseOrder, quantities: Mapping[int, int]) -> dict[int, AcceptanceLine]:
    """Goods that wait for their replacement cannot go back a second time."""
    accepted = {row.line_id: row for row in AcceptanceLine.objects.filter(line__order=order).select_related("line")}
    promised = GoodsReturnLine.objects.filter(
        goods_return__order=order,
        goods_return__agreed_at__isnull=False,
        goods_return__returned_at=None,
        goods_return__arrived_at=None,
    )
    waiting: dict[int, int] = {}
    for line_pk, quantity in promised.values_list("line_id", "quantity"):
        waiting[line_pk] = waiting.get(line_pk, 0) + quantity
    for pk, quantity in quantities.items():
        row = accepted.get(pk)
        left = row.quantity - row.quantity_returned - waiting.get(pk, 0) if row else 0
        if quantity > left:
            raise MoreThanAccepted(line=str(row.line) if row else pk, left=left)
    return accepted


def _keep(
    proposal: Proposal,
    prefix: str,
    side: str,
    fault: str,
    reason: str,
    evidence: Given,
    by: Any,
    at: datetime,
) -> None:
    proposal.reference = unique_references(prefix, 1, at=at)[0]
    proposal.side, proposal.fault, proposal.reason = side, fault, reason.strip()[:300]
    proposal.proposed_at, proposal.proposed_by = at, by
    proposal.evidence = keep(kind=Kind.EVIDENCE, upload=evidence, by=by, at=at)
    proposal.save(force_insert=True)


def agree(*, proposal: P, side: str, by: Any, at: datetime) -> P:
    """The other side says yes."""
    proposal = _reread(proposal)
    if side == proposal.side:
        raise NotYoursToAnswer()
    proposal.agreed_at, proposal.agreed_by = at, by
    proposal.save(update_fields=["agreed_at", "agreed_by"])
    return proposal


def refuse(*, proposal: P, side: str, reason: str, by: Any, at: datetime) -> P:
    """The other side says no, with a reason."""
    proposal = _reread(proposal)
    if side == proposal.side:
        raise NotYoursToAnswer()
    if not reason.strip():
        raise ReasonMissing()
    proposal.refused_at, proposal.refused_by, proposal.refusal = at, by, reason.strip()[:300]
    proposal.save(update_fields=["refused_at", "refused_by", "refusal"])
    audit.record("marketplace.refuse_proposal", [proposal], by=by, at=at, reason=proposal.refusal)
    return proposal


def withdraw(*, proposal: P, side: str, by: Any, at: datetime) -> P:
    """The side that asked takes it back."""
    proposal = _reread(proposal)
    if side != proposal.side:
        raise NotYoursToWithdraw()
    proposal.withdrawn_at, proposal.withdrawn_by = at, by
    proposal.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("marketplace.withdraw_proposal", [proposal], by=by, at=at)
    return proposal


def _reread(proposal: P) -> P:
    """As it is now that its order is locked; ``ProposalClosed``."""
    proposal = type(proposal)._default_manager.get(pk=proposal.pk)
    if not proposal.is_open:
        raise ProposalClosed(proposal=proposal.reference)
    return proposal


def send_replacement(
    *, goods_return: GoodsReturn, carrier: str, waybill_number: str, by: Any, at: datetime
) -> GoodsReturn:
    """The vendor sends goods in place of those that go back, once."""
    goods_return = GoodsReturn.objects.get(pk=goods_return.pk)
    if not goods_return.waits_for_replacement or goods_return.replaced_at is not None:
        raise NoReplacementDue(proposal=goods_return.reference)
    goods_return.replaced_at, goods_return.replaced_by = at, by
    goods_return.carrier, goods_return.waybill_number = carrier.strip()[:60], waybill_number.strip()[:40]
    goods_return.save(update_fields=["replaced_at", "replaced_by", "carrier", "waybill_number"])
    audit.record("marketplace.send_replacement", [goods_return.order], by=by, at=at)
    return goods_return


def take_replacement(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """The replacement has arrived whole."""
    goods_return = GoodsReturn.objects.get(pk=goods_return.pk)
    if not goods_return.waits_for_replacement or goods_return.replaced_at is None:
        raise NoReplacementDue(proposal=goods_return.reference)
    goods_return.arrived_at, goods_return.arrived_by = at, by
    goods_return.save(update_fields=["arrived_at", "arrived_by"])
    audit.record("marketplace.take_replacement", [goods_return.order], by=by, at=at)
    return goods_return


def give_up_replacement(*, goods_return: GoodsReturn, by: Any, at: datetime) -> GoodsReturn:
    """A replacement that is overdue is no longer waited for: the return is for money now."""
    goods_return = GoodsReturn.objects.get(pk=goods_return.pk)
    since = goods_return.replaced_at or goods_return.agreed_at
    if not goods_return.waits_for_replacement or since is None:
        raise NoReplacementDue(proposal=goods_return.reference)
    day = office_day(since) + timedelta(days=setting("DAYS_TO_REPLACE"))
    if office_day(at) <= day:
        raise ReplacementNotLate(day=day)
    return goods_return

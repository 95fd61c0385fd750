"""Baskets and requisitions: gather, request, submit, decide. Placing and answering stand in ``placing``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..allowances.selectors import rule_pack_for
from ..catalogue.errors import ReasonMissing
from ..catalogue.models import Pack
from ..catalogue.taking import require_takes_orders
from ..conf import currency
from ..errands.actions import tell
from ..grouporders.closing import misfit_text
from ..grouporders.lifecycle import State as GroupOrderState
from ..grouporders.locks import lock_group_order
from ..grouporders.models import ChoiceLine, GroupOrder
from ..money import Money, total
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, DeliveryPoint, Role
from ..parties.selectors import require_role
from ..programme.models import Campaign
from ..references import unique_references
from .errors import (
    AlreadyRequested,
    BasketEmpty,
    BlockedByRule,
    GroupOrderNotClosed,
    LinesDoNotFit,
    NotOnSale,
    SelfApproval,
)
from .lifecycle import LIFE, State
from .locks import lock_requisition
from .models import Approval, BasketLine, Override, Requisition, RequisitionFinding, RequisitionLine
from .quoting import keep_quotes
from .selectors import basket_of, findings_for, line_misfits, lines_of


@transaction.atomic
def set_basket_line(
    *, organisation: BuyerOrganisation, pack: Pack, quantity: int, by: Any, at: datetime
) -> BasketLine | None:
    """Put ``quantity`` of a pack in the organisation's basket in place of what was there; 0 takes it out."""
    require_role(by, organisation, Role.REQUESTER)
    if quantity <= 0:
        BasketLine.objects.filter(organisation=organisation, pack=pack).delete()
        return None
    if not (pack.is_offered and pack.listing.live):
        raise NotOnSale(pack=str(pack))
    require_takes_orders([pack], office_day(at))
    line, _created = BasketLine.objects.update_or_create(
        organisation=organisation, pack=pack, defaults={"quantity": quantity, "added_by": by, "added_at": at}
    )
    return line


@transaction.atomic
def request_from_basket(
    *,
    organisation: BuyerOrganisation,
    campaign: Campaign | None,
    purpose: str,
    fund_source: str,
    delivery_point: DeliveryPoint,
    note: str = "",
    fapiao_wanted: bool = True,
    fapiao_title: str = "",
    by: Any,
    at: datetime,
) -> Requisition:
    """Turn the whole basket into a requisition being prepared, at the tiers its quantities reach."""
    require_role(by, organisation, Role.REQUESTER)
    BuyerOrganisation.objects.select_for_update().get(pk=organisation.pk)
    basket = basket_of(organisation)
    if not basket:
        raise BasketEmpty()
    require_takes_orders([line.pack for line in basket], office_day(at))
    if found := line_misfits(basket):
        raise LinesDoNotFit(lines=misfit_text(found), misfits=found)
    requisition = Requisition(
        organisation=organisation,
        campaign=campaign,
        purpose=purpose,
        fund_source=fund_source,
        delivery_point=delivery_point,
        note=note,
        fapiao_wanted=fapiao_wanted,
        fapiao_title=fapiao_title.strip(),
    )
    _draft(requisition, [(line.pack, line.quantity, line.unit_price) for line in basket], by, at)
    BasketLine.objects.filter(organisation=organisation).delete()
    return requisition


@transaction.atomic
def request_from_group_order(*, group_order: GroupOrder, note: str = "", by: Any, at: datetime) -> Requisition:
    """Turn a closed group order's choices into a requisition being prepared."""
    group_order = lock_group_order(group_order.pk)
    require_role(by, group_order.organisation, Role.REQUESTER)
    if group_order.state != GroupOrderState.CLOSED:
        raise GroupOrderNotClosed(title=group_order.title)
    if standing := group_order.requisitions.exclude(state=State.CANCELLED).first():
        raise AlreadyRequested(title=group_order.title, reference=standing.reference)
    requisition = Requisition(
        organisation=group_order.organisation,
        group_order=group_order,
        campaign=group_order.campaign,
        purpose=group_order.purpose,
        fund_source=group_order.fund_source,
        delivery_point=group_order.delivery_point,
        note=note,
    )
    _draft(requisition, _chosen(group_order), by, at)
    return requisition


def _chosen(group_order: GroupOrder) -> list[tuple[Pack, int, Money]]:
    wanted: dict[int, tuple[int, Money]] = {}
    lines = ChoiceLine.objects.filter(choice__participant__group_order=group_order, choice__replaced_at=None)
    for pack_pk, quantity, price in lines.values_list("pack_id", "quantity", "unit_price"):
        wanted[pack_pk] = (wanted.get(pack_pk, (0, price))[0] + quantity, price)
    packs = Pack.objects.select_related("listing__vendor").in_bulk(wanted)
    return [(packs[pk], quantity, price) for pk, (quantity, price) in sorted(wanted.items())]


def _draft(requisition: Requisition, wanted: Sequence[tuple[Pack, int, Money]], by: Any, at: datetime) -> None:
    requisition.reference = unique_references("REQ", 1, at=at)[0]
    requisition.amount = total((price * quantity for _pack, quantity, price in wanted), currency())
    requisition.drafted_by, requisition.drafted_at = by, at
    requisition.save()
    lines = RequisitionLine.objects.bulk_create(
        RequisitionLine(
            requisition=requisition, pack=pack, quantity=quantity, unit_price=price, weight_grams=pack.grams_to_send
        )
        for pack, quantity, price in wanted
    )
    keep_quotes(requisition, lines)
    requisition.save(update_fields=["freight"])
    audit.record("marketplace.draft_requisition", [requisition], by=by, at=at)


@transaction.atomic
def submit_requisition(*, requisition: Requisition, by: Any, at: datetime) -> Requisition:
    """Check against the rule pack in force and ask for approval; the findings are kept as they were."""
    requisition = lock_requisition(requisition.pk)
    require_role(by, requisition.organisation, Role.REQUESTER)
    LIFE.require(requisition, State.SUBMITTED)
    lines = list(lines_of(requisition))
    if found := line_misfits(lines):
        raise LinesDoNotFit(lines=misfit_text(found), misfits=found)
    keep_quotes(requisition, lines)
    pack = rule_pack_for(requisition.organisation, office_day(at))
    requisition.findings.all().delete()
    RequisitionFinding.objects.bulk_create(
        RequisitionFinding(
            requisition=requisition,
            member_id=finding.member_pk,
            **{name: getattr(finding, name) for name in ("kind", "level", "grade", "basis", "cap", "after")},
        )
        for finding in findings_for(requisition, pack)
    )
    requisition.rule_pack, requisition.state = pack, State.SUBMITTED
    requisition.requested_by, requisition.requested_at = by, at
    requisition.save(update_fields=["freight", "rule_pack", "state", "requested_by", "requested_at"])
    audit.record("marketplace.submit_requisition", [requisition], by=by, at=at)
    tell(("requisition_waiting", requisition.reference), at=at)
    return requisition


@transaction.atomic
def approve_requisition(*, requisition: Requisition, override_reason: str = "", by: Any, at: datetime) -> Requisition:
    """Say yes. ``SelfApproval`` to its requester; blocking findings need ``override_reason``."""
    requisition = lock_requisition(requisition.pk)
    _require_may_decide(requisition, by)
    LIFE.require(requisition, State.APPROVED)
    blocking = list(requisition.findings.filter(level="block"))
    if blocking and not override_reason.strip():
        raise BlockedByRule(count=len(blocking))
    Override.objects.bulk_create(
        Override(finding=finding, reason=override_reason.strip(), overridden_by=by, overridden_at=at)
        for finding in blocking
    )
    return _decide(requisition, State.APPROVED, Approval.Decision.APPROVED, override_reason.strip(), by, at)


@transaction.atomic
def return_requisition(*, requisition: Requisition, reason: str, by: Any, at: datetime) -> Requisition:
    """Say no for now, with a reason; the requester may mend, submit again or cancel."""
    requisition = lock_requisition(requisition.pk)
    _require_may_decide(requisition, by)
    LIFE.require(requisition, State.RETURNED)
    if not reason.strip():
        raise ReasonMissing()
    Override.objects.filter(finding__requisition=requisition).delete()
    requisition = _decide(requisition, State.RETURNED, Approval.Decision.RETURNED, reason.strip(), by, at)
    tell(("requisition_returned", requisition.reference), at=at)
    return requisition


def _require_may_decide(requisition: Requisition, by: Any) -> None:
    require_role(by, requisition.organisation, Role.APPROVER)
    is_own_money = requisition.organisation.is_individual  # nobody has to approve one's own money
    if by.pk in (requisition.requested_by_id, requisition.drafted_by_id) and not is_own_money:
        raise SelfApproval()


def _decide(requisition: Requisition, state: State, decision: str, reason: str, by: Any, at: datetime) -> Requisition:
    Approval.objects.create(requisition=requisition, decision=decision, reason=reason, decided_by=by, decided_at=at)
    requisition.state = state
    requisition.save(update_fields=["state"])
    audit.record(f"marketplace.requisition_{decision}", [requisition], by=by, at=at, reason=reason)
    return requisition


@transaction.atomic
def cancel_requisition(*, requisition: Requisition, by: Any, at: datetime) -> Requisition:
    """Drop a requisition that was never approved; a group order behind it can be reopened."""
    requisition = lock_requisition(requisition.pk)
    require_role(by, requisition.organisation, Role.REQUESTER)
    LIFE.require(requisition, State.CANCELLED)
    requisition.state = State.CANCELLED
    requisition.save(update_fields=["state"])
    audit.record("marketplace.cancel_requisition", [requisition], by=by, at=at)
    return requisition

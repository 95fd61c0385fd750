"""An order was counted for the wrong thing: another officer agrees, and what was counted moves by entries of today."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from ..impact import actions as impact
from ..impact import corrections
from ..impact.actions import Effect
from ..impact.corrections import Attribution
from ..impact.models import AttributionCorrection, ImpactEntry
from ..orders.locks import lock_order
from ..orders.models import PurchaseOrder
from ..payments.locks import lock_invoice


@transaction.atomic
def propose_correction(
    *, order: PurchaseOrder, to: Attribution, reason: str, by: Any, at: datetime
) -> AttributionCorrection:
    """Ask for another attribution, with a reason: somebody of the buyer, or an officer of its county."""
    return corrections.propose_correction(order=lock_order(order.pk), to=to, reason=reason, by=by, at=at)


@transaction.atomic
def refuse_correction(
    *, correction: AttributionCorrection, reason: str, by: Any, at: datetime
) -> AttributionCorrection:
    """Leave the attribution as it is, with a reason. By another officer of the buyer's county."""
    lock_order(correction.order_id)
    return corrections.decide(correction=correction, refusal=reason, by=by, at=at)


@transaction.atomic
def agree_to_correct(*, correction: AttributionCorrection, by: Any, at: datetime) -> PurchaseOrder:
    """Count the order for the new campaign, purpose and fund source. By another officer of the buyer's county.

    Everything counted so far is taken back under the old attribution and posted under the new one, dated today; what
    was posted before is never changed.
    """
    order = lock_order(correction.order_id)
    lock_invoice(order.requisition_id)  # nobody posts paid or completed meanwhile
    correction = corrections.decide(correction=correction, refusal=None, by=by, at=at)
    counted = _counted(order)
    _post(order, counted, -1, at)
    order.campaign, order.purpose, order.fund_source = correction.campaign, correction.purpose, correction.fund_source
    order.save(update_fields=["campaign", "purpose", "fund_source"])
    _post(order, counted, 1, at)
    return order


def _counted(order: PurchaseOrder) -> list[tuple[int, str, int]]:
    """(order line, measure, quantity) as it stands."""
    rows = ImpactEntry.objects.filter(line__order=order).values_list("line_id", "measure")
    return [(pk, measure, n) for pk, measure, n in rows.annotate(n=Sum("quantity")).order_by("line_id", "measure") if n]


def _post(order: PurchaseOrder, counted: list[tuple[int, str, int]], sign: int, at: datetime) -> None:
    lines = {line.pk: line for line in order.lines.all()}
    effects = [Effect(order, lines[pk], measure, sign * quantity) for pk, measure, quantity in counted]
    impact.record(effects=effects, reason=ImpactEntry.Reason.CORRECTED, at=at)

"""The four measures of what was bought here, order line by order line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from django.db.models import F

from ...impact.models import ImpactEntry
from ...orders.models import PurchaseOrder
from ...payments.models import Fapiao, Invoice
from .due import DueLine, due_by_line
from .reading import Mismatches, differences, fen, tally


def impact_measures() -> Mismatches:
    """Each order line's four measures are what happened to it."""
    lines = due_by_line()
    posted = Counter[tuple[int, str]]()
    rows = ImpactEntry.objects.filter(line__isnull=False).values_list("line_id", "measure", "quantity", "amount")
    for pk, measure, quantity, amount in rows:
        posted[pk, measure] += quantity
        if fen(amount) != quantity * lines[pk].price:
            yield f"impact entry of order line {pk}: {measure} {fen(amount)} for {quantity}"
    yield from differences("impact of order line", posted, _measures(lines))
    yield from _under_another_campaign()


def _measures(lines: Mapping[int, DueLine]) -> dict[tuple[int, str], int]:
    """(order line, measure) → quantity."""
    settled = set(Invoice.objects.filter(settled_at__isnull=False).values_list("requisition_id", flat=True))
    matched = set(Fapiao.objects.filter(voided_at=None).values_list("order_id", flat=True))
    matched |= set(PurchaseOrder.objects.filter(fapiao_wanted=False).values_list("pk", flat=True))
    wanted = {}
    for pk, line in lines.items():
        kept = (line.accepted or 0) - line.returned
        is_paid = line.requisition in settled
        wanted[pk, "ordered"] = line.confirmed
        wanted[pk, "accepted"] = kept
        wanted[pk, "paid"] = line.payable if is_paid else 0
        wanted[pk, "completed"] = kept if is_paid and line.order in matched else 0
    return wanted


def _under_another_campaign() -> Mismatches:
    """What a line posted under another campaign than its order's has been taken back there."""
    strays = (
        ImpactEntry.objects.filter(line__isnull=False)
        .exclude(campaign=F("line__order__campaign"))
        .exclude(campaign=None, line__order__campaign=None)
    )
    sums = tally(strays.values_list("line_id", "measure", "campaign_id", "quantity"))
    yield from (
        f"impact of order line {key}: {n} under another campaign" for key, n in sorted(sums.items(), key=str) if n
    )

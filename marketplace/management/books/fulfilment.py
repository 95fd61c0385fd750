"""What was accepted, beside what was received whole and what went back."""

from __future__ import annotations

from collections import Counter

from ...fulfilment.models import AcceptanceLine, GoodsReceiptLine
from .due import returned
from .reading import Mismatches, differences, fen, tally


def acceptances() -> Mismatches:
    """Accepted is what was received whole; certificates show what their lines add up to."""
    received = tally(GoodsReceiptLine.objects.values_list("consigned__line_id", "quantity_received"))
    back = returned()
    sums, kept = Counter[str](), {}
    for row in AcceptanceLine.objects.select_related("acceptance", "line"):
        sums[row.acceptance.number] += fen(row.line.unit_price) * row.quantity
        kept[row.acceptance.number] = fen(row.acceptance.amount)
        what = f"acceptance of order line {row.line_id}"
        if row.quantity != received[row.line_id]:
            yield f"{what}: {row.quantity}, receipts say {received[row.line_id]}"
        if row.quantity_returned != back[row.line_id]:
            yield f"{what}: returned {row.quantity_returned}, returns say {back[row.line_id]}"
    yield from differences("certificate", kept, sums)

"""Questions about what is owed and paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import Sum

from .models import InvoiceAdjustment


def adjusted_quantities(line_pks: Sequence[int]) -> Counter[int]:
    """Per order line (pk): how many need not be paid."""
    rows = InvoiceAdjustment.objects.filter(line_id__in=line_pks).values("line_id").annotate(taken=Sum("quantity"))
    return Counter({row["line_id"]: row["taken"] for row in rows})

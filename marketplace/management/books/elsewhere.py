"""Purchases made elsewhere: their lines, what they count for, and that no fapiao counts twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...impact.elsewhere.models import ElsewhereLine, ElsewherePurchase
from ...impact.models import ImpactEntry
from ...payments.models import Fapiao
from .reading import Mismatches, differences, fen, in_fen, tally

ATTRIBUTION = ("mode", "channel", "organisation_id", "campaign_id", "vendor_id", "buyer_kind", "buyer_county")


def purchases_elsewhere() -> Mismatches:
    """A purchase made elsewhere is the sum of its lines, and counts as completed exactly while it is confirmed."""
    lines = {row["pk"]: row for row in _lines()}
    sums = tally((line["purchase__reference"], line["amount"]) for line in lines.values())
    kept = in_fen(ElsewherePurchase.objects.values_list("reference", "amount"))
    yield from differences("purchase made elsewhere", kept, sums)
    yield from _impact(lines)
    yield from _counted_twice()


def _lines() -> Any:
    return ElsewhereLine.objects.values(
        "pk", "amount", "quantity", "origin_code", "category_id", "purchase__reference", "purchase__state",
        *(f"purchase__{name}" for name in ATTRIBUTION),
    )  # fmt: skip


def _impact(lines: Mapping[int, Mapping[str, Any]]) -> Mismatches:
    """What was posted for each line, under all it is attributed to."""
    posted = ImpactEntry.objects.filter(elsewhere_line__isnull=False)
    amounts = posted.values_list("elsewhere_line_id", "measure", *ATTRIBUTION, "origin_code", "category_id", "amount")
    wanted = {
        (pk, "completed", *_attribution(line)): fen(line["amount"]) if _counts(line) else 0
        for pk, line in lines.items()
    }
    yield from differences("impact of elsewhere line", tally(amounts), wanted)
    quantities = tally(posted.values_list("elsewhere_line_id", "quantity"))
    due = {pk: (line["quantity"] or 0) * _counts(line) for pk, line in lines.items()}
    yield from differences("quantity of elsewhere line", quantities, due)


def _counts(line: Mapping[str, Any]) -> bool:
    return bool(line["purchase__state"] == "confirmed")


def _attribution(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return (*(line[f"purchase__{name}"] for name in ATTRIBUTION), line["origin_code"], line["category_id"])


def _counted_twice() -> Mismatches:
    handed_in = dict(ElsewherePurchase.objects.filter(state="confirmed").values_list("fapiao_number", "reference"))
    for number, order in Fapiao.objects.filter(number__in=handed_in).values_list("number", "order__reference"):
        yield f"fapiao {number}: counted for {order} and for {handed_in[number]}"

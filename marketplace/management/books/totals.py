"""The impact totals dashboards read, beside the entries they are the sum of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ...impact.models import ImpactEntry, ImpactTotal
from .reading import Mismatches, differences, fen


def impact_totals() -> Mismatches:
    """Every total is the sum of its entries, under every dimension that is offered, each way of buying apart."""
    kept: dict[Any, int] = {}
    for *key, amount, quantity in ImpactTotal.objects.values_list(
        "dimension", "key", "month", "measure", "mode", "channel", "amount", "quantity"
    ):
        kept[*key, "fen"], kept[*key, "quantity"] = fen(amount), quantity
    yield from differences("impact total", kept, _wanted())


def _wanted() -> Counter[Any]:
    """(dimension, key, month, measure, mode, channel, unit) → what the entries add up to."""
    sums: Counter[Any] = Counter()
    for entry in ImpactEntry.objects.values(
        "measure", "amount", "quantity", "posted_on", "organisation_id", "buyer_kind", "buyer_county", "campaign_id",
        "vendor_id", "vendor_county", "origin_code", "category_id", "counted_for_id", "mode", "channel",
    ):  # fmt: skip
        way = entry["mode"], "platform" if entry["channel"] == "platform" else "elsewhere"
        for dimension, key in _dimensions(entry).items():
            total = dimension, str(key), entry["posted_on"].replace(day=1), entry["measure"], *way
            sums[*total, "fen"] += fen(entry["amount"])
            sums[*total, "quantity"] += entry["quantity"]
    return sums


def _dimensions(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Dimension → key of every total an entry counts in."""
    origin, campaign, vendor = entry["origin_code"], entry["campaign_id"], entry["vendor_id"]
    found = {
        "buyer": entry["organisation_id"],
        "buyer_kind": entry["buyer_kind"],
        "buyer_county": entry["buyer_county"],
        "vendor_county": entry["vendor_county"],
        "category": entry["category_id"],
        "township": origin[:9],
        "buyer_township": f"{entry['organisation_id']}:{origin[:9]}",
    }
    if len(origin) == 12:
        found["village"] = origin
    if campaign and vendor:
        found["campaign_vendor"] = f"{campaign}:{vendor}"
    only_some = {"vendor": vendor, "counted_for": entry["counted_for_id"], "campaign": campaign}
    return found | {dimension: key for dimension, key in only_some.items() if key}

"""Loading dated regions from their data file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from .models import Region

REGIONS_FILE = Path(__file__).with_name("regions.toml")


def load_regions(path: Path = REGIONS_FILE) -> int:
    """Bring the region table up to the editions in ``path``; how many rows were new. Safe to repeat.

    The file's schema stands at its top. A parent is looked up by code within the file.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {(region.code, region.valid_from): region for region in Region.objects.all()}
    latest = {region.code: region for region in Region.objects.order_by("valid_from")}
    before = len(known)
    rows = [row for row in document["region"] if (row["code"], _since(row, document)) not in known]
    for _depth, together in groupby(sorted(rows, key=_depth_of), key=_depth_of):  # parents before their children
        made = [_edition(row, document, latest) for row in together]
        for region in Region.objects.bulk_create(made):
            known[region.code, region.valid_from] = region
            if region.valid_to is None or region.code not in latest:
                latest[region.code] = region
    return len(known) - before


def _depth_of(row: Mapping[str, Any]) -> int:
    code: str = row["code"]
    return len(code.rstrip("0")) if len(code) == 6 else len(code)


def _since(row: Mapping[str, Any], document: Mapping[str, Any]) -> date:
    return _day(row.get("valid_from", document["valid_from"]))


def _edition(row: Mapping[str, Any], document: Mapping[str, Any], latest: Mapping[str, Region]) -> Region:
    return Region(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent=latest.get(row.get("parent", "")),
        designation=row.get("designation", ""),
        edition=row.get("edition", document["edition"]),
        is_provisional=row.get("provisional", False),
        valid_from=_since(row, document),
        valid_to=_day(row["valid_to"]) if "valid_to" in row else None,
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)

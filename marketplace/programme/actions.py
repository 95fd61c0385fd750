"""Loading dated regions from their data file."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

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
    for row in sorted(
        document["region"], key=lambda row: len(row["code"].rstrip("0")) if len(row["code"]) == 6 else len(row["code"])
    ):
        valid_from = _day(row.get("valid_from", document["valid_from"]))
        if (row["code"], valid_from) in known:
            continue
        region = Region.objects.create(
            code=row["code"],
            name=row["name"],
            level=row["level"],
            parent=latest.get(row.get("parent", "")),
            designation=row.get("designation", ""),
            edition=row.get("edition", document["edition"]),
            is_provisional=row.get("provisional", False),
            valid_from=valid_from,
            valid_to=_day(row["valid_to"]) if "valid_to" in row else None,
        )
        known[region.code, valid_from] = region
        if region.valid_to is None or region.code not in latest:
            latest[region.code] = region
    return len(known) - before


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)

"""A vendor says what delivery costs. Who at the vendor may is the vendors' side's business."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..parties.models import Vendor
from ..programme.models import Region
from .errors import AreaTwice, ElsewhereMissing
from .freight import Zone
from .freight_rules import FreightRule, FreightZone


@transaction.atomic
def set_freight_rule(*, vendor: Vendor, zones: Sequence[Zone], by: Any, at: datetime) -> FreightRule:
    """A new edition, in force for whatever is requested from now on; without zones, delivery is free everywhere.

    ``AreaTwice``; ``ElsewhereMissing`` when a place may be left without an answer.
    """
    codes = [zone.code for zone in zones]
    if len(set(codes)) < len(codes):
        raise AreaTwice()
    if zones and "" not in codes:
        raise ElsewhereMissing()
    names = dict(Region.objects.filter(code__in=codes).order_by("valid_from").values_list("code", "name"))
    rule = FreightRule.objects.create(vendor=vendor, made_at=at, made_by=by)
    FreightZone.objects.bulk_create(
        FreightZone(
            rule=rule,
            region_code=zone.code,
            region_name=names.get(zone.code, zone.code),
            **{name: getattr(zone, name) for name in Zone.__dataclass_fields__ if name != "code"},
        )
        for zone in zones
    )
    audit.record("marketplace.set_freight_rule", [vendor], by=by, at=at, rule=rule.pk)
    return rule

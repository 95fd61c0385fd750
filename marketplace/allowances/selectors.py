"""Questions about rule packs and members' spending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Sum

from ..conf import currency
from ..money import Money
from ..parties.models import BuyerOrganisation
from .models import Allowance, RulePack


def rule_pack_for(organisation: BuyerOrganisation, day: date) -> RulePack | None:
    """The pack in force on ``day`` for the organisation's place: its county's, else its city's, else its province's."""
    code = organisation.region.code
    candidates = [code[:6], f"{code[:4]}00", f"{code[:2]}0000"]
    packs = list(
        RulePack.objects.filter(region__code__in=candidates, valid_from__lte=day, valid_to__gt=day).select_related(
            "region"
        )
    )
    return min(packs, key=lambda pack: (candidates.index(pack.region.code), -pack.valid_from.toordinal()), default=None)


def spent_in_year(member_pks: Sequence[int], *, purpose: str, year: int, except_occasion: str) -> dict[int, Money]:
    """Per member (pk): held and committed in ``year`` under ``purpose``, not counting one occasion."""
    rows = (
        Allowance.objects.filter(member_id__in=member_pks, purpose=purpose, year=year)
        .exclude(occasion=except_occasion)
        .values("member_id")
        .annotate(spent=Sum(F("held") + F("committed")))
    )
    return {row["member_id"]: _money(row["spent"]) for row in rows}


def _money(value: Money | int | None) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0), currency())

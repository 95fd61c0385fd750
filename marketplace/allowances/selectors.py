"""Questions about rule packs and members' spending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from ..conf import currency
from ..money import Money
from ..parties.models import BuyerOrganisation
from .models import Allowance, ReservedShare, RulePack


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
    """Per member (pk): held and committed in ``year`` under ``purpose``, not counting one occasion.

    What was spent under a former organisation, before it merged, is the same person's and counts.
    """
    rows = (
        Allowance.objects.filter(purpose=purpose, year=year)
        .annotate(person=Coalesce("member__continued_as_id", "member_id"))
        .filter(Q(member_id__in=member_pks) | Q(member__continued_as_id__in=member_pks))
        .exclude(occasion=except_occasion)
        .values("person")
        .annotate(spent=Sum(F("held") + F("committed")))
    )
    return {row["person"]: _money(row["spent"]) for row in rows}


def reserved_shares(organisation_pks: Sequence[int], year: int) -> dict[int, Money]:
    """Per organisation (pk): what it has undertaken to spend in ``year``; those that declared nothing are left out."""
    rows = ReservedShare.objects.filter(organisation_id__in=organisation_pks, year=year)
    return dict(rows.values_list("organisation_id", "amount"))


def _money(value: Money | int | None) -> Money:
    return value if isinstance(value, Money) else Money(int(value or 0), currency())

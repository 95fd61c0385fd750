"""Granting, holding, committing and releasing allowances; loading rule packs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from .. import audit
from ..money import Money
from ..parties.models import BuyerOrganisation, Member, Role
from ..parties.selectors import require_role
from ..programme.models import Region
from . import caps
from .errors import OverAllowance, RulePackUnreadable
from .locks import lock_many, shift
from .models import Allowance, AllowanceEntry, ReservedShare, RulePack

RULE_PACKS = Path(__file__).with_name("rulepacks")


def load_rule_packs(folder: Path = RULE_PACKS) -> list[RulePack]:
    """Bring the rule packs up to their TOML files; safe to repeat. ``RulePackUnreadable`` names what is wrong."""
    return [load_rule_pack(path) for path in sorted(folder.glob("*.toml"))]


@transaction.atomic
def load_rule_pack(path: Path) -> RulePack:
    """Read one pack. An edition already loaded is brought up to the file, its code staying the same."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise RulePackUnreadable(reason=f"{path.name}: {problem}") from problem
    rules = document.get("rules", document.get("rule"))
    if wrong := caps.problems(rules):
        raise RulePackUnreadable(reason=f"{path.name}: {', '.join(wrong)}")
    region = Region.objects.filter(code=document.get("region")).order_by("-valid_from").first()
    if region is None:
        raise RulePackUnreadable(reason=f"{path.name}: region")
    values = {name: document[name] for name in ("title", "year", "valid_from", "valid_to", "legal_basis")}
    optional = {name: document.get(name, "") for name in ("title_en", "source")}
    pack, _created = RulePack.objects.update_or_create(
        code=document["code"], defaults={**values, **optional, "region": region, "rules": rules}
    )
    return pack


def grant(
    *,
    members: Sequence[Member],
    occasion: str,
    purpose: str,
    fund_source: str,
    year: int,
    amount: Money,
    by: Any,
    at: datetime,
) -> list[Allowance]:
    """Give each member ``amount`` for ``occasion``; two statements however many they are."""
    allowances = Allowance.objects.bulk_create(
        Allowance(member=member, occasion=occasion, purpose=purpose, fund_source=fund_source, year=year, granted=amount)
        for member in members
    )
    AllowanceEntry.objects.bulk_create(
        AllowanceEntry(
            allowance=allowance,
            kind=AllowanceEntry.Kind.GRANT,
            granted_change=amount,
            source=occasion,
            entered_at=at,
            entered_by=by,
        )
        for allowance in allowances
    )
    return allowances


def hold(*, allowance: Allowance, amount: Money, source: str, by: Any, at: datetime) -> AllowanceEntry:
    """Hold ``amount`` more (less when negative) of a locked allowance; ``OverAllowance`` when it does not fit."""
    if amount > allowance.remaining:
        raise OverAllowance(over=amount - allowance.remaining, remaining=allowance.remaining)
    Allowance.objects.filter(pk=allowance.pk).update(held=F("held") + amount.amount)
    kind = AllowanceEntry.Kind.HOLD if amount.amount >= 0 else AllowanceEntry.Kind.RELEASE
    return AllowanceEntry.objects.create(
        allowance=allowance, kind=kind, held_change=amount, source=source, entered_at=at, entered_by=by
    )


def commit(*, amounts: Mapping[int, Money], source: str, by: Any, at: datetime) -> None:
    """Turn what the allowances (by pk) hold into commitments of ``amounts``; three statements in all."""
    changes = {pk: (-amount, amount) for pk, amount in amounts.items() if amount}
    _move(changes, AllowanceEntry.Kind.COMMIT, source, by, at)


def change_held(*, amounts: Mapping[int, Money], source: str, by: Any, at: datetime) -> None:
    """Hold so much more of the allowances (by pk), or give back what is negative; what was chosen before fits."""
    changes = {pk: (amount, amount - amount) for pk, amount in amounts.items() if amount}
    _move(
        {pk: change for pk, change in changes.items() if change[0].amount > 0}, AllowanceEntry.Kind.HOLD, source, by, at
    )
    _move(
        {pk: change for pk, change in changes.items() if change[0].amount < 0},
        AllowanceEntry.Kind.RELEASE,
        source,
        by,
        at,
    )


def release_committed(*, amounts: Mapping[int, Money], source: str, by: Any, at: datetime) -> None:
    """Give back committed ``amounts``, when goods are declined, short or damaged."""
    changes = {pk: (amount - amount, -amount) for pk, amount in amounts.items() if amount}
    _move(changes, AllowanceEntry.Kind.RELEASE, source, by, at)


def _move(changes: Mapping[int, tuple[Money, Money]], kind: str, source: str, by: Any, at: datetime) -> None:
    if not changes:
        return
    lock_many(list(changes))
    shift(changes)
    AllowanceEntry.objects.bulk_create(
        AllowanceEntry(
            allowance_id=pk,
            kind=kind,
            held_change=held,
            committed_change=committed,
            source=source,
            entered_at=at,
            entered_by=by,
        )
        for pk, (held, committed) in sorted(changes.items())
    )


@transaction.atomic
def declare_share(*, organisation: BuyerOrganisation, year: int, amount: Money, by: Any, at: datetime) -> ReservedShare:
    """Say what the organisation undertakes to spend in ``year``; said again it takes the former's place. By an administrator."""
    require_role(by, organisation, Role.ADMINISTRATOR)
    share, _created = ReservedShare.objects.update_or_create(
        organisation=organisation, year=year, defaults={"amount": amount, "declared_at": at, "declared_by": by}
    )
    audit.record("marketplace.declare_share", [organisation], by=by, at=at, year=year, amount=amount.amount)
    return share

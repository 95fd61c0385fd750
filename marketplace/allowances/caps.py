"""The check of a rule pack against what members would have spent. Pure.

A rule is data: ``{"kind": "member_yearly_cap", "purpose", "amount" (fen), "level",
"grade", "basis"}``. Levels: *inform* tells, *warn* asks to look, *block* needs an
override by a second person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..money import Money

LEVELS = ("inform", "warn", "block")


@dataclass(frozen=True, slots=True)
class MemberSpend:
    """One member's spending in the year under one purpose: already committed, and now asked for."""

    member_pk: int
    before: Money
    proposed: Money

    @property
    def after(self) -> Money:
        return self.before + self.proposed


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule met by one member: how far beyond ``cap`` the year's total would be."""

    level: str
    kind: str
    member_pk: int
    cap: Money
    after: Money
    grade: str
    basis: str

    @property
    def over(self) -> Money:
        return self.after - self.cap


def check(rules: Sequence[Mapping[str, Any]], purpose: str, spends: Iterable[MemberSpend]) -> list[Finding]:
    """The findings of all ``rules`` that apply to ``purpose``, gravest first, then by member."""
    spends = list(spends)
    findings = [
        finding
        for rule in rules
        if rule["kind"] == "member_yearly_cap" and rule["purpose"] == purpose
        for finding in _over_cap(rule, spends)
    ]
    return sorted(findings, key=lambda f: (-LEVELS.index(f.level), f.member_pk, -f.cap.amount))


def _over_cap(rule: Mapping[str, Any], spends: Iterable[MemberSpend]) -> Iterable[Finding]:
    for spend in spends:
        cap = Money(rule["amount"], spend.after.currency)
        if spend.after > cap:
            yield Finding(
                level=effective_level(rule),
                kind=rule["kind"],
                member_pk=spend.member_pk,
                cap=cap,
                after=spend.after,
                grade=rule["grade"],
                basis=rule.get("basis", ""),
            )


def effective_level(rule: Mapping[str, Any]) -> str:
    """The rule's level, except that a value of grade C (a weak source) may only inform."""
    return "inform" if rule["grade"] == "C" else rule["level"]


def problems(rules: Any) -> list[str]:
    """What is wrong with the rules of a pack: codes with the rule's number; empty when they can be used."""
    if not isinstance(rules, list) or not rules:
        return ["rules_missing"]
    return [f"{code}:{number}" for number, rule in enumerate(rules, 1) for code in _rule_problems(rule)]


def _rule_problems(rule: Any) -> Iterable[str]:
    if not isinstance(rule, dict) or rule.get("kind") != "member_yearly_cap":
        yield "kind"
        return
    if not isinstance(rule.get("purpose"), str):
        yield "purpose"
    if type(rule.get("amount")) is not int or rule["amount"] <= 0:
        yield "amount"
    if rule.get("level") not in LEVELS:
        yield "level"
    if rule.get("grade") not in ("A", "B", "C"):
        yield "grade"

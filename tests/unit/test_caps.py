"""Rule packs: read from TOML, and what they find; a weak source only informs."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from marketplace.allowances import caps
from marketplace.allowances.actions import RULE_PACKS, load_rule_pack, load_rule_packs
from marketplace.allowances.caps import Finding, MemberSpend, check, effective_level, problems
from marketplace.allowances.errors import RulePackUnreadable
from marketplace.allowances.models import RulePack
from marketplace.allowances.selectors import rule_pack_for
from marketplace.money import Money, yuan
from marketplace.parties.models import BuyerOrganisation
from marketplace.programme.actions import load_regions
from marketplace.programme.models import Region

ANHUI = tomllib.loads((RULE_PACKS / "anhui-2026.toml").read_text(encoding="utf-8"))


def rule(**changed: Any) -> dict[str, Any]:
    values = {"kind": "member_yearly_cap", "purpose": "holiday_gifts", "amount": 150000, "level": "warn", "grade": "B"}
    return {**values, "basis": "依据", **changed}


def spend(before: int, proposed: int, member: int = 1) -> MemberSpend:
    return MemberSpend(member, yuan(before), yuan(proposed))


@pytest.mark.parametrize("level", ["inform", "warn", "block"])
def test_each_level_is_told_as_it_is(level: str) -> None:
    (found,) = check([rule(level=level, grade="A")], "holiday_gifts", [spend(1000, 600)])
    assert found == Finding(level, "member_yearly_cap", 1, yuan(1500), yuan(1600), grade="A", basis="依据")
    assert found.over == yuan(100)


@pytest.mark.parametrize("level", ["inform", "warn", "block"])
def test_a_value_of_grade_c_only_informs(level: str) -> None:
    assert effective_level(rule(level=level, grade="C")) == "inform"
    (found,) = check([rule(level=level, grade="C")], "holiday_gifts", [spend(0, 2000)])
    assert (found.level, found.grade) == ("inform", "C")


@pytest.mark.parametrize(("proposed", "count"), [(1499, 0), (1500, 0), (1501, 1)], ids=["under", "at", "over"])
def test_the_cap_itself_is_allowed(proposed: int, count: int) -> None:
    assert len(check([rule()], "holiday_gifts", [spend(0, proposed)])) == count


def test_one_fen_over_is_over() -> None:
    (found,) = check([rule()], "holiday_gifts", [MemberSpend(1, yuan(1000), Money(50001))])
    assert found.over == Money(1)


def test_what_was_spent_earlier_in_the_year_counts() -> None:
    assert check([rule()], "holiday_gifts", [spend(0, 800)]) == []
    assert len(check([rule()], "holiday_gifts", [spend(800, 800)])) == 1


def test_a_rule_holds_for_its_own_purpose_only() -> None:
    assert check([rule()], "canteen", [spend(0, 9000)]) == []


def test_the_gravest_findings_come_first_then_by_member() -> None:
    rules = [rule(level="inform", grade="A", amount=100), rule(level="block", grade="A", amount=200000), rule()]
    found = check(rules, "holiday_gifts", [spend(0, 3000, 2), spend(0, 1600, 1)])
    assert [(f.level, f.member_pk) for f in found] == [
        ("block", 2), ("warn", 1), ("warn", 2), ("inform", 1), ("inform", 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("proposed", "levels"),
    [(1500, []), (1501, [("warn", "B")]), (2000, [("warn", "B")]), (2001, [("warn", "B"), ("inform", "C")])],
)
def test_the_values_of_anhui(proposed: int, levels: list[tuple[str, str]]) -> None:
    found = check(ANHUI["rules"], "holiday_gifts", [spend(0, proposed)])
    assert [(f.level, f.grade) for f in found] == levels


def test_the_pack_of_anhui_is_sound_and_names_its_grounds() -> None:
    assert problems(ANHUI["rules"]) == []
    assert all(row["basis"] for row in ANHUI["rules"])
    assert "2018年3月12日" in ANHUI["legal_basis"]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], ["rules_missing"]),
        (None, ["rules_missing"]),
        ({"kind": "x"}, ["rules_missing"]),
        (["text"], ["kind:1"]),
        ([rule(), rule(kind="lottery")], ["kind:2"]),
        ([rule(purpose=7)], ["purpose:1"]),
        ([rule(amount=0)], ["amount:1"]),
        ([rule(amount=1500.0)], ["amount:1"]),
        ([rule(amount=True)], ["amount:1"]),
        ([rule(amount="150000")], ["amount:1"]),
        ([rule(level="forbid")], ["level:1"]),
        ([rule(grade="D"), rule(level="", grade="")], ["grade:1", "level:2", "grade:2"]),
    ],
)
def test_what_is_wrong_with_a_pack_is_named_with_its_rule(rules: Any, found: list[str]) -> None:
    assert problems(rules) == found


def test_the_levels_rise() -> None:
    assert caps.LEVELS == ("inform", "warn", "block")


# From the file into the database.

TEXT = """
code = "county-2026"
title = "县级标准"
region = "341802"
year = 2026
valid_from = 2026-01-01
valid_to = 2027-01-01
legal_basis = "示范"
[[rules]]
kind = "member_yearly_cap"
purpose = "holiday_gifts"
amount = 120000
level = "block"
grade = "A"
"""


@pytest.fixture
def union(db: None, now: Any) -> BuyerOrganisation:
    load_regions()
    load_rule_packs()
    region = Region.objects.get(code="341802")
    return BuyerOrganisation.objects.create(name="U", slug="u", kind="trade_union", region=region, created_at=now)


def test_loading_twice_brings_the_pack_up_to_the_file(union: BuyerOrganisation, tmp_path: Path) -> None:
    path = tmp_path / "county.toml"
    path.write_text(TEXT, encoding="utf-8")
    first = load_rule_pack(path)
    path.write_text(TEXT.replace("120000", "90000"), encoding="utf-8")
    again = load_rule_pack(path)
    assert again.pk == first.pk
    assert RulePack.objects.get(code="county-2026").rules[0]["amount"] == 90000


def test_a_countys_own_pack_goes_before_its_provinces(union: BuyerOrganisation, tmp_path: Path) -> None:
    day = date(2026, 11, 23)
    assert rule_pack_for(union, day).code == "anhui-2026"
    (tmp_path / "county.toml").write_text(TEXT, encoding="utf-8")
    load_rule_packs(tmp_path)
    assert rule_pack_for(union, day).code == "county-2026"


@pytest.mark.parametrize(
    ("day", "code"),
    [(date(2025, 12, 31), None), (date(2026, 1, 1), "anhui-2026"), (date(2027, 12, 31), "anhui-2026"), (date(2028, 1, 1), None)],
)  # fmt: skip
def test_a_pack_is_in_force_between_its_days(union: BuyerOrganisation, day: date, code: str | None) -> None:
    assert getattr(rule_pack_for(union, day), "code", None) == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code = ", "county.toml"),
        (TEXT.replace("120000", "-5"), "amount:1"),
        (TEXT.replace("341802", "999999"), "region"),
        (TEXT.split("[[rules]]")[0], "rules_missing"),
    ],
    ids=["not TOML", "bad amount", "unknown region", "no rules"],
)
def test_an_unreadable_pack_changes_nothing_and_says_why(
    union: BuyerOrganisation, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "county.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RulePackUnreadable, match=said):
        load_rule_packs(tmp_path)
    assert RulePack.objects.count() == 1

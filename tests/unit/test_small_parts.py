"""Pricing, completion, counting, matching, attribution and lifecycles, each by example."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.utils import translation
from django.utils.formats import date_format

from marketplace.catalogue.pricing import Progress, Tier, ladder_problem, orderable, progress, unit_price
from marketplace.errors import IllegalTransition, first_few
from marketplace.fulfilment.matching import LineCount, adds_up, shortfalls
from marketplace.grouporders.completion import Demand, Wish, go_short, misfits
from marketplace.grouporders.lifecycle import LIFE as GROUP_ORDER
from marketplace.impact.attribution import Facts, keys, month_span
from marketplace.lifecycle import table
from marketplace.money import yuan
from marketplace.orders.lifecycle import LIFE as REQUISITION
from marketplace.orders.lifecycle import State
from marketplace.payments.matching import mismatches, number_is_right, tidy_title

LADDER = [Tier(5, yuan(90)), Tier(10, yuan(80))]


@pytest.mark.parametrize(("quantity", "price"), [(1, 100), (4, 100), (5, 90), (9, 90), (10, 80), (999, 80)])
def test_the_tier_reached_is_what_each_pack_costs(quantity: int, price: int) -> None:
    assert unit_price(yuan(100), LADDER, quantity) == yuan(price)


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        (0, Progress(0, yuan(100), yuan(90), 5)),
        (4, Progress(4, yuan(100), yuan(90), 1)),
        (5, Progress(5, yuan(90), yuan(80), 5)),
        (10, Progress(10, yuan(80), None, 0)),
    ],
)
def test_a_member_sees_the_tier_now_and_what_is_missing_to_the_next(quantity: int, told: Progress) -> None:
    assert progress(yuan(100), LADDER, quantity) == told


@pytest.mark.parametrize(
    ("tiers", "problem"),
    [
        ([], ""),
        (LADDER, ""),
        ([Tier(1, yuan(90))], "quantities_must_rise"),
        ([Tier(5, yuan(90)), Tier(5, yuan(80))], "quantities_must_rise"),
        ([Tier(5, yuan(100))], "prices_must_fall"),
        ([Tier(5, yuan(80)), Tier(9, yuan(90))], "prices_must_fall"),
        ([Tier(5, yuan(0))], "price_must_be_positive"),
    ],
)
def test_a_ladder_rises_in_quantity_and_falls_in_price(tiers: list[Tier], problem: str) -> None:
    assert ladder_problem(yuan(100), tiers) == problem


@pytest.mark.parametrize(
    ("quantity", "minimum", "multiple", "least"),
    [(1, 1, 1, 1), (3, 5, 1, 5), (6, 5, 5, 10), (7, 1, 4, 8), (8, 1, 4, 8)],
)
def test_the_least_that_can_be_ordered(quantity: int, minimum: int, multiple: int, least: int) -> None:
    assert orderable(quantity, minimum, multiple) == least


@pytest.mark.parametrize(
    ("demand", "kind", "limit"),
    [
        ((6, 5, 1, 1), "stock", 5),
        ((3, 9, 5, 1), "minimum", 5),
        ((7, 9, 5, 5), "multiple", 5),
        ((6, 5, 7, 1), "stock", 5),
    ],
    ids=["above stock", "below minimum", "no multiple", "stock before minimum"],
)
def test_what_stands_in_the_way_is_named_with_its_number(
    demand: tuple[int, int, int, int], kind: str, limit: int
) -> None:
    quantity, available, minimum, multiple = demand
    (found,) = misfits([Demand(1, "茶", quantity, available, minimum, multiple), Demand(2, "米", 5, 5, 5, 5)])
    assert (found.kind, found.pack_pk, found.quantity, found.limit) == (kind, 1, quantity, limit)


def test_the_latest_choosers_go_short_first() -> None:
    wishes = [Wish(11, 1, 2), Wish(12, 2, 1), Wish(13, 3, 2)]
    assert go_short(wishes, 4) == {13: 2, 12: 1, 11: 1}
    assert go_short(wishes, 0) == {}
    with pytest.raises(ValueError, match="more is missing"):
        go_short(wishes, 6)


def test_a_line_counts_what_is_confirmed_unsent_and_missing() -> None:
    count = LineCount(1, ordered=10, declined=2, sent=6, received=5)
    assert (count.confirmed, count.unsent, count.missing) == (8, 2, 3)
    assert shortfalls({1: count, 2: LineCount(2, 4, 0, 4, 4)}) == {1: 3}


@pytest.mark.parametrize(
    ("counts", "right"), [((5, 5, 0, 0), True), ((5, 3, 1, 1), True), ((5, 5, 1, 0), False), ((5, 6, 0, -1), False)]
)
def test_a_receipt_accounts_for_every_pack(counts: tuple[int, int, int, int], right: bool) -> None:
    assert adds_up(*counts) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [("26340000000000000001", True), ("2634000000000000000", False), ("2634000000000000000X", False), ("２" * 20, False)],
)  # fmt: skip
def test_a_fapiao_number_has_twenty_digits(number: str, right: bool) -> None:
    assert number_is_right(number) is right


def test_full_width_digits_of_a_fapiao_are_tidied_first() -> None:
    assert number_is_right(tidy_title("２６３４ ０００００００００００００００１"))


@pytest.mark.parametrize(
    ("title", "amount", "wrong"),
    [
        ("宣州区工会（示范）", 100, set()),
        (" 宣州区 工会(示范) ", 100, set()),
        ("宣州区民政局", 100, {"title"}),
        ("宣州区工会（示范）", 101, {"amount"}),
        ("", 0, {"title", "amount"}),
    ],
)
def test_a_fapiao_agrees_in_title_and_amount(title: str, amount: int, wrong: set[str]) -> None:
    found = mismatches(title=title, wanted_title="宣州区工会（示范）", amount=yuan(amount), wanted_amount=yuan(100))
    assert set(found) == wrong


FACTS = Facts("341802", 1, "trade_union", 7, 3, "341523", "341523108901", 5)


def test_a_posting_moves_every_dimension_it_belongs_to() -> None:
    assert keys(FACTS) == {
        "buyer_county": "341802",
        "vendor_county": "341523",
        "buyer": "1",
        "buyer_kind": "trade_union",
        "campaign": "7",
        "vendor": "3",
        "township": "341523108",
        "village": "341523108901",
        "category": "5",
        "buyer_township": "1:341523108",
        "campaign_vendor": "7:3",
    }


def test_without_campaign_or_village_those_totals_stay() -> None:
    facts = Facts("341802", 1, "trade_union", None, 3, "341523", "341523108", 5)
    assert not {"campaign", "campaign_vendor", "village"} & keys(facts).keys()


def test_the_months_between_are_filled() -> None:
    assert month_span([date(2026, 11, 1), date(2027, 1, 1)]) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert month_span([]) == []


@dataclass
class Paper:
    state: str

    def get_state_display(self) -> str:
        return self.state

    def __str__(self) -> str:
        return "paper"


def test_a_state_moves_only_where_its_table_allows() -> None:
    life = table(draft="sent gone", sent="gone")
    assert life.permits("draft", "sent")
    assert not life.permits("sent", "draft")
    assert not life.permits("gone", "draft")
    life.require(Paper("draft"), "gone")
    with pytest.raises(IllegalTransition):
        life.require(Paper("gone"), "sent")


@pytest.mark.parametrize("life", [GROUP_ORDER, REQUISITION])
def test_every_state_of_a_lifecycle_is_reached_from_its_draft(life: object) -> None:
    reached, edge = set(), {"draft"}
    while edge:
        reached |= edge
        edge = {target for state in edge for target in life.moves.get(state, ())} - reached
    assert reached == {state for moves in life.moves.values() for state in moves} | {"draft"}


def test_nothing_leads_out_of_placed_or_cancelled() -> None:
    assert State.PLACED not in REQUISITION.moves
    assert State.CANCELLED not in REQUISITION.moves


def test_a_list_in_a_sentence_says_how_many_it_leaves_out() -> None:
    with translation.override("en"):
        assert first_few(["甲", "乙", "丙"], at_most=3) == "甲、乙、丙"
        assert first_few(["甲", "乙", "丙", "丁"], at_most=3) == "甲、乙、丙 and 1 more"
        assert first_few([str(n) for n in range(7)]) == "0、1、2、3、4 and 2 more"
    with translation.override("zh-hans"):
        assert first_few([str(n) for n in range(7)]) == "0、1、2、3、4等，另有2项"


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "1月5日"), ("en", "5 Jan")])
def test_a_day_without_its_year_is_written_as_people_write_it(language: str, said: str) -> None:
    with translation.override(language):
        assert date_format(date(2027, 1, 5), "MONTH_DAY_FORMAT") == said

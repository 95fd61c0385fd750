"""A purchase's timeline: what is done, what is next and whose, and that late means past due and not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.purchase.timeline import SIDE, STEPS, Facts, next_step, steps

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 2)
DAYS = {"confirm": 3, "dispatch": 7, "receive": 7, "accept": 3, "fapiao": 7, "hand_out": 7}


def at(day: int, hour: int = 10) -> datetime:
    """A moment so many days after the placing."""
    return datetime(DAY.year, DAY.month, DAY.day, hour, tzinfo=ZONE) + timedelta(days=day)


def on(day: int) -> date:
    return DAY + timedelta(days=day)


PLACED = Facts(
    placed_at=at(0),
    cancelled_at=None,
    answered_at=None,
    confirmed=10,
    sent=0,
    promised_on=None,
    last_dispatched_at=None,
    waiting_since=None,
    last_received_at=None,
    accepted_at=None,
    accepted_quantity=0,
    matched_at=None,
    settled_at=None,
    pay_by=on(30),
    is_for_members=True,
    handed_out_at=None,
)
CONFIRMED = replace(PLACED, answered_at=at(1), promised_on=on(5))
PART_SENT = replace(CONFIRMED, sent=4, last_dispatched_at=at(2), waiting_since=at(2))
SENT = replace(CONFIRMED, sent=10, last_dispatched_at=at(3), waiting_since=at(3))
RECEIVED = replace(SENT, waiting_since=None, last_received_at=at(6))
ACCEPTED = replace(RECEIVED, accepted_at=at(7), accepted_quantity=9)
FINISHED = replace(ACCEPTED, matched_at=at(8), settled_at=at(9), handed_out_at=at(10))


def states(facts: Facts, today: date) -> dict[str, str]:
    return {step.key: step.state for step in steps(facts, DAYS, today)}


def dues(facts: Facts) -> dict[str, date | None]:
    return {step.key: step.due_on for step in steps(facts, DAYS, on(0)) if step.is_open}


def test_the_steps_come_in_the_order_of_a_purchase() -> None:
    assert [step.key for step in steps(PLACED, DAYS, DAY)] == [key for key in STEPS if key != "cancel"]
    assert set(SIDE) == set(STEPS)


def test_after_placing_the_vendor_is_next() -> None:
    assert states(PLACED, on(0)) == {
        "place": "done",
        "confirm": "next",
        "dispatch": "todo",
        "receive": "todo",
        "accept": "todo",
        "fapiao": "todo",
        "pay": "todo",
        "hand_out": "todo",
    }
    assert dues(PLACED) == {"confirm": on(3)}


@pytest.mark.parametrize(
    ("facts", "key", "due"),
    [
        (PLACED, "confirm", on(3)),
        (CONFIRMED, "dispatch", on(5)),
        (replace(CONFIRMED, promised_on=None), "dispatch", on(8)),
        (SENT, "receive", on(10)),
        (RECEIVED, "accept", on(9)),
        (ACCEPTED, "fapiao", on(14)),
        (ACCEPTED, "pay", on(30)),
        (ACCEPTED, "hand_out", on(14)),
    ],
    ids=["confirm", "dispatch as promised", "dispatch without promise", "receive", "accept", "fapiao", "pay", "hand out"],
)  # fmt: skip
def test_a_step_is_late_the_day_after_it_is_due_and_not_before(facts: Facts, key: str, due: date) -> None:
    assert dues(facts)[key] == due
    assert states(facts, due - timedelta(days=1))[key] == "next"
    assert states(facts, due)[key] == "next"
    assert states(facts, due + timedelta(days=1))[key] == "late"


def test_what_is_done_is_never_late_however_long_it_took() -> None:
    slow = replace(FINISHED, answered_at=at(90), handed_out_at=at(300))
    assert set(states(slow, on(1000)).values()) == {"done"}


def test_what_has_not_begun_is_not_late() -> None:
    assert states(PLACED, on(500))["accept"] == "todo"


def test_a_part_sent_keeps_dispatch_open_and_asks_the_buyer_to_receive() -> None:
    found = states(PART_SENT, on(3))
    assert (found["dispatch"], found["receive"], found["accept"]) == ("next", "next", "todo")


def test_a_part_received_waits_for_the_rest() -> None:
    part = replace(PART_SENT, waiting_since=None, last_received_at=at(4))
    found = states(part, on(4))
    assert (found["dispatch"], found["receive"], found["accept"]) == ("next", "todo", "todo")


def test_a_second_parcel_reopens_receiving() -> None:
    second = replace(SENT, last_received_at=at(4), waiting_since=at(5))
    assert states(second, on(6))["receive"] == "next"
    assert dues(second)["receive"] == on(12)


def test_accepting_without_what_was_never_sent_closes_dispatch_too() -> None:
    given_up = replace(PART_SENT, waiting_since=None, last_received_at=at(4), accepted_at=at(5), accepted_quantity=4)
    found = states(given_up, on(5))
    assert (found["dispatch"], found["receive"], found["accept"]) == ("done", "done", "done")


def test_after_acceptance_three_things_wait_at_once() -> None:
    assert {key for key, state in states(ACCEPTED, on(8)).items() if state == "next"} == {"fapiao", "pay", "hand_out"}


def test_an_order_declined_whole_asks_only_for_what_is_left_to_pay() -> None:
    found = states(replace(PLACED, answered_at=at(1), confirmed=0), on(1))
    assert [key for key, state in found.items() if state == "skipped"] == [
        "dispatch", "receive", "accept", "fapiao", "hand_out",
    ]  # fmt: skip
    assert found["pay"] == "next"


def test_nothing_accepted_needs_no_fapiao() -> None:
    assert states(replace(ACCEPTED, accepted_quantity=0), on(8))["fapiao"] == "skipped"


def test_a_direct_purchase_hands_nothing_out() -> None:
    assert states(replace(FINISHED, is_for_members=False, handed_out_at=None), on(9))["hand_out"] == "skipped"


def test_paid_in_advance_is_done_before_the_goods_come() -> None:
    found = states(replace(PLACED, settled_at=at(0)), on(1))
    assert (found["pay"], found["confirm"]) == ("done", "next")


def test_the_next_step_of_all_is_a_late_one_first() -> None:
    found = steps(ACCEPTED, DAYS, on(31))
    assert {step.key for step in found if step.state == "late"} == {"fapiao", "pay", "hand_out"}
    assert next_step(found).key == "fapiao"
    only_hand_out_late = steps(replace(ACCEPTED, matched_at=at(8)), DAYS, on(20))
    assert next_step(only_hand_out_late).key == "hand_out"


def test_either_side_sees_its_own_next_step() -> None:
    found = steps(ACCEPTED, DAYS, on(8))
    assert next_step(found, "vendor").key == "fapiao"
    assert next_step(found, "buyer").key == "pay"


def test_a_finished_order_has_no_next_step() -> None:
    assert next_step(steps(FINISHED, DAYS, on(500))) is None


def test_a_done_step_tells_when_and_an_open_one_until_when() -> None:
    for step in steps(ACCEPTED, DAYS, on(8)):
        assert (step.at is not None) == (step.state == "done")
        assert (step.due_on is not None) == step.is_open


def test_a_cancelled_order_asks_for_nothing_more() -> None:
    cancelled = replace(PLACED, cancelled_at=at(1))
    found = states(cancelled, on(90))
    assert [key for key, state in found.items() if state == "done"] == ["place", "cancel"]
    assert set(found.values()) == {"done", "skipped"}
    assert next_step(steps(cancelled, DAYS, on(90))) is None

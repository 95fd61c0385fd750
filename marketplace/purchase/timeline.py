"""The steps of one order as facts and due dates: what happened, what is next and whose. Pure.

The same facts serve buyer, vendor and officer; whose names are shown is the
caller's choice. *Late* means: due before today and not done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

STEPS = ("place", "cancel", "confirm", "dispatch", "receive", "accept", "fapiao", "pay", "hand_out")
SIDE = {
    "place": "buyer",
    "cancel": "buyer",
    "confirm": "vendor",
    "dispatch": "vendor",
    "receive": "buyer",
    "accept": "buyer",
    "fapiao": "vendor",
    "pay": "buyer",
    "hand_out": "buyer",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one order; times in the office's zone, quantities in packs."""

    placed_at: datetime
    cancelled_at: datetime | None
    answered_at: datetime | None
    confirmed: int
    sent: int
    promised_on: date | None
    last_dispatched_at: datetime | None
    waiting_since: datetime | None  # the oldest consignment that was sent and not received
    last_received_at: datetime | None
    accepted_at: datetime | None
    accepted_quantity: int  # less what was sent back since
    matched_at: datetime | None
    settled_at: datetime | None
    pay_by: date
    is_for_members: bool
    handed_out_at: datetime | None
    pays_first: bool = False  # an individual's order: the vendor waits for the money
    fapiao_wanted: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``state`` is done, next, late, todo or skipped; ``at`` when done; ``due_on`` when not."""

    key: str
    side: str
    state: str
    at: datetime | None = None
    due_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody should do it now."""
        return self.state in ("next", "late")


def steps(facts: Facts, days: Mapping[str, int], today: date) -> list[Step]:
    """Every step of the order; ``days`` gives the days allowed for confirm, dispatch, receive, accept, fapiao, hand_out."""
    done = _done(facts)
    skipped = _skipped(facts)
    open_steps = _open(facts, done, skipped)
    found = []
    for key in STEPS:
        if key == "cancel" and facts.cancelled_at is None:
            continue
        if key in skipped:
            found.append(Step(key, SIDE[key], "skipped"))
        elif done[key] is not None:
            found.append(Step(key, SIDE[key], "done", at=done[key]))
        elif key in open_steps:
            due_on = _due(key, facts, days)
            state = "late" if due_on and due_on < today else "next"
            found.append(Step(key, SIDE[key], state, due_on=due_on))
        else:
            found.append(Step(key, SIDE[key], "todo"))
    return found


def _done(facts: Facts) -> dict[str, datetime | None]:
    everything_sent = facts.sent >= facts.confirmed or facts.accepted_at is not None
    everything_received = everything_sent and facts.waiting_since is None
    return {
        "place": facts.placed_at,
        "cancel": facts.cancelled_at,
        "confirm": facts.answered_at,
        "dispatch": facts.last_dispatched_at if everything_sent else None,
        "receive": facts.last_received_at if everything_received else None,
        "accept": facts.accepted_at,
        "fapiao": facts.matched_at,
        "pay": facts.settled_at,
        "hand_out": facts.handed_out_at,
    }


def _skipped(facts: Facts) -> set[str]:
    if facts.cancelled_at:
        return set(STEPS) - {"place", "cancel"}
    skipped = set() if facts.is_for_members else {"hand_out"}
    if not facts.fapiao_wanted:
        skipped |= {"fapiao"}
    if facts.answered_at and not facts.confirmed:
        skipped |= {"dispatch", "receive", "accept", "fapiao", "hand_out"}
    if facts.accepted_at and not facts.accepted_quantity:  # all of it damaged, never sent, or gone back
        skipped |= {"fapiao", "hand_out"}
    return skipped


def _open(facts: Facts, done: Mapping[str, datetime | None], skipped: set[str]) -> set[str]:
    after = {
        "confirm": not facts.pays_first or done["pay"] is not None,
        "dispatch": done["confirm"] is not None,
        "receive": facts.waiting_since is not None,
        "accept": done["receive"] is not None,
        "fapiao": done["accept"] is not None,
        "pay": facts.pays_first or done["accept"] is not None or "accept" in skipped,
        "hand_out": done["accept"] is not None,
    }
    return {key for key, reached in after.items() if reached and key not in skipped and done[key] is None}


def _due(key: str, facts: Facts, days: Mapping[str, int]) -> date | None:
    if key == "pay":
        return facts.pay_by
    if key == "dispatch" and facts.promised_on:
        return facts.promised_on
    since = {
        "confirm": facts.settled_at if facts.pays_first else facts.placed_at,
        "dispatch": facts.answered_at,
        "receive": facts.waiting_since,
        "accept": facts.last_received_at,
        "fapiao": facts.accepted_at,
        "hand_out": facts.accepted_at,
    }[key]
    return None if since is None else since.date() + timedelta(days=days[key])


def next_step(found: list[Step], side: str | None = None) -> Step | None:
    """The step to be done now, the vendor's or the buyer's first one when ``side`` is given; late ones first."""
    open_steps = [step for step in found if step.is_open and side in (None, step.side)]
    return min(open_steps, key=lambda step: (step.state != "late", STEPS.index(step.key)), default=None)

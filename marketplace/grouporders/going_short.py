"""Goods that were ordered will not come: who goes short, and gets their allowance back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..allowances import actions as allowances
from ..conf import currency
from ..money import Money
from .completion import Wish, go_short
from .locks import release_lines
from .models import ChoiceLine, GroupOrder
from .selectors import lines_by_pack


def release_shares(
    *,
    group_order: GroupOrder,
    missing: Mapping[int, int],
    room: Mapping[tuple[int, int], int] | None = None,
    had: Mapping[tuple[int, int], int] | None = None,
    by: Any,
    at: datetime,
) -> Counter[tuple[int, int]]:
    """Goods (pack pk → quantity) will not come: the latest choosers go short and get their allowance back.

    ``had`` says what somebody had already, (pack pk, participant pk) → quantity: that is given up last.

    ``room`` says how many of a pack can be missing at a point: (pack pk, delivery point pk) → quantity.
    Answers how many of each pack are given up at each point.
    """
    missing = {pk: quantity for pk, quantity in missing.items() if quantity}
    if not missing:
        return Counter()
    lines = list(lines_by_pack(group_order, list(missing)))
    given_up: Counter[int] = Counter()
    for pack_pk, short in missing.items():
        wishes = [
            wish
            for order, line in enumerate(lines)
            if line.pack_id == pack_pk
            for wish in _wishes(line, order, len(lines), _point(line, group_order), had or {})
        ]
        places = None if room is None else {point: n for (pack, point), n in room.items() if pack == pack_pk}
        given_up.update(go_short(wishes, short, places))
    release_lines(given_up)
    back: dict[int, Money] = defaultdict(lambda: Money(0, currency()))
    at_points: Counter[tuple[int, int]] = Counter()
    for line in lines:
        if line.pk in given_up:
            back[line.choice.participant.allowance_id] += line.unit_price * given_up[line.pk]
            at_points[line.pack_id, _point(line, group_order)] += given_up[line.pk]
    allowances.release_committed(amounts=back, source=group_order.reference, by=by, at=at)
    return at_points


def _wishes(line: ChoiceLine, order: int, behind: int, place: int, had: Mapping[tuple[int, int], int]) -> list[Wish]:
    """What a line still expects goes short before anything that somebody had already."""
    kept = min(had.get((line.pack_id, line.choice.participant_id), 0), line.quantity_served)
    return [
        Wish(line.pk, order + behind, line.quantity_served - kept, place),
        *([Wish(line.pk, order, kept, place)] if kept else []),
    ]


def _point(line: ChoiceLine, group_order: GroupOrder) -> int:
    return line.choice.participant.delivery_point_id or group_order.delivery_point_id

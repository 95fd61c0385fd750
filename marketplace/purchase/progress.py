"""How far the organisations below an upper union have come: totals, coverage and late steps, and nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ..allowances.selectors import reserved_shares
from ..grouporders.models import GroupOrder
from ..grouporders.selectors import Coverage, open_coverage
from ..impact.selectors import Figures, table
from ..money import Money, total
from ..parties.models import BuyerOrganisation
from ..parties.selectors import subordinates_of
from .tracking import open_orders, track

LOOKED_AT = 500  # open orders of all those below; beyond that the count of late steps says "at least"


@dataclass(frozen=True, slots=True)
class Progress:
    """One organisation below in figures of this year; ``depth`` is how many steps below it stands."""

    organisation: BuyerOrganisation
    depth: int
    figures: Figures | None
    share: Money | None
    open_group_orders: list[tuple[GroupOrder, Coverage]] = field(default_factory=list)
    late: int = 0

    @property
    def percent(self) -> int | None:
        """How much of the reserved share is completed."""
        if not self.share or self.figures is None:
            return None if not self.share else 0
        return self.figures.completed.amount * 100 // self.share.amount


@dataclass(frozen=True, slots=True)
class Subtree:
    """All organisations below, and what they come to together."""

    rows: list[Progress]
    ordered: Money
    completed: Money
    share: Money


def progress_below(organisation: BuyerOrganisation, *, today: date) -> Subtree:
    """Everybody below on ``today``, as a tree; the statements do not grow with the organisations."""
    below = subordinates_of(organisation, today)
    pks = [lower.pk for lower, _depth in below]
    year = date(today.year, 1, 1)
    keys = [str(pk) for pk in pks]
    figures = {row.key: row.figures for row in table("buyer", keys=keys, since=year)} if keys else {}
    shares, choosing, late = reserved_shares(pks, today.year), open_coverage(pks), late_steps(pks, today)
    rows = [
        Progress(
            lower, depth, figures.get(str(lower.pk)), shares.get(lower.pk), choosing.get(lower.pk, []), late[lower.pk]
        )
        for lower, depth in below
    ]
    return Subtree(
        rows,
        total(row.figures.ordered for row in rows if row.figures),
        total(row.figures.completed for row in rows if row.figures),
        total(row.share for row in rows if row.share),
    )


def late_steps(organisation_pks: Sequence[int], today: date) -> Counter[int]:
    """Per organisation (pk): how many of its open orders are late with their next step."""
    orders = list(open_orders(organisation_pks)[:LOOKED_AT]) if organisation_pks else []
    trackings = track(orders, today=today) if orders else {}
    return Counter(row.order.organisation_id for row in trackings.values() if row.is_late)

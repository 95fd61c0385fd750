"""What members chose, and what their allowances keep of it."""

from __future__ import annotations

from collections import defaultdict

from ...allowances.models import Allowance, AllowanceEntry
from ...grouporders.models import ChoiceLine, GroupOrderOffer, MemberChoice
from .reading import Mismatches, differences, fen, in_fen, tally


def choices() -> Mismatches:
    """Choices add up to their amount, and offers to what was chosen."""
    rows = list(
        ChoiceLine.objects.filter(choice__replaced_at=None).values_list(
            "choice_id", "choice__participant__group_order_id", "pack_id", "quantity", "unit_price"
        )
    )
    chosen = tally((group_order, pack, quantity) for _choice, group_order, pack, quantity, _price in rows)
    offers = tally(GroupOrderOffer.objects.values_list("group_order_id", "pack_id", "quantity_chosen"))
    yield from differences("offer", offers, chosen)
    amounts = tally((choice, fen(price) * quantity) for choice, _group_order, _pack, quantity, price in rows)
    standing = MemberChoice.objects.filter(replaced_at=None).values_list("pk", "amount")
    yield from differences("choice", in_fen(standing), amounts)


def allowances() -> Mismatches:
    """Each allowance is the sum of its entries, and what choices and orders say."""
    entries = _entries()
    rows = ChoiceLine.objects.filter(choice__replaced_at=None).values_list(
        "choice__participant__allowance_id", "unit_price", "quantity", "quantity_released"
    )
    served = tally((pk, fen(price) * (quantity - released)) for pk, price, quantity, released in rows)
    for row in Allowance.objects.select_related("participant__group_order"):
        kept = [fen(row.granted), fen(row.held), fen(row.committed)]
        if kept != entries[row.pk]:
            yield f"allowance {row.pk}: kept {kept}, entries say {entries[row.pk]}"
        is_off = row.participant.group_order.state == "cancelled" if hasattr(row, "participant") else True
        if not is_off and kept[1] + kept[2] != served[row.pk]:
            yield f"allowance {row.pk}: spent {kept[1] + kept[2]}, choices say {served[row.pk]}"


def _entries() -> dict[int, list[int]]:
    """Allowance → granted, held and committed, in fen."""
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pk, *changes in AllowanceEntry.objects.values_list(
        "allowance_id", "granted_change", "held_change", "committed_change"
    ):
        sums[pk] = [kept + fen(change) for kept, change in zip(sums[pk], changes, strict=True)]
    return sums

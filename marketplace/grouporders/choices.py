"""Standing choices: one put in place of another, all of them at other prices, and what they hold committed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..allowances import actions as allowances
from ..money import Money, total
from .locks import shift_tally
from .models import ChoiceLine, GroupOrder, MemberChoice, Participant
from .selectors import current_choices


def replace_choice(
    participant: Participant,
    wanted: Mapping[int, int],
    prices: Mapping[int, Money],
    amount: Money,
    entry: Any,
    before: Mapping[int, int],
    by: Any,
    at: datetime,
) -> MemberChoice:
    """Put a choice in place of the standing one and move the tally; the allowance has been moved by the caller."""
    MemberChoice.objects.filter(participant=participant, replaced_at=None).update(replaced_at=at)
    choice = MemberChoice.objects.create(
        participant=participant, chosen_at=at, chosen_by=by, amount=amount, allowance_entry=entry
    )
    ChoiceLine.objects.bulk_create(
        ChoiceLine(choice=choice, pack_id=pk, quantity=quantity, unit_price=prices[pk])
        for pk, quantity in sorted(wanted.items())
    )
    steps = {pk: wanted.get(pk, 0) - before.get(pk, 0) for pk in wanted.keys() | before.keys()}
    if steps := {pk: step for pk, step in sorted(steps.items()) if step}:
        shift_tally(participant.group_order_id, steps)
    return choice


def reprice(group_order: GroupOrder, prices: Mapping[int, Money], by: Any, at: datetime) -> None:
    """Give every current line its pack's price; what a choice costs less is released, what it costs more is held."""
    lines, rises = [], defaultdict(list)
    for choice in current_choices(group_order):
        for line in choice.lines.all():
            if (now := prices[line.pack_id]) != line.unit_price:
                rises[choice].append((now - line.unit_price) * line.quantity)
                line.unit_price = now
                lines.append(line)
    for choice, amounts in rises.items():
        choice.amount = choice.amount + total(amounts)
    ChoiceLine.objects.bulk_update(lines, ["unit_price"], batch_size=300)
    MemberChoice.objects.bulk_update(rises.keys(), ["amount"], batch_size=300)
    allowances.change_held(
        amounts={choice.participant.allowance_id: total(amounts) for choice, amounts in rises.items()},
        source=group_order.reference,
        by=by,
        at=at,
    )


def commit_choices(*, group_order: GroupOrder, by: Any, at: datetime) -> None:
    """The order is placed: what the choices hold becomes committed."""
    amounts = dict(
        MemberChoice.objects.filter(participant__group_order=group_order, replaced_at=None, amount__gt=0).values_list(
            "participant__allowance_id", "amount"
        )
    )
    allowances.commit(amounts=amounts, source=group_order.reference, by=by, at=at)

"""Locks on group orders, participants and offers, in that order of documents."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import BigIntegerField, Case, F, Value, When

from ..rows import add_to_rows
from .models import ChoiceLine, GroupOrder, GroupOrderOffer, Participant


def lock_group_order(pk: int) -> GroupOrder:
    """The group order's row, held until commit."""
    return (
        GroupOrder.objects.select_for_update(of=("self",))
        .select_related("organisation__region", "campaign__pairing", "delivery_point")
        .get(pk=pk)
    )


def lock_participant(pk: int) -> Participant:
    """The participant, allowance and member, held until commit: choices come one after the other, and none after erasure."""
    return (
        Participant.objects.select_for_update(of=("self", "allowance", "member"))
        .select_related("allowance", "member")
        .get(pk=pk)
    )


def lock_participations(member_pk: int) -> None:
    """Everything one member takes part in, in primary-key order: no choice is written while the member is erased."""
    rows = Participant.objects.select_for_update().filter(member_id=member_pk).order_by("pk")
    list(rows.values_list("pk"))


def lock_participants(group_order_pk: int) -> None:
    """Everybody who takes part, in primary-key order: no choice is written while the group order closes."""
    rows = Participant.objects.select_for_update().filter(group_order_id=group_order_pk).order_by("pk")
    list(rows.values_list("pk"))


def shift_tally(group_order_pk: int, changes: Mapping[int, int]) -> None:
    """Add to the quantities chosen (pack pk → change) in one statement; rows locked in primary-key order."""
    offers = GroupOrderOffer.objects.filter(group_order_id=group_order_pk, pack_id__in=changes)
    list(offers.select_for_update().order_by("pk").values_list("pk"))
    steps = [When(pack_id=pk, then=Value(change)) for pk, change in changes.items()]
    offers.order_by().update(
        quantity_chosen=F("quantity_chosen") + Case(*steps, default=Value(0), output_field=BigIntegerField())
    )


def release_lines(quantities: Mapping[int, int]) -> None:
    """Add to the released quantities of choice lines (line pk → change) in one statement."""
    add_to_rows(ChoiceLine, key="id", columns=["quantity_released"], changes={pk: (n,) for pk, n in quantities.items()})

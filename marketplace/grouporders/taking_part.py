"""Who takes part, and where they collect: members who leave while it is open, and the point of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..allowances import actions as allowances
from ..conf import currency
from ..money import Money
from ..parties.models import DeliveryPoint, Role
from ..parties.selectors import require_role
from .choices import replace_choice
from .errors import GroupOrderNotOpen, KeepsWhatIsOrdered, PointNotServed, PointNotTheMembers, RemovalReasonMissing
from .lifecycle import State
from .locks import lock_group_order, lock_participant
from .models import ChoiceLine, Participant, PersonalLink
from .selectors import points_of


@transaction.atomic
def remove_participant(*, participant: Participant, reason: str, by: Any, at: datetime) -> Participant:
    """Take somebody who has left out of an open group order: what is held is given back, their links end. By an organiser.

    ``KeepsWhatIsOrdered`` once it is closed: what was committed stays theirs.
    """
    group_order = lock_group_order(participant.group_order_id)
    require_role(by, group_order.organisation, Role.ORGANISER)
    participant = lock_participant(participant.pk)
    if group_order.state != State.OPEN:
        raise KeepsWhatIsOrdered(name=participant.member.name, title=group_order.title)
    if not reason.strip():
        raise RemovalReasonMissing()
    if participant.removed_at is None:
        _give_back(participant, by, at)
        participant.removed_at, participant.removed_by = at, by
        participant.removal_reason = reason.strip()
        participant.save(update_fields=["removed_at", "removed_by", "removal_reason"])
        PersonalLink.objects.filter(participant=participant, revoked_at=None).update(revoked_at=at)
        audit.record(
            "marketplace.remove_participant", [group_order], by=by, at=at, member=participant.member_id,
            reason=reason.strip(),
        )  # fmt: skip
    return participant


def _give_back(participant: Participant, by: Any, at: datetime) -> None:
    """An empty choice in place of the standing one, so that tally and allowance fall with it."""
    lines = ChoiceLine.objects.filter(choice__participant=participant, choice__replaced_at=None)
    before = dict(lines.values_list("pack_id", "quantity"))
    if before:
        nothing = Money(0, currency())
        entry = allowances.hold(
            allowance=participant.allowance,
            amount=nothing - participant.allowance.held,
            source=participant.allowance.occasion,
            by=by,
            at=at,
        )
        replace_choice(participant, {}, {}, nothing, entry, before, by, at)


@transaction.atomic
def set_point(*, participant: Participant, delivery_point: DeliveryPoint, by: Any = None, at: datetime) -> Participant:
    """Where a member collects, while the group order is open; ``by`` is ``None`` for the member, where they may choose."""
    group_order = lock_group_order(participant.group_order_id)
    participant = lock_participant(participant.pk)
    if by is not None:
        require_role(by, group_order.organisation, Role.ORGANISER)
    elif not group_order.members_choose_point:
        raise PointNotTheMembers()
    is_time = group_order.accepts_members_at(at) if by is None else group_order.state == State.OPEN
    if not is_time:
        raise GroupOrderNotOpen(title=group_order.title)
    if delivery_point not in points_of(group_order):
        raise PointNotServed(point=delivery_point.name)
    is_own = delivery_point.pk == group_order.delivery_point_id
    participant.delivery_point = None if is_own else delivery_point
    participant.save(update_fields=["delivery_point"])
    audit.record(
        "marketplace.set_point", [group_order], by=by, at=at, participant=participant.pk, point=delivery_point.name
    )
    return participant

"""Handing roles over to a successor. What hangs on a role follows it; whether work would be stranded is asked by the road."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..errors import NotPermitted
from . import actions
from .actions import office_day
from .changes import HandOver
from .errors import DayIsPast, HandOverStands, LastAdministrator, NotAMember, NotPending, SuccessorIsTheGiver
from .locks import lock_change, lock_memberships
from .models import BuyerOrganisation, Membership, Role
from .selectors import roles_of
from .tree import require_open


@transaction.atomic
def arrange_hand_over(
    *,
    organisation: BuyerOrganisation,
    giver: Any,
    roles: Sequence[str],
    begins_on: date,
    successor: Any = None,
    invitee_name: str = "",
    by: Any,
    at: datetime,
) -> tuple[HandOver, str]:
    """Arrange that ``giver``'s roles pass on; with the invitation's token when the successor is not yet here.

    By the giver to a colleague, by an administrator to anybody.
    """
    own = roles_of(by, organisation)
    if Role.ADMINISTRATOR not in own and (by != giver or successor is None):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    require_open(organisation)
    held = {seat.role for seat in lock_memberships(organisation.pk) if seat.user_id == giver.pk}
    if not roles or not set(roles) <= held or (successor is not None and not roles_of(successor, organisation)):
        raise NotAMember(person=named(giver))
    if successor == giver:
        raise SuccessorIsTheGiver()
    if begins_on < office_day(at):
        raise DayIsPast()
    if HandOver.objects.filter(organisation=organisation, giver=giver, done_at=None, cancelled_at=None).exists():
        raise HandOverStands(person=named(giver))
    invitation, token = (
        (None, "")
        if successor is not None
        else actions.invite(organisation=organisation, invitee_name=invitee_name, roles=roles, by=by, at=at)
    )
    made = HandOver.objects.create(
        organisation=organisation,
        giver=giver,
        successor=successor,
        invitation=invitation,
        roles=list(roles),
        begins_on=begins_on,
        arranged_at=at,
        arranged_by=by,
    )
    audit.record("marketplace.arrange_hand_over", [organisation], by=by, at=at, giver=str(giver), roles=list(roles))
    return made, token


def named(person: Any) -> str:
    """What colleagues call somebody."""
    return str(person.get_full_name() or person.get_username())


def pass_on(*, hand_over: HandOver, by: Any, at: datetime) -> HandOver:
    """The day has come: the roles end for the giver and begin for the successor. Inside the caller's transaction."""
    seats = lock_memberships(hand_over.organisation_id)
    hand_over = lock_change(hand_over)
    if hand_over.done_at is not None or hand_over.cancelled_at is not None or hand_over.successor is None:
        raise NotPending()
    giving = [seat for seat in seats if seat.user_id == hand_over.giver_id and seat.role in hand_over.roles]
    Membership.objects.filter(pk__in=[seat.pk for seat in giving]).update(ended_at=at)
    there = {seat.role for seat in seats if seat.user_id == hand_over.successor_id}
    Membership.objects.bulk_create(
        Membership(user=hand_over.successor, organisation=hand_over.organisation, role=seat.role, began_at=at)
        for seat in giving
        if seat.role not in there
    )
    hand_over.done_at = at
    hand_over.save(update_fields=["done_at"])
    audit.record(
        "marketplace.hand_over", [hand_over.organisation], by=by, at=at, giver=str(hand_over.giver),
        successor=str(hand_over.successor), roles=[seat.role for seat in giving],
    )  # fmt: skip
    return hand_over


@transaction.atomic
def cancel_hand_over(*, hand_over: HandOver, by: Any, at: datetime) -> HandOver:
    """Leave the roles where they are. By the giver or an administrator, while it has not happened."""
    if by != hand_over.giver and Role.ADMINISTRATOR not in roles_of(by, hand_over.organisation):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    hand_over = lock_change(hand_over)
    if hand_over.done_at is not None or hand_over.cancelled_at is not None:
        raise NotPending()
    hand_over.cancelled_at = at
    hand_over.save(update_fields=["cancelled_at"])
    if hand_over.invitation is not None and hand_over.invitation.accepted_at is None:
        hand_over.invitation.revoked_at = at
        hand_over.invitation.save(update_fields=["revoked_at"])
    audit.record("marketplace.cancel_hand_over", [hand_over.organisation], by=by, at=at)
    return hand_over


def end_all_roles(*, organisation: BuyerOrganisation, person: Any, reason: str, by: Any, at: datetime) -> list[str]:
    """Somebody leaves: every role ends, and what they were about to hand over is cancelled; the roles that ended.

    By the person or an administrator, inside the caller's transaction. ``LastAdministrator``.
    """
    if by != person and Role.ADMINISTRATOR not in roles_of(by, organisation):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    seats = lock_memberships(organisation.pk)
    ending = [seat for seat in seats if seat.user_id == person.pk]
    if not ending:
        raise NotAMember(person=named(person))
    administrators = {seat.user_id for seat in seats if seat.role == Role.ADMINISTRATOR}
    if administrators == {person.pk}:
        raise LastAdministrator()
    Membership.objects.filter(pk__in=[seat.pk for seat in ending]).update(ended_at=at)
    for hand_over in HandOver.objects.filter(
        organisation=organisation, giver=person, done_at=None, cancelled_at=None
    ).select_related("invitation", "organisation", "giver"):
        cancel_hand_over(hand_over=hand_over, by=by, at=at)
    ended = [seat.role for seat in ending]
    audit.record(
        "marketplace.leave", [organisation], by=by, at=at, user=str(person), roles=ended, reason=reason.strip()
    )
    return ended

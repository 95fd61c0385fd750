"""People behind a purchase come and go: roles end, pass on, or their holder leaves, and no requisition is left stranded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..allowances.models import Allowance
from ..grouporders.models import PersonalLink
from ..orders.errors import NobodyToApprove
from ..orders.lifecycle import State
from ..orders.models import Requisition
from ..parties import actions as parties
from ..parties import handing
from ..parties.actions import office_day
from ..parties.changes import HandOver
from ..parties.errors import NotAMember, ReasonNeeded
from ..parties.locks import lock_member, lock_memberships
from ..parties.models import BuyerOrganisation, Invitation, Member, Membership, Role
from ..parties.selectors import require_role


def end_role(*, membership: Membership, by: Any, at: datetime) -> Membership:
    """Take one role away. ``LastAdministrator``; ``NobodyToApprove`` names the requisition that would wait for nobody."""
    with transaction.atomic(), nothing_stranded(membership.organisation):
        return parties.end_role(membership=membership, by=by, at=at)


def leave(*, organisation: BuyerOrganisation, person: Any, reason: str, by: Any, at: datetime) -> list[str]:
    """End every role somebody holds here, with a reason; the roles that ended."""
    if not reason.strip():
        raise ReasonNeeded()
    with transaction.atomic(), nothing_stranded(organisation):
        return handing.end_all_roles(organisation=organisation, person=person, reason=reason, by=by, at=at)


def hand_over(
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
    """Arrange it, and do it at once where its day is today and the successor is here; the token of an invitation."""
    with transaction.atomic():
        made, token = handing.arrange_hand_over(
            organisation=organisation,
            giver=giver,
            roles=roles,
            begins_on=begins_on,
            successor=successor,
            invitee_name=invitee_name,
            by=by,
            at=at,
        )
        return _if_due(made, by, at), token


def _if_due(made: HandOver, by: Any, at: datetime) -> HandOver:
    if made.successor is not None and made.begins_on <= office_day(at):
        return carry_out(hand_over=made, by=by, at=at)
    return made


def carry_out(*, hand_over: HandOver, by: Any, at: datetime) -> HandOver:
    """The day of a hand-over has come. ``NobodyToApprove`` when the successor is who asked for what waits."""
    with transaction.atomic(), nothing_stranded(hand_over.organisation):
        return handing.pass_on(hand_over=hand_over, by=by, at=at)


def join(*, token: str, by: Any, at: datetime) -> Invitation:
    """Take up an invitation; a successor gets the roles on the hand-over's day."""
    with transaction.atomic():
        invitation = parties.accept_invitation(token=token, by=by, at=at)
        made = (
            HandOver.objects.filter(invitation=invitation).select_related("organisation", "successor", "giver").first()
        )
        if made is not None:
            _if_due(made, by, at)
        return invitation


@contextmanager
def nothing_stranded(organisation: BuyerOrganisation) -> Iterator[None]:
    """Whatever happens to roles inside, no requisition loses its last approver; the roles stay locked until commit."""
    lock_memberships(organisation.pk)
    before = stranded(organisation)
    yield
    for reference, title in stranded(organisation).items():
        if reference not in before:
            raise NobodyToApprove(reference=reference, title=title)


def stranded(organisation: BuyerOrganisation) -> dict[str, str]:
    """Requisitions (reference → title) that wait for an approver, and nobody who may approve them is there."""
    seats = organisation.memberships.filter(ended_at=None, role=Role.APPROVER)
    approvers = set(seats.values_list("user_id", flat=True))
    waiting = Requisition.objects.filter(
        organisation=organisation, state__in=[State.SUBMITTED, State.APPROVED]
    ).select_related("group_order")
    return {
        row.reference: row.title
        for row in waiting.order_by("pk")
        if not approvers - ({row.requested_by_id, row.drafted_by_id} if row.state == State.SUBMITTED else set())
    }


@transaction.atomic
def take_off_roll(*, member: Member, left_on: date, reason: str, by: Any, at: datetime) -> Member:
    """Somebody on the roll leaves: their links end at once; what was ordered for them stays theirs.

    What they only hold in open group orders is released when the organiser takes them out. By an organiser or administrator.
    """
    require_role(by, member.organisation, Role.ORGANISER, Role.ADMINISTRATOR)
    if not reason.strip():
        raise ReasonNeeded()
    member = lock_member(member.pk)
    if member.left_on is not None and member.left_on <= office_day(at):
        raise NotAMember(person=member.name)
    member.left_on = max(left_on, member.joined_on)
    member.save(update_fields=["left_on"])
    if member.left_on <= office_day(at):
        PersonalLink.objects.filter(participant__member=member, revoked_at=None).update(revoked_at=at)
    audit.record(
        "marketplace.take_off_roll", [member.organisation], by=by, at=at, member=member.pk, reason=reason.strip(),
        left_on=str(member.left_on),
    )  # fmt: skip
    return member


def due_hand_overs(day: date) -> Iterator[HandOver]:
    """Hand-overs whose day has come and whose successor is here."""
    rows = HandOver.objects.filter(done_at=None, cancelled_at=None, successor__isnull=False, begins_on__lte=day)
    yield from rows.select_related("organisation", "giver", "successor").order_by("pk")


def allowances_of(member: Member) -> list[Allowance]:
    """What somebody has been granted for occasions of which something is held or ordered, the latest first."""
    rows = Allowance.objects.filter(member=member).select_related("participant__group_order").order_by("-pk")
    return [row for row in rows if row.held or row.committed]

"""One organisation goes over into another: people, roll, places, basket and standing ties move; documents and totals stay.

Proposed by one person and confirmed by another. What is still under way is finished first, so that nobody has to
finish it for an organisation that is no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext

from .. import audit
from ..errors import NotPermitted, first_few
from ..grouporders.lifecycle import State as GroupState
from ..grouporders.models import GroupOrder
from ..ledger import accounts
from ..ledger.models import Posting
from ..orders.errors import StillUnderWayHere
from ..orders.lifecycle import State
from ..orders.models import BasketLine, Requisition
from ..parties.actions import office_day
from ..parties.changes import AccountRecovery, HandOver, Merger, Subordination
from ..parties.errors import DayIsPast, MergerStands, NotPending, ReasonNeeded, SecondPersonNeeded
from ..parties.locks import lock_change, lock_members, lock_memberships, lock_organisations, lock_tree
from ..parties.models import (
    Affiliation,
    BuyerOrganisation,
    DeliveryPoint,
    Department,
    ErasureRequest,
    Invitation,
    Member,
    Membership,
)
from ..parties.selectors import is_officer_of
from ..parties.tree import require_open
from .tracking import open_orders


@transaction.atomic
def propose_merger(
    *, absorbed: BuyerOrganisation, into: BuyerOrganisation, takes_effect_on: date, reason: str, by: Any, at: datetime
) -> Merger:
    """Ask that an organisation goes over into another. By the operator, or an officer of both organisations' county."""
    for row in lock_organisations(absorbed.pk, into.pk):
        require_open(row)
    _require_may_merge(absorbed, into, by)
    if not reason.strip():
        raise ReasonNeeded()
    if takes_effect_on < office_day(at):
        raise DayIsPast()
    either = Q(absorbed__in=[absorbed, into]) | Q(into=absorbed)
    if Merger.objects.filter(either, withdrawn_at=None, done_at=None).exists():
        raise MergerStands(organisation=absorbed.name)
    merger = Merger.objects.create(
        absorbed=absorbed,
        into=into,
        takes_effect_on=takes_effect_on,
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=by,
    )
    audit.record("marketplace.propose_merger", [absorbed, into], by=by, at=at, reason=reason.strip())
    return merger


def _require_may_merge(absorbed: BuyerOrganisation, into: BuyerOrganisation, by: Any) -> None:
    is_officer = is_officer_of(by, absorbed.county_code) and is_officer_of(by, into.county_code)
    if absorbed.is_individual or into.is_individual or absorbed == into or not (by.is_superuser or is_officer):
        raise NotPermitted(roles=[])


@transaction.atomic
def confirm_merger(*, merger: Merger, by: Any, at: datetime) -> Merger:
    """A second person agrees; it takes effect at once, or by the clock on its day. ``StillUnderWayHere`` names what is open."""
    merger = lock_change(merger)
    _require_may_merge(merger.absorbed, merger.into, by)
    if by.pk == merger.proposed_by_id:
        raise SecondPersonNeeded()
    if merger.confirmed_at is not None or merger.withdrawn_at is not None:
        raise NotPending()
    merger.confirmed_at, merger.confirmed_by = at, by
    merger.save(update_fields=["confirmed_at", "confirmed_by"])
    audit.record("marketplace.confirm_merger", [merger.absorbed, merger.into], by=by, at=at)
    return merge(merger=merger, by=by, at=at) if merger.takes_effect_on <= office_day(at) else merger


@transaction.atomic
def withdraw_merger(*, merger: Merger, by: Any, at: datetime) -> Merger:
    """Not after all: by whoever may merge the two, while it has not happened."""
    merger = lock_change(merger)
    _require_may_merge(merger.absorbed, merger.into, by)
    if merger.done_at is not None or merger.withdrawn_at is not None:
        raise NotPending()
    merger.withdrawn_at, merger.withdrawn_by = at, by
    merger.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record("marketplace.withdraw_merger", [merger.absorbed, merger.into], by=by, at=at)
    return merger


def due_mergers(day: date) -> Iterator[Merger]:
    """Confirmed mergers whose day has come."""
    rows = Merger.objects.filter(confirmed_at__isnull=False, withdrawn_at=None, done_at=None, takes_effect_on__lte=day)
    yield from rows.select_related("absorbed", "into").order_by("pk")


def under_way(organisation: BuyerOrganisation) -> list[str]:
    """What somebody of this organisation still has to finish: titles and references, the oldest first."""
    group_orders = GroupOrder.objects.filter(organisation=organisation).exclude(state=GroupState.CANCELLED)
    waiting = group_orders.exclude(requisitions__state=State.PLACED)
    wanted = Requisition.objects.filter(organisation=organisation).exclude(state__in=[State.PLACED, State.CANCELLED])
    found = [row.title for row in waiting.order_by("pk")]
    found += [row.reference for row in wanted.order_by("pk")]
    found += [row.reference for row in open_orders([organisation.pk])]
    if any(_balances(organisation.pk)):
        found.append(gettext("money that is still owed or held"))
    return found


def _balances(pk: int) -> list[int]:
    keys = [accounts.receivable(pk), accounts.held_for_buyer(pk), accounts.refunding(pk)]
    sums = Posting.objects.filter(account__key__in=keys).values_list("account__key").annotate(sum=Sum("amount"))
    return [getattr(amount, "amount", amount) for _key, amount in sums.order_by()]


@transaction.atomic
def merge(*, merger: Merger, by: Any, at: datetime) -> Merger:
    """The day has come. Everything of one year's allowances stays with the members, so caps count both.

    ``StillUnderWayHere`` until the absorbed organisation's purchases are finished.
    """
    merger = lock_change(merger)
    if merger.confirmed_at is None or merger.done_at is not None or merger.withdrawn_at is not None:
        raise NotPending()
    lock_tree()
    rows = {row.pk: row for row in lock_organisations(merger.absorbed_id, merger.into_id)}
    old, new = rows[merger.absorbed_id], rows[merger.into_id]
    for row in (old, new):
        require_open(row)
    if found := under_way(old):
        raise StillUnderWayHere(organisation=old.name, documents=first_few(found))
    counts = {
        "people": _move_people(old, new, at),
        "members": _move_roll(old, new, at),
        "points": _move_places(old, new),
        "basket": _move_basket(old, new),
    }
    _move_ties(old, new, at)
    old.closed_on, old.merged_into = office_day(at), new
    old.save(update_fields=["closed_on", "merged_into"])
    merger.done_at = at
    merger.save(update_fields=["done_at"])
    audit.record("marketplace.merge", [old, new], by=by, at=at, **counts)
    return merger


def _move_people(old: BuyerOrganisation, new: BuyerOrganisation, at: datetime) -> int:
    seats = lock_memberships(old.pk)
    there = {(seat.user_id, seat.role) for seat in lock_memberships(new.pk)}
    Membership.objects.filter(pk__in=[seat.pk for seat in seats]).update(ended_at=at)
    moved = [seat for seat in seats if (seat.user_id, seat.role) not in there]
    Membership.objects.bulk_create(
        Membership(user_id=seat.user_id, organisation=new, role=seat.role, began_at=at) for seat in moved
    )
    Invitation.objects.filter(organisation=old, accepted_at=None, revoked_at=None).update(revoked_at=at)
    HandOver.objects.filter(organisation=old, done_at=None, cancelled_at=None).update(cancelled_at=at)
    AccountRecovery.objects.filter(organisation=old, used_at=None, closed_at=None).update(closed_at=at)
    return len({seat.user_id for seat in seats})


def _move_roll(old: BuyerOrganisation, new: BuyerOrganisation, at: datetime) -> int:
    """Whoever is on both rolls is one person; their earlier row points at the one that goes on."""
    today = office_day(at)
    members = lock_members(old.pk)
    known = lock_members(new.pk)
    numbers = {row.staff_number for row in known if row.staff_number}
    namesakes: dict[str, list[Member]] = {}
    for row in known:
        namesakes.setdefault(row.name, []).append(row)
    for member in members:
        same = next((row for row in namesakes.get(member.name, []) if is_same_person(member, row)), None)
        if same is not None:
            member.continued_as = same
            member.left_on = member.left_on or max(today, member.joined_on)
        else:
            member.organisation = new
            if member.staff_number in numbers:  # two people: the number alone does not tell them apart any more
                member.staff_number = f"{member.staff_number[:18]}-{old.pk}"
    Member.objects.bulk_update(members, ["organisation", "continued_as", "left_on", "staff_number"], batch_size=200)
    _move_wishes([member for member in members if member.continued_as_id])
    for member in members:  # who went on as somebody before goes on as whoever that is now
        if member.continued_as_id:
            Member.objects.filter(continued_as=member).update(continued_as=member.continued_as_id)
    return len(members)


def _move_wishes(continued: Sequence[Member]) -> None:
    """Who asked to be erased asked it as the person they go on as; whoever asked on both rolls asked once."""
    wishes = ErasureRequest.objects.filter(done_at=None, refused_at=None)
    for member in continued:
        if not wishes.filter(member=member.continued_as).exists():
            wishes.filter(member=member).update(member=member.continued_as)


def is_same_person(one: Member, other: Member) -> bool:
    """The same name, with the same staff number or, where one has none, the same phone."""
    if one.name != other.name:
        return False
    if one.staff_number and other.staff_number:
        return one.staff_number == other.staff_number
    return bool(one.phone) and one.phone == other.phone


def _move_places(old: BuyerOrganisation, new: BuyerOrganisation) -> int:
    taken = set(new.delivery_points.values_list("name", flat=True))
    points = list(old.delivery_points.all())
    for point in points:
        point.organisation, point.is_default = new, False
        if point.name in taken:
            point.name = f"{point.name}（{old.name}）"[:60]
    DeliveryPoint.objects.bulk_update(points, ["organisation", "is_default", "name"], batch_size=200)
    known, last = set(new.departments.values_list("name", flat=True)), new.departments.count()
    for number, department in enumerate(old.departments.all(), start=1):
        if department.name in known:
            department.delete()
        else:
            Department.objects.filter(pk=department.pk).update(organisation=new, position=last + number)
    return len(points)


def _move_basket(old: BuyerOrganisation, new: BuyerOrganisation) -> int:
    there = {line.pack_id: line for line in BasketLine.objects.filter(organisation=new)}
    lines = list(BasketLine.objects.filter(organisation=old))
    for line in lines:
        if (same := there.get(line.pack_id)) is not None:
            same.quantity += line.quantity
            same.save(update_fields=["quantity"])
            line.delete()
        else:
            line.organisation = new
            line.save(update_fields=["organisation"])
    return len(lines)


def _move_ties(old: BuyerOrganisation, new: BuyerOrganisation, at: datetime) -> None:
    """Those below stand under the new one, the old one under nobody; private purchases count for the new one."""
    Subordination.objects.filter(lower=old, ended_at=None).update(ended_at=at)
    Subordination.objects.filter(lower=new, upper=old, ended_at=None).update(ended_at=at)
    above = set()
    tie = Subordination.objects.filter(lower=new, ended_at=None).first()
    while tie is not None and tie.upper_id not in above:
        above.add(tie.upper_id)
        tie = Subordination.objects.filter(lower_id=tie.upper_id, ended_at=None).first()
    below = Subordination.objects.filter(upper=old, ended_at=None)
    below.filter(lower__in=above).update(ended_at=at)  # who stands above the new one cannot stand below it
    below.exclude(lower__in=above).update(upper=new)
    Affiliation.objects.filter(organisation=old, ended_at=None).update(organisation=new)

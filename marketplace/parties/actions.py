"""Organisations, their people and their roll; vendors' admission."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest

from .. import audit, signals
from ..conf import setting
from ..errors import NotPermitted
from ..files import Given, Kind, keep
from ..programme.models import Region
from ..references import unique_references
from . import imports
from .changes import HandOver
from .errors import (
    AffiliationStands,
    AlreadySignedUp,
    AnotherCounty,
    DeliveryPointTaken,
    LastAdministrator,
    LinkInvalid,
    NoSuchRole,
    OrganisationClosed,
    RosterAlreadyApplied,
    RosterHasRefusedRows,
    RosterMovedOn,
    RosterUnreadable,
)
from .locks import lock_invitation, lock_other_administrators, lock_roll, lock_vendor
from .models import (
    Affiliation,
    BuyerOrganisation,
    DeliveryPoint,
    Department,
    Invitation,
    Member,
    Membership,
    Role,
    RosterImport,
    Vendor,
)
from .reasons import UNREADABLE
from .selectors import is_officer_of, require_role, roles_of, roll_for_import
from .tokens import fresh_token, token_hash

INVITATION_DAYS = 14


@transaction.atomic
def grant_roles(
    *, organisation: BuyerOrganisation, user: Any, roles: Sequence[str], by: Any, at: datetime
) -> list[Membership]:
    """Give ``user`` the ``roles`` not yet held. By the operator (superuser) or an administrator."""
    if not getattr(by, "is_superuser", False):
        require_role(by, organisation, Role.ADMINISTRATOR)
    return _grant(organisation, user, roles, by, at)


def _grant(organisation: BuyerOrganisation, user: Any, roles: Sequence[str], by: Any, at: datetime) -> list[Membership]:
    if organisation.merged_into is not None:
        raise OrganisationClosed(organisation=organisation.name, into=organisation.merged_into.name)
    for role in roles:
        if role not in Role.values:
            raise NoSuchRole(role=role)
    fresh = [role for role in roles if role not in roles_of(user, organisation)]
    granted = Membership.objects.bulk_create(
        Membership(user=user, organisation=organisation, role=role, began_at=at) for role in fresh
    )
    audit.record("marketplace.grant_roles", [organisation], by=by, at=at, user=str(user), roles=fresh)
    return granted


@transaction.atomic
def end_role(*, membership: Membership, by: Any, at: datetime) -> Membership:
    """Take one role away from now on; the history stays. ``LastAdministrator`` when nobody would be left to invite."""
    require_role(by, membership.organisation, Role.ADMINISTRATOR)
    if membership.role == Role.ADMINISTRATOR and not lock_other_administrators(membership):
        raise LastAdministrator()
    Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=at)
    membership.refresh_from_db()
    audit.record(
        "marketplace.end_role", [membership.organisation], by=by, at=at, user=str(membership.user), role=membership.role
    )
    return membership


@transaction.atomic
def invite(
    *, organisation: BuyerOrganisation, invitee_name: str, roles: Sequence[str], by: Any, at: datetime
) -> tuple[Invitation, str]:
    """Offer roles by a link; the invitation and the token, which is shown this once. By the operator or an administrator."""
    if not _may_invite(by, organisation):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    for role in roles:
        if role not in Role.values:
            raise NoSuchRole(role=role)
    token = fresh_token()
    invitation = Invitation.objects.create(
        organisation=organisation,
        invitee_name=invitee_name,
        roles=list(roles),
        token_hash=token_hash(token),
        invited_by=by,
        invited_at=at,
        expires_at=at + timedelta(days=INVITATION_DAYS),
    )
    audit.record("marketplace.invite", [organisation], by=by, at=at, name=invitee_name, roles=list(roles))
    return invitation, token


def _may_invite(person: Any, organisation: BuyerOrganisation) -> bool:
    return bool(person.is_superuser or Role.ADMINISTRATOR in roles_of(person, organisation))


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Any, at: datetime) -> None:
    """Make an invitation nobody has taken up useless at once. By an administrator."""
    require_role(by, invitation.organisation, Role.ADMINISTRATOR)
    if Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=at):
        audit.record("marketplace.revoke_invitation", [invitation.organisation], by=by, at=at)


@transaction.atomic
def accept_invitation(*, token: str, by: Any, at: datetime) -> Invitation:
    """Take up the roles of an invitation, once; those of a hand-over come with its day.

    ``LinkInvalid`` when used, revoked, expired or unknown, and when who invited is no administrator any more.
    """
    invitation = lock_invitation(token_hash(token))
    if (
        invitation is None
        or invitation.accepted_at is not None
        or invitation.revoked_at is not None
        or invitation.expires_at <= at
        or not _may_invite(invitation.invited_by, invitation.organisation)
    ):
        raise LinkInvalid()
    handed = HandOver.objects.filter(invitation=invitation)
    if not handed.exists():
        _grant(invitation.organisation, by, invitation.roles, by, at)
    elif not handed.exclude(giver=by).filter(cancelled_at=None).update(successor=by):
        raise LinkInvalid()
    invitation.accepted_at, invitation.accepted_by = at, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return invitation


@transaction.atomic
def admit_vendor(*, vendor: Vendor, by: Any, at: datetime) -> Vendor:
    """Let a vendor trade. By an officer of the vendor's county; admitted again it stays as it was."""
    vendor = lock_vendor(vendor)
    if not is_officer_of(by, vendor.county_code):
        raise AnotherCounty(county=vendor.county_code)
    if vendor.admitted_at is None:
        vendor.admitted_at, vendor.admitted_by = at, by
        vendor.save(update_fields=["admitted_at", "admitted_by"])
        audit.record("marketplace.admit_vendor", [vendor], by=by, at=at)
        signals.announce(signals.vendor_admitted, sender=Vendor, vendor=vendor)
    return vendor


def office_day(at: datetime) -> date:
    """The calendar day of ``at`` where the office is."""
    return at.astimezone(ZoneInfo(setting("TIME_ZONE"))).date()


@transaction.atomic
def upload_roster(
    *, organisation: BuyerOrganisation, roster: Given, is_complete: bool, by: Any, at: datetime
) -> RosterImport:
    """Read a roster file and keep its rows for the preview. ``RosterUnreadable`` when it is none."""
    require_role(by, organisation, Role.ORGANISER, Role.ADMINISTRATOR)
    file = keep(kind=Kind.ROSTER, upload=roster, by=by, at=at)
    if file is None:
        raise RosterUnreadable(reason=UNREADABLE["not_xlsx"])
    try:
        rows = imports.read_rows(file.content, limit=setting("ROSTER_MAX_ROWS"))
    except imports.Unreadable as problem:
        raise RosterUnreadable(reason=UNREADABLE[problem.reason]) from problem
    return RosterImport.objects.create(
        organisation=organisation,
        filename=file.name,
        file=file,
        rows=[asdict(row) for row in rows],
        is_complete=is_complete,
        uploaded_by=by,
        uploaded_at=at,
    )


def roster_plan(roster_import: RosterImport, *, at: datetime) -> imports.Plan:
    """What applying this import would do now."""
    rows = [imports.RosterRow(**row) for row in roster_import.rows]
    roll = roll_for_import(roster_import.organisation, office_day(at))
    return imports.plan(rows, roll, is_complete=roster_import.is_complete)


@transaction.atomic
def apply_roster(*, roster_import: RosterImport, digest: str, by: Any, at: datetime) -> imports.Plan:
    """Do exactly what the preview with this ``digest`` showed, whole or not at all."""
    roster_import = lock_roll(roster_import)
    require_role(by, roster_import.organisation, Role.ORGANISER, Role.ADMINISTRATOR)
    if roster_import.applied_at is not None:
        raise RosterAlreadyApplied()
    plan = roster_plan(roster_import, at=at)
    if refused := plan.of("refused"):
        raise RosterHasRefusedRows(count=len(refused))
    if plan.digest != digest:
        raise RosterMovedOn()
    _write_roll(roster_import.organisation, plan, office_day(at))
    roster_import.applied_at, roster_import.applied_by = at, by
    roster_import.save(update_fields=["applied_at", "applied_by"])
    audit.record("marketplace.apply_roster", [roster_import], by=by, at=at, **plan.counts)
    return plan


def _write_roll(organisation: BuyerOrganisation, plan: imports.Plan, today: date) -> None:
    Member.objects.bulk_create(
        Member(
            organisation=organisation,
            name=change.row.name,
            department=change.row.department,
            staff_number=change.row.staff_number,
            phone=change.row.phone,
            joined_on=change.row.joined_on or today,
        )
        for change in plan.of("new")
    )
    changed = plan.of("changed")
    members = Member.objects.in_bulk([change.member_pk for change in changed])
    for change in changed:
        member = members[change.member_pk]
        for name, _before, after in change.differences:
            if name != "on_roll":
                setattr(member, name, after)
        member.left_on = None
    Member.objects.bulk_update(
        members.values(), ["name", "department", "staff_number", "phone", "joined_on", "left_on"], batch_size=200
    )
    note_departments(organisation, [change.row.department for change in plan.changes if change.outcome != "left"])
    leavers = Member.objects.filter(pk__in=[change.member_pk for change in plan.of("left")])
    leavers.update(left_on=Greatest(Value(today), F("joined_on")))  # who was to join later leaves on that day


def note_departments(organisation: BuyerOrganisation, names: Iterable[str]) -> None:
    """Departments a roster names for the first time, at the end of the list in the roster's order."""
    known = dict(organisation.departments.values_list("name", "position"))
    fresh = [name for name in dict.fromkeys(names) if name and name not in known]
    first = max(known.values(), default=0) + 1
    Department.objects.bulk_create(
        Department(organisation=organisation, name=name, position=first + number) for number, name in enumerate(fresh)
    )


@transaction.atomic
def sign_up_individual(*, name: str, region: Region, by: Any, at: datetime) -> BuyerOrganisation:
    """A person becomes a buyer of their own and holds every role a purchase needs; once for each account.

    What others see of them is a masked name and a number; the full name stays with the account and on the parcels.
    """
    if Membership.objects.filter(user=by, organisation__kind=BuyerOrganisation.Kind.INDIVIDUAL).exists():
        raise AlreadySignedUp()
    number = unique_references("P", 1, at=at)[0].rsplit("-", 1)[-1]
    buyer = BuyerOrganisation.objects.create(
        name=f"{name.strip()[:1]}**（{number}）",
        slug=f"p-{number.lower()}",
        kind=BuyerOrganisation.Kind.INDIVIDUAL,
        region=region,
        fapiao_title=name.strip()[:120],
        created_at=at,
    )
    roles = [Role.REQUESTER, Role.APPROVER, Role.RECEIVER, Role.TREASURER]
    Membership.objects.bulk_create(Membership(user=by, organisation=buyer, role=role, began_at=at) for role in roles)
    audit.record("marketplace.sign_up", [buyer], by=by, at=at)
    return buyer


@transaction.atomic
def add_delivery_point(
    *,
    organisation: BuyerOrganisation,
    name: str,
    address: str,
    contact_name: str,
    phone: str,
    region: Region | None = None,
    opening_hours: str = "",
    unloading_note: str = "",
    by: Any,
    at: datetime,
) -> DeliveryPoint:
    """Another place where goods are handed over, in the organisation's region or another. By whoever requests purchases, or an administrator."""
    require_role(by, organisation, Role.REQUESTER, Role.ORGANISER, Role.ADMINISTRATOR)
    if DeliveryPoint.objects.filter(organisation=organisation, name=name.strip()).exists():
        raise DeliveryPointTaken(name=name.strip())
    point = DeliveryPoint.objects.create(
        organisation=organisation,
        name=name.strip(),
        address=address.strip(),
        contact_name=contact_name.strip(),
        phone="".join(phone.split()),
        region=region,
        opening_hours=opening_hours.strip(),
        unloading_note=unloading_note.strip(),
    )
    audit.record("marketplace.add_delivery_point", [organisation], by=by, at=at, name=point.name)
    return point


@transaction.atomic
def ask_affiliation(
    *, person: BuyerOrganisation, name: str, organisation: BuyerOrganisation, by: Any, at: datetime
) -> Affiliation:
    """An individual asks that purchases count for an organisation besides; it sees the name and nothing else."""
    require_role(by, person, Role.REQUESTER)
    if not person.is_individual or organisation.is_individual:
        raise NotPermitted(roles=[str(Role.REQUESTER)])
    if person.affiliations.filter(ended_at=None).exists():
        raise AffiliationStands()
    asked = Affiliation.objects.create(
        person=person, person_name=name.strip()[:60], organisation=organisation, asked_at=at
    )
    audit.record("marketplace.ask_affiliation", [person, organisation], by=by, at=at)
    return asked


@transaction.atomic
def confirm_affiliation(*, affiliation: Affiliation, by: Any, at: datetime) -> Affiliation:
    """The organisation knows this person: purchases placed from now on count for it. By an administrator."""
    require_role(by, affiliation.organisation, Role.ADMINISTRATOR)
    Affiliation.objects.filter(pk=affiliation.pk, confirmed_at=None, ended_at=None).update(
        confirmed_at=at, confirmed_by=by
    )
    audit.record("marketplace.confirm_affiliation", [affiliation.organisation], by=by, at=at)
    affiliation.refresh_from_db()
    return affiliation


@transaction.atomic
def end_affiliation(*, affiliation: Affiliation, by: Any, at: datetime) -> Affiliation:
    """Nothing counts for the organisation any more from now on. By the person, or an administrator of the organisation."""
    if not roles_of(by, affiliation.person):
        require_role(by, affiliation.organisation, Role.ADMINISTRATOR)
    Affiliation.objects.filter(pk=affiliation.pk, ended_at=None).update(ended_at=at)
    audit.record("marketplace.end_affiliation", [affiliation.organisation], by=by, at=at)
    affiliation.refresh_from_db()
    return affiliation

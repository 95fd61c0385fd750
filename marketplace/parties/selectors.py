"""Questions about people and their roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from ..errors import NotPermitted
from .changes import HandOver, OrganisationName, Subordination, in_force
from .imports import OnRoll
from .models import BuyerOrganisation, Membership, OfficeMembership, Role


def roles_of(user: Any, organisation: BuyerOrganisation) -> frozenset[str]:
    """The roles ``user`` holds in ``organisation`` now."""
    return frozenset(
        Membership.objects.filter(user=user, organisation=organisation, ended_at=None).values_list("role", flat=True)
    )


def require_role(user: Any, organisation: BuyerOrganisation, *roles: Role) -> None:
    """Raise ``NotPermitted`` unless ``user`` holds one of ``roles`` in ``organisation``."""
    if user is None or not roles_of(user, organisation) & {str(role) for role in roles}:
        raise NotPermitted(roles=[str(role) for role in roles])


def organisations_of(user: Any) -> list[BuyerOrganisation]:
    """The organisations ``user`` works for now."""
    return list(
        BuyerOrganisation.objects.filter(memberships__user=user, memberships__ended_at=None)
        .select_related("region")
        .distinct()
    )


def organisations_where(user: Any, *roles: Role) -> list[BuyerOrganisation]:
    """The organisations in which ``user`` holds one of ``roles`` now."""
    return list(
        BuyerOrganisation.objects.filter(
            memberships__user=user, memberships__ended_at=None, memberships__role__in=roles
        )
        .select_related("region")
        .distinct()
    )


def organisation_counted_for(buyer: BuyerOrganisation) -> BuyerOrganisation | None:
    """For whom an individual's purchases count besides; ``None`` for organisations and where nobody confirmed."""
    if not buyer.is_individual:
        return None
    found = buyer.affiliations.filter(ended_at=None, confirmed_at__isnull=False).select_related("organisation").first()
    return found.organisation if found else None


def counties_of(user: Any) -> frozenset[str]:
    """The county codes ``user`` is an officer of now."""
    seats = OfficeMembership.objects.filter(user=user, ended_at=None).select_related("region")
    return frozenset(seat.region.county_code for seat in seats)


def is_officer_of(user: Any, county_code: str) -> bool:
    """Whether ``user`` holds an office in the county with this six-digit code."""
    return bool(user) and user.is_active and county_code in counties_of(user)


def roll_for_import(organisation: BuyerOrganisation, day: date) -> list[OnRoll]:
    """The whole roll, those who left included, as the import's plan reads it."""
    return [
        OnRoll(
            pk=member.pk,
            name=member.name,
            department=member.department,
            staff_number=member.staff_number,
            phone=member.phone,
            joined_on=member.joined_on.isoformat(),
            has_left=member.left_on is not None and member.left_on <= day,
        )
        for member in organisation.members.order_by("pk")
    ]


def open_organisations() -> QuerySet[BuyerOrganisation]:
    """Organisations that trade: neither individuals nor closed ones."""
    return BuyerOrganisation.objects.filter(closed_on=None).exclude(kind=BuyerOrganisation.Kind.INDIVIDUAL)


def named(words: str) -> QuerySet[BuyerOrganisation]:
    """The organisations whose present or former name, or whose code, contains these words."""
    former = OrganisationName.objects.filter(name__icontains=words).values("organisation")
    found = Q(name__icontains=words) | Q(social_credit_code__iexact=words) | Q(pk__in=former)
    return BuyerOrganisation.objects.filter(found)


def called(name: str) -> BuyerOrganisation | None:
    """The organisation that trades under exactly this name, or did; one that merged answers with its successor."""
    rows = BuyerOrganisation.objects.exclude(kind=BuyerOrganisation.Kind.INDIVIDUAL)
    found = rows.filter(name=name).first() or rows.filter(names__name=name).order_by("-names__valid_from").first()
    return successor_of(found) if found else None


def successor_of(organisation: BuyerOrganisation) -> BuyerOrganisation:
    """The organisation itself, or where it went over into, to the end."""
    while organisation.merged_into is not None:
        organisation = organisation.merged_into
    return organisation


def name_on(organisation: BuyerOrganisation, day: date) -> str:
    """What the organisation was called on ``day``."""
    edition = organisation.names.filter(valid_from__lte=day).exclude(valid_to__lte=day).first()
    return edition.name if edition else organisation.name


def upper_of(organisation: BuyerOrganisation, day: date) -> BuyerOrganisation | None:
    """The union it stands under on ``day``."""
    tie = organisation.uppers.filter(in_force(day)).select_related("upper").first()
    return tie.upper if tie else None


def subordinates_of(organisation: BuyerOrganisation, day: date) -> list[tuple[BuyerOrganisation, int]]:
    """Everybody below on ``day``, each with how many steps below, in the order of a tree; one statement."""
    below: dict[int, list[BuyerOrganisation]] = {}
    ties = Subordination.objects.filter(in_force(day), lower__closed_on=None).select_related("lower")
    for tie in ties.order_by("lower__name"):
        below.setdefault(tie.upper_id, []).append(tie.lower)
    return _walk(organisation.pk, below, 1)


def _walk(pk: int, below: dict[int, list[BuyerOrganisation]], depth: int) -> list[tuple[BuyerOrganisation, int]]:
    found = []
    for lower in below.get(pk, []):
        found += [(lower, depth), *_walk(lower.pk, below, depth + 1)]
    return found


def family(organisation: BuyerOrganisation) -> list[int]:
    """The organisation's key and those of all that went over into it, by whatever way; one statement a generation."""
    found, last = [organisation.pk], [organisation.pk]
    while last := list(BuyerOrganisation.objects.filter(merged_into__in=last).values_list("pk", flat=True)):
        found += last
    return found


def colleagues(organisation: BuyerOrganisation) -> dict[Any, list[Membership]]:
    """Everybody with a role here, with their roles; one statement."""
    seats: dict[Any, list[Membership]] = {}
    for seat in organisation.memberships.filter(ended_at=None).select_related("user").order_by("user_id", "pk"):
        seats.setdefault(seat.user, []).append(seat)
    return seats


def open_hand_overs(organisation: BuyerOrganisation) -> QuerySet[HandOver]:
    """What is arranged and has not happened yet, the next first."""
    rows = HandOver.objects.filter(organisation=organisation, done_at=None, cancelled_at=None)
    return rows.select_related("giver", "successor", "invitation").order_by("begins_on", "pk")

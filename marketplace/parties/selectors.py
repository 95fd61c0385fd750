"""Questions about people and their roles."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..errors import NotPermitted
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

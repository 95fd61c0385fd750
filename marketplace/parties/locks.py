"""Locks on parties: an organisation's roll changes one import at a time; a vendor is admitted once."""

from __future__ import annotations

from typing import Any

from .models import BuyerOrganisation, ErasureRequest, Invitation, Member, Membership, Role, RosterImport, Vendor


def lock_roll(roster_import: RosterImport) -> RosterImport:
    """The import and its organisation, held until commit."""
    BuyerOrganisation.objects.select_for_update().get(pk=roster_import.organisation_id)
    return RosterImport.objects.select_for_update().select_related("organisation").get(pk=roster_import.pk)


def lock_organisation(pk: int) -> BuyerOrganisation:
    """The organisation's row, held until commit: erased members are numbered one after the other."""
    return BuyerOrganisation.objects.select_for_update(of=("self",)).select_related("region").get(pk=pk)


def lock_member(pk: int) -> Member:
    """The member's row, held until commit."""
    return Member.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=pk)


def lock_account(account: Any) -> Any:
    """The account's row, held until commit."""
    return type(account)._default_manager.select_for_update().get(pk=account.pk)


def lock_erasure(pk: int) -> ErasureRequest:
    """The request's row, held until commit."""
    return (
        ErasureRequest.objects.select_for_update(of=("self",))
        .select_related("member__organisation", "account")
        .get(pk=pk)
    )


def lock_vendor(vendor: Vendor) -> Vendor:
    """The vendor's row, held until commit."""
    return Vendor.objects.select_for_update(of=("self",)).select_related("home").get(pk=vendor.pk)


def lock_invitation(token_hash: str) -> Invitation | None:
    """The invitation behind a token's hash, held until commit."""
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(token_hash=token_hash)
        .first()
    )


def lock_other_administrators(membership: Membership) -> list[Membership]:
    """The organisation's administrators beside this one, all rows held until commit: two cannot end each other at once."""
    rows = Membership.objects.select_for_update().filter(
        organisation_id=membership.organisation_id, role=Role.ADMINISTRATOR, ended_at=None
    )
    return [row for row in rows.order_by("pk") if row.pk != membership.pk]

"""Locks on parties: an organisation's roll changes one import at a time; a vendor is admitted once."""

from __future__ import annotations

from typing import Any, TypeVar

from .changes import AccountRecovery, HandOver, Merger, Subordination
from .models import BuyerOrganisation, ErasureRequest, Invitation, Member, Membership, Role, RosterImport, Vendor

Change = TypeVar("Change", Subordination, HandOver, Merger, AccountRecovery)


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


def lock_members(organisation_pk: int) -> list[Member]:
    """Everybody on an organisation's roll, held until commit; who was erased is nobody any more."""
    rows = Member.objects.select_for_update().filter(organisation=organisation_pk, erased_at=None)
    return list(rows.order_by("pk"))


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


def lock_organisations(*pks: int) -> list[BuyerOrganisation]:
    """These organisations' rows in primary-key order, held until commit."""
    return list(
        BuyerOrganisation.objects.select_for_update(of=("self",))
        .select_related("region")
        .filter(pk__in=pks)
        .order_by("pk")
    )


def lock_tree() -> None:
    """The oldest organisation stands for the tree of all: who stands under whom changes one at a time, so none loops."""
    BuyerOrganisation.objects.select_for_update().order_by("pk").values_list("pk").first()


def lock_memberships(organisation_pk: int) -> list[Membership]:
    """Every role held in the organisation now, rows held until commit: two cannot leave it without people at once."""
    rows = Membership.objects.select_for_update(of=("self",)).filter(organisation_id=organisation_pk, ended_at=None)
    return list(rows.select_related("user").order_by("pk"))


def lock_change(change: Change) -> Change:
    """A proposed change, held until commit: decided once."""
    return type(change)._default_manager.select_for_update(of=("self",)).get(pk=change.pk)


def lock_recovery(token_hash: str) -> AccountRecovery | None:
    """The recovery behind a token's hash, held until commit: used once."""
    rows = AccountRecovery.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    return rows.filter(token_hash=token_hash).first()

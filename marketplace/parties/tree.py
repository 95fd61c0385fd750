"""Who stands under which upper union: asked for from below, agreed from above, or set by the operator."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from .. import audit
from ..errors import NotPermitted
from .changes import Subordination
from .errors import NotPending, OrganisationClosed, TreeLoops, UpperStands
from .locks import lock_change, lock_tree
from .models import BuyerOrganisation, Role
from .selectors import require_role, roles_of


@transaction.atomic
def ask_upper(
    *, organisation: BuyerOrganisation, upper: BuyerOrganisation, begins_on: date, by: Any, at: datetime
) -> Subordination:
    """Ask an upper union to take this organisation under it. By its administrator; the union sees nothing until it agrees."""
    require_role(by, organisation, Role.ADMINISTRATOR)
    return _ask(organisation, upper, begins_on, by, at)


def _ask(
    organisation: BuyerOrganisation, upper: BuyerOrganisation, begins_on: date, by: Any, at: datetime
) -> Subordination:
    if organisation.is_individual or upper.is_individual:
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    lock_tree()
    for party in (organisation, upper):
        require_open(party)
    if standing := organisation.uppers.filter(ended_at=None).select_related("upper").first():
        raise UpperStands(upper=standing.upper.name)
    _require_no_loop(organisation, upper)
    asked = Subordination.objects.create(lower=organisation, upper=upper, begins_on=begins_on, asked_at=at, asked_by=by)
    audit.record("marketplace.ask_upper", [organisation, upper], by=by, at=at, upper=upper.name)
    return asked


def require_open(organisation: BuyerOrganisation) -> None:
    """``OrganisationClosed`` when it went over into another."""
    if organisation.merged_into is not None:
        raise OrganisationClosed(organisation=organisation.name, into=organisation.merged_into.name)


def _require_no_loop(lower: BuyerOrganisation, upper: BuyerOrganisation) -> None:
    """Upwards from ``upper`` one never meets ``lower``; what is only asked counts, so that it can be agreed."""
    above = dict(Subordination.objects.filter(ended_at=None).values_list("lower_id", "upper_id"))
    pk: int | None = upper.pk
    while pk is not None:
        if pk == lower.pk:
            raise TreeLoops(organisation=lower.name, upper=upper.name)
        pk = above.get(pk)


@transaction.atomic
def agree_to_upper(*, subordination: Subordination, by: Any, at: datetime) -> Subordination:
    """Take the organisation under this union from the day asked for. By the upper union's administrator."""
    require_role(by, subordination.upper, Role.ADMINISTRATOR)
    return _agree(subordination, by, at)


def _agree(subordination: Subordination, by: Any, at: datetime) -> Subordination:
    subordination = lock_change(subordination)
    if subordination.agreed_at is not None or subordination.ended_at is not None:
        raise NotPending()
    subordination.agreed_at, subordination.agreed_by = at, by
    subordination.save(update_fields=["agreed_at", "agreed_by"])
    audit.record("marketplace.agree_upper", [subordination.lower, subordination.upper], by=by, at=at)
    return subordination


@transaction.atomic
def set_upper(
    *, organisation: BuyerOrganisation, upper: BuyerOrganisation, begins_on: date, by: Any, at: datetime
) -> Subordination:
    """Put an organisation under an upper union at once. By the operator."""
    if not by.is_superuser:
        raise NotPermitted(roles=[])
    return _agree(_ask(organisation, upper, begins_on, by, at), by, at)


@transaction.atomic
def end_upper(*, subordination: Subordination, by: Any, at: datetime) -> Subordination:
    """Stand under it no longer, or take back or refuse what was asked. By either administrator, or the operator."""
    is_own = Role.ADMINISTRATOR in roles_of(by, subordination.lower) | roles_of(by, subordination.upper)
    if not (is_own or by.is_superuser):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    subordination = lock_change(subordination)
    if subordination.ended_at is not None:
        raise NotPending()
    subordination.ended_at = at
    subordination.save(update_fields=["ended_at"])
    audit.record("marketplace.end_upper", [subordination.lower, subordination.upper], by=by, at=at)
    return subordination

"""The way back into an account whose password is lost: asked for by one person, confirmed by another, never by oneself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from .. import audit, signals
from ..conf import setting
from ..errands.actions import tell
from ..errors import NotPermitted
from .changes import AccountRecovery
from .errors import (
    LinkInvalid,
    NotAMember,
    NotPending,
    NotRecoverable,
    ReasonNeeded,
    RecoveryStands,
    SecondPersonNeeded,
    TooManyRecoveries,
)
from .handing import named
from .locks import lock_change, lock_organisations, lock_recovery
from .models import BuyerOrganisation, OfficeMembership, Role
from .selectors import colleagues, is_officer_of, roles_of
from .tokens import fresh_token, token_hash


@transaction.atomic
def ask_recovery(
    *, organisation: BuyerOrganisation, person: Any, reason: str, by: Any, at: datetime
) -> AccountRecovery:
    """Ask that a colleague gets back into their account. By an administrator; for the only one, by an approver.

    At most ``RECOVERIES_PER_DAY`` a day and organisation. Never for oneself, nor for officers and the operator.
    """
    lock_organisations(organisation.pk)
    _require_may_ask(organisation, person, by)
    if not reason.strip():
        raise ReasonNeeded()
    if person.is_superuser or person.is_staff or OfficeMembership.objects.filter(user=person, ended_at=None).exists():
        raise NotRecoverable()
    limit = setting("RECOVERIES_PER_DAY")
    if organisation.recoveries.filter(asked_at__gt=at - timedelta(days=1)).count() >= limit:
        raise TooManyRecoveries(limit=limit)
    open_ones = AccountRecovery.objects.filter(person=person, used_at=None, closed_at=None)
    open_ones.filter(expires_at__lte=at).update(closed_at=at)
    if open_ones.filter(closed_at=None).exists():
        raise RecoveryStands(person=named(person))
    asked = AccountRecovery.objects.create(
        person=person, organisation=organisation, reason=reason.strip(), asked_at=at, asked_by=by
    )
    audit.record("marketplace.ask_recovery", [organisation], by=by, at=at, user=str(person), reason=reason.strip())
    return asked


def _require_may_ask(organisation: BuyerOrganisation, person: Any, by: Any) -> None:
    seats = {user.pk: {seat.role for seat in held} for user, held in colleagues(organisation).items()}
    administrators = {pk for pk, roles in seats.items() if Role.ADMINISTRATOR in roles}
    needed = Role.APPROVER if administrators == {person.pk} else Role.ADMINISTRATOR
    if by == person or needed not in seats.get(by.pk, set()):
        raise NotPermitted(roles=[str(needed)])
    if person.pk not in seats:
        raise NotAMember(person=named(person))


@transaction.atomic
def confirm_recovery(
    *, recovery: AccountRecovery, identity_check: str, by: Any, at: datetime
) -> tuple[AccountRecovery, str]:
    """Confirm having checked who the person is; the one-time token, shown this once to be handed over.

    By the operator or an officer of the organisation's county, who is neither the person nor who asked.
    """
    recovery = lock_change(recovery)
    _require_may_decide(recovery, by)
    if not identity_check.strip():
        raise ReasonNeeded()
    if not roles_of(recovery.person, recovery.organisation):
        raise NotAMember(person=named(recovery.person))
    token = fresh_token()
    recovery.identity_check = identity_check.strip()
    recovery.confirmed_at, recovery.confirmed_by = at, by
    recovery.token_hash, recovery.expires_at = token_hash(token), at + timedelta(hours=setting("RECOVERY_HOURS"))
    recovery.save(update_fields=["identity_check", "confirmed_at", "confirmed_by", "token_hash", "expires_at"])
    audit.record("marketplace.confirm_recovery", [recovery.organisation], by=by, at=at, user=str(recovery.person))
    signals.announce(signals.recovery_confirmed, sender=AccountRecovery, recovery=recovery)
    tell(("recovery_confirmed", str(recovery.pk)), at=at)
    return recovery, token


def _require_may_decide(recovery: AccountRecovery, by: Any) -> None:
    if not (by.is_superuser or is_officer_of(by, recovery.organisation.county_code)):
        raise NotPermitted(roles=[])
    if by.pk in (recovery.asked_by_id, recovery.person_id):
        raise SecondPersonNeeded()
    if recovery.confirmed_at is not None or recovery.closed_at is not None:
        raise NotPending()


@transaction.atomic
def close_recovery(*, recovery: AccountRecovery, by: Any, at: datetime) -> AccountRecovery:
    """Refuse it, or make its link useless. By who may confirm it, or an administrator of the organisation."""
    may = by.is_superuser or is_officer_of(by, recovery.organisation.county_code)
    if not (may or Role.ADMINISTRATOR in roles_of(by, recovery.organisation)):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    recovery = lock_change(recovery)
    if recovery.used_at is not None or recovery.closed_at is not None:
        raise NotPending()
    recovery.closed_at, recovery.closed_by = at, by
    recovery.save(update_fields=["closed_at", "closed_by"])
    audit.record("marketplace.close_recovery", [recovery.organisation], by=by, at=at, user=str(recovery.person))
    return recovery


@transaction.atomic
def recover(*, token: str, password: str, at: datetime) -> AccountRecovery:
    """Set a new password by the link, once; every session of the old one ends with it. ``LinkInvalid``."""
    recovery = lock_recovery(token_hash(token))
    if recovery is None or not recovery.is_usable(at) or not roles_of(recovery.person, recovery.organisation):
        raise LinkInvalid()
    person = recovery.person
    person.set_password(password)
    person.save(update_fields=["password"])
    recovery.used_at = at
    recovery.save(update_fields=["used_at"])
    audit.record("marketplace.recover", [recovery.organisation], by=person, at=at, user=str(person))
    signals.announce(signals.account_recovered, sender=AccountRecovery, recovery=recovery)
    tell(("account_recovered", str(recovery.pk)), at=at)
    return recovery

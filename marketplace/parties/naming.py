"""Names, codes and fapiao titles as dated editions: papers keep the one they were written with, lists find them all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from .. import audit
from ..errors import NotPermitted
from .actions import office_day
from .changes import OrganisationName
from .errors import NameTaken, NameTooEarly, NothingRenamed, ReasonNeeded
from .locks import lock_organisations
from .models import BuyerOrganisation, Role
from .selectors import roles_of
from .tree import require_open

PARTS = ("name", "social_credit_code", "fapiao_title")


@transaction.atomic
def rename(
    *,
    organisation: BuyerOrganisation,
    name: str,
    social_credit_code: str,
    fapiao_title: str,
    valid_from: date,
    reason: str,
    by: Any,
    at: datetime,
) -> OrganisationName:
    """Another name, code or fapiao title from a day on; a later day comes by the clock. By the operator or an administrator.

    ``NameTaken``, ``NothingRenamed``, ``NameTooEarly`` when the day is not after the present edition's.
    """
    if not (by.is_superuser or Role.ADMINISTRATOR in roles_of(by, organisation)):
        raise NotPermitted(roles=[str(Role.ADMINISTRATOR)])
    (organisation,) = lock_organisations(organisation.pk)
    require_open(organisation)
    wanted = dict(zip(PARTS, (name.strip(), social_credit_code.strip(), fapiao_title.strip()), strict=True))
    latest = _latest(organisation)
    _require_fit(organisation, latest, wanted, valid_from, reason)
    OrganisationName.objects.filter(pk=latest.pk).update(valid_to=valid_from)
    edition = OrganisationName.objects.create(
        organisation=organisation,
        valid_from=valid_from,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by=by,
        **wanted,
    )
    audit.record("marketplace.rename", [organisation], by=by, at=at, before=latest.name, after=edition.name)
    if valid_from <= office_day(at):
        _apply(edition)
    return edition


def _latest(organisation: BuyerOrganisation) -> OrganisationName:
    """The edition without an end; the first one is written down when it is first needed."""
    standing = organisation.names.filter(valid_to=None).first()
    return standing or OrganisationName.objects.create(
        organisation=organisation,
        valid_from=office_day(organisation.created_at),
        recorded_at=organisation.created_at,
        **{part: getattr(organisation, part) for part in PARTS},
    )


def _require_fit(
    organisation: BuyerOrganisation, latest: OrganisationName, wanted: dict[str, str], day: date, reason: str
) -> None:
    if not reason.strip():
        raise ReasonNeeded()
    if all(getattr(latest, part) == value for part, value in wanted.items()):
        raise NothingRenamed()
    if day <= latest.valid_from:
        raise NameTooEarly(day=latest.valid_from.isoformat())
    others = BuyerOrganisation.objects.exclude(pk=organisation.pk)
    pending = OrganisationName.objects.filter(valid_to=None, name=wanted["name"]).exclude(organisation=organisation)
    if others.filter(name=wanted["name"]).exists() or pending.exists():
        raise NameTaken(name=wanted["name"])


def _apply(edition: OrganisationName) -> None:
    BuyerOrganisation.objects.filter(pk=edition.organisation_id).update(
        **{part: getattr(edition, part) for part in PARTS}
    )


@transaction.atomic
def apply_due_name(*, edition: OrganisationName) -> BuyerOrganisation:
    """The day of a recorded name has come; safe to repeat."""
    (organisation,) = lock_organisations(edition.organisation_id)
    _apply(edition)
    return organisation


def due_names(day: date) -> Iterator[OrganisationName]:
    """Editions in force on ``day`` whose organisation is not called so yet."""
    differs = ~Q(organisation__name=F("name")) | ~Q(organisation__fapiao_title=F("fapiao_title"))
    differs |= ~Q(organisation__social_credit_code=F("social_credit_code"))
    rows = OrganisationName.objects.filter(differs, valid_from__lte=day, organisation__closed_on=None)
    yield from rows.exclude(valid_to__lte=day).select_related("organisation").order_by("pk")

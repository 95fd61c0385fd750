"""Delivery points and departments: where goods are handed over, and in which order an organisation lists its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When

from .. import audit
from ..programme.models import Region
from .actions import office_day
from .errors import DeliveryPointTaken, DepartmentTaken, LastDeliveryPoint, PointOfAnother
from .locks import lock_organisations
from .models import BuyerOrganisation, DeliveryPoint, Department, Member, Role
from .selectors import require_role

MAY_CHANGE_PLACES = (Role.REQUESTER, Role.ORGANISER, Role.ADMINISTRATOR)


@transaction.atomic
def change_delivery_point(
    *,
    point: DeliveryPoint,
    name: str,
    address: str,
    contact_name: str,
    phone: str,
    opening_hours: str = "",
    unloading_note: str = "",
    region: Region | None = None,
    by: Any,
    at: datetime,
) -> DeliveryPoint:
    """Another contact, hours or address from now on; orders keep what they were placed with. ``DeliveryPointTaken``."""
    require_role(by, point.organisation, *MAY_CHANGE_PLACES)
    others = point.organisation.delivery_points.exclude(pk=point.pk)
    if others.filter(name=name.strip()).exists():
        raise DeliveryPointTaken(name=name.strip())
    point.name, point.address, point.contact_name = name.strip(), address.strip(), contact_name.strip()
    point.phone = "".join(phone.split())
    point.opening_hours, point.unloading_note, point.region = opening_hours.strip(), unloading_note.strip(), region
    point.save(update_fields=["name", "address", "contact_name", "phone", "opening_hours", "unloading_note", "region"])
    audit.record("marketplace.change_delivery_point", [point.organisation], by=by, at=at, name=point.name)
    return point


@transaction.atomic
def make_default_point(*, point: DeliveryPoint, by: Any, at: datetime) -> DeliveryPoint:
    """Use this place unless another is chosen."""
    require_role(by, point.organisation, *MAY_CHANGE_PLACES)
    lock_organisations(point.organisation_id)
    if point.ended_on is not None:
        raise PointOfAnother(point=point.name)
    point.organisation.delivery_points.filter(is_default=True).update(is_default=False)
    DeliveryPoint.objects.filter(pk=point.pk).update(is_default=True)
    audit.record("marketplace.default_delivery_point", [point.organisation], by=by, at=at, name=point.name)
    point.refresh_from_db()
    return point


@transaction.atomic
def end_delivery_point(*, point: DeliveryPoint, by: Any, at: datetime) -> DeliveryPoint:
    """Use a place no longer; orders placed keep it, departments that collected there fall back. ``LastDeliveryPoint``."""
    require_role(by, point.organisation, *MAY_CHANGE_PLACES)
    lock_organisations(point.organisation_id)
    if not point.organisation.delivery_points.in_use().exclude(pk=point.pk).exists():
        raise LastDeliveryPoint()
    Department.objects.filter(delivery_point=point).update(delivery_point=None)
    DeliveryPoint.objects.filter(pk=point.pk, ended_on=None).update(ended_on=office_day(at), is_default=False)
    audit.record("marketplace.end_delivery_point", [point.organisation], by=by, at=at, name=point.name)
    point.refresh_from_db()
    return point


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """What one department (by pk) shall be called and where its people collect; rows come in the wanted order."""

    pk: int
    name: str
    delivery_point: DeliveryPoint | None = None


@transaction.atomic
def arrange_departments(
    *, organisation: BuyerOrganisation, rows: Sequence[DepartmentRow], by: Any, at: datetime
) -> list[Department]:
    """Put the departments in this order, with these names, for everybody on the roll at once, and these places.

    By an organiser or administrator. ``DepartmentTaken`` when two would be called the same; nothing is changed then.
    """
    require_role(by, organisation, Role.ORGANISER, Role.ADMINISTRATOR)
    lock_organisations(organisation.pk)
    standing = organisation.departments.in_bulk()
    wanted = [row for row in rows if row.pk in standing]
    _require_fit(organisation, standing, wanted)
    renamed = {}
    for position, row in enumerate(wanted, start=1):
        department = standing[row.pk]
        if department.name != row.name.strip():
            renamed[department.name] = row.name.strip()
        department.name, department.position = row.name.strip(), position
        department.delivery_point = row.delivery_point
    _write(organisation, list(standing.values()), renamed)
    audit.record("marketplace.arrange_departments", [organisation], by=by, at=at, renamed=renamed)
    return list(organisation.departments.all())


def _require_fit(
    organisation: BuyerOrganisation, standing: Mapping[int, Department], wanted: Sequence[DepartmentRow]
) -> None:
    kept = standing.keys() - {row.pk for row in wanted}
    names = Counter([row.name.strip() for row in wanted] + [standing[pk].name for pk in kept])
    if twice := [name for name, count in names.items() if count > 1 or not name]:
        raise DepartmentTaken(name=twice[0])
    in_use = set(organisation.delivery_points.in_use())
    for row in wanted:
        if row.delivery_point is not None and row.delivery_point not in in_use:
            raise PointOfAnother(point=row.delivery_point.name)


def _write(organisation: BuyerOrganisation, departments: Sequence[Department], renamed: Mapping[str, str]) -> None:
    """Names may change places among themselves, so all give theirs up before any takes its new one."""
    changed = [row for row in departments if row.name in renamed.values()]
    for row in changed:
        Department.objects.filter(pk=row.pk).update(name=f"*{row.pk}")
    Department.objects.bulk_update(departments, ["name", "position", "delivery_point"], batch_size=200)
    if renamed:
        steps = [When(department=before, then=Value(after)) for before, after in renamed.items()]
        Member.objects.filter(organisation=organisation, department__in=renamed).update(
            department=Case(*steps, default=F("department"))
        )

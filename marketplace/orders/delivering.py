"""Where an order's goods go: which of a requisition's lines for which place, and the deliveries frozen at placing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from .. import audit
from ..errors import IllegalTransition
from ..grouporders.models import ChoiceLine
from ..parties.errors import PointOfAnother
from ..parties.models import DeliveryPoint, Role
from ..parties.selectors import require_role
from ..rows import add_to_rows, insert_rows
from .errors import SharesDoNotAddUp
from .lifecycle import State
from .locks import lock_requisition
from .models import DeliveryLine, OrderDelivery, OrderLine, PurchaseOrder, Requisition, RequisitionShare

COPIED = ("name", "address", "contact_name", "phone", "opening_hours", "unloading_note")


@transaction.atomic
def split_over_points(
    *, requisition: Requisition, shares: Mapping[int, Mapping[int, int]], by: Any, at: datetime
) -> Requisition:
    """Say how many of each line (pk) go to which delivery point (pk), before it is submitted. By a requester.

    ``SharesDoNotAddUp`` unless a line's shares come to what is asked for; a line left out goes to the requisition's point.
    """
    requisition = lock_requisition(requisition.pk)
    require_role(by, requisition.organisation, Role.REQUESTER)
    if requisition.group_order_id is not None or requisition.state not in (State.DRAFT, State.RETURNED):
        raise IllegalTransition(
            document=requisition.reference, state=requisition.get_state_display(), wanted=State.DRAFT.label
        )
    points = set(
        DeliveryPoint.objects.filter(organisation=requisition.organisation, ended_on=None).values_list("pk", flat=True)
    )
    wanted = {pk: {point: n for point, n in parts.items() if n} for pk, parts in shares.items()}
    if strangers := {point for parts in wanted.values() for point in parts} - points:
        raise PointOfAnother(point=min(strangers))
    for line in requisition.lines.select_related("pack__listing"):
        parts = wanted.get(line.pk)
        if parts and (sum(parts.values()) != line.quantity or min(parts.values()) < 0):
            raise SharesDoNotAddUp(line=str(line.pack), wanted=line.quantity, shared=sum(parts.values()))
    own = set(requisition.lines.values_list("pk", flat=True))
    RequisitionShare.objects.filter(line__requisition=requisition).delete()
    RequisitionShare.objects.bulk_create(
        RequisitionShare(line_id=pk, delivery_point_id=point, quantity=n)
        for pk, parts in sorted(wanted.items())
        if pk in own
        for point, n in sorted(parts.items())
    )
    audit.record("marketplace.split_over_points", [requisition], by=by, at=at)
    return requisition


def wanted_at(requisition: Requisition) -> dict[int, dict[int, int]]:
    """Per pack (pk): how many go to which delivery point (pk), where more than one is served; one statement."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = _shared_out(requisition) if requisition.group_order is None else _collected(requisition)
    for pack, point, quantity in rows:
        found[pack][point] = quantity
    return found


def _shared_out(requisition: Requisition) -> Any:
    shares = RequisitionShare.objects.filter(line__requisition=requisition)
    return shares.values_list("line__pack_id", "delivery_point_id", "quantity")


def _collected(requisition: Requisition) -> Any:
    """What members of a group order chose, by the place where they collect."""
    own = F("choice__participant__group_order__delivery_point_id")
    lines = ChoiceLine.objects.filter(
        choice__participant__group_order=requisition.group_order, choice__replaced_at=None
    )
    rows = lines.values_list("pack_id", Coalesce("choice__participant__delivery_point_id", own))
    return rows.annotate(quantity=Sum("quantity")).order_by()


def freeze_deliveries(
    requisition: Requisition, orders: Sequence[PurchaseOrder], lines: Sequence[OrderLine], *, to_several: bool
) -> None:
    """Every order's places with name, address and contact as they are now, and the quantities of each line for each."""
    wanted = wanted_at(requisition) if to_several else {}
    own = requisition.delivery_point
    points = {own.pk: own}
    if further := {point for parts in wanted.values() for point in parts} - points.keys():
        points |= DeliveryPoint.objects.in_bulk(further)
    parts = [(line, wanted.get(line.pack_id) or {own.pk: line.quantity_ordered}) for line in lines]
    keys = sorted({(line.order_id, point) for line, shares in parts for point in shares}, key=_own_first(own))
    copied = attrgetter(*COPIED)
    rows = ((order, point, *copied(points[point])) for order, point in keys)
    by_key = dict(zip(keys, insert_rows(OrderDelivery, ("order_id", "delivery_point_id", *COPIED), rows), strict=True))
    insert_rows(
        DeliveryLine,
        ("delivery_id", "line_id", "quantity"),
        (
            (by_key[line.order_id, point], line.pk, quantity)
            for line, shares in parts
            for point, quantity in sorted(shares.items())
        ),
    )


def _own_first(own: DeliveryPoint) -> Any:
    return lambda key: (key[0], key[1] != own.pk, key[1])


def release_deliveries(changes: Mapping[int, int]) -> None:
    """So many of these delivery lines (pk → quantity) will not come there; the order is locked by the caller."""
    if changes:
        add_to_rows(
            DeliveryLine, key="id", columns=["quantity_released"], changes={pk: (n,) for pk, n in changes.items()}
        )

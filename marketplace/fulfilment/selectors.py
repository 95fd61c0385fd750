"""Questions about goods under way, received and to be handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from ..conf import currency
from ..grouporders.models import ChoiceLine, MemberChoice
from ..money import Money, total
from ..orders.models import DeliveryLine, OrderDelivery, OrderLine, PurchaseOrder
from ..orders.selectors import freight_shares
from .handing import Handing, handing_of
from .matching import LineCount, PlaceCount
from .models import (
    OPEN,
    Cancellation,
    Consignment,
    ConsignmentLine,
    GoodsReturn,
    HandoutList,
    HandoutRow,
)


def line_counts(order: PurchaseOrder) -> dict[int, LineCount]:
    """Every line of the order in numbers, by pk; two statements."""
    moved = (
        ConsignmentLine.objects.filter(line__order=order)
        .values("line_id")
        .annotate(sent=Sum("quantity"), arrived=Sum("received__quantity_received"))
    )
    by_line: dict[int, Mapping[str, Any]] = {row["line_id"]: row for row in moved}
    return {
        line.pk: LineCount(
            line_pk=line.pk,
            ordered=line.quantity_ordered,
            declined=line.quantity_declined + line.quantity_cancelled,
            sent=by_line.get(line.pk, {}).get("sent") or 0,
            received=by_line.get(line.pk, {}).get("arrived") or 0,
        )
        for line in order.lines.all()
    }


def place_counts(order: PurchaseOrder) -> list[PlaceCount]:
    """Every line of the order at every place in numbers, in the order of places; two statements."""
    moved = (
        ConsignmentLine.objects.filter(line__order=order)
        .values("consignment__delivery_id", "line_id")
        .annotate(sent=Sum("quantity"), arrived=Sum("received__quantity_received"))
        .order_by()
    )
    by_place: dict[tuple[int, int], Mapping[str, Any]] = {
        (row["consignment__delivery_id"], row["line_id"]): row for row in moved
    }
    rows = DeliveryLine.objects.filter(delivery__order=order).select_related("delivery", "line").order_by("pk")
    return [
        PlaceCount(
            row_pk=row.pk,
            delivery_pk=row.delivery_id,
            point_pk=row.delivery.delivery_point_id,
            line_pk=row.line_id,
            pack_pk=row.line.asked_pack_id,
            due=row.quantity_due,
            sent=by_place.get((row.delivery_id, row.line_id), {}).get("sent") or 0,
            received=by_place.get((row.delivery_id, row.line_id), {}).get("arrived") or 0,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class PlaceView:
    """One place of an order as people read it: its frozen address and each line's numbers there."""

    delivery: OrderDelivery
    lines: list[tuple[OrderLine, PlaceCount]]

    @property
    def unsent(self) -> dict[OrderLine, int]:
        """What is still to be sent there, by line."""
        return {line: count.unsent for line, count in self.lines if count.unsent > 0}


def places_of(order: PurchaseOrder, lines: Sequence[OrderLine]) -> list[PlaceView]:
    """The order's places, its own point first, each with its lines; three statements."""
    by_pk = {line.pk: line for line in lines}
    counts = place_counts(order)
    return [
        PlaceView(delivery, [(by_pk[count.line_pk], count) for count in counts if count.delivery_pk == delivery.pk])
        for delivery in order.deliveries.all()
    ]


def consignments_of(order: PurchaseOrder) -> QuerySet[Consignment]:
    """The order's consignments with lines and receipts."""
    return order.consignments.select_related(
        "receipt__received_by", "receipt__photo", "dispatched_by", "delivery"
    ).prefetch_related(Prefetch("lines", ConsignmentLine.objects.select_related("line", "received")))


@dataclass(frozen=True, slots=True)
class Share:
    """One member's row of the hand-out list: what they get, pack by pack, and their share of the freight."""

    row: HandoutRow
    lines: list[ChoiceLine]
    freight: Money

    @property
    def goods(self) -> Money:
        """What the goods cost."""
        return total((line.unit_price * line.quantity_served for line in self.lines), currency())

    @property
    def amount(self) -> Money:
        """Goods and freight."""
        return self.goods + self.freight


def handing(document: HandoutList) -> Handing:
    """What this list is about; one statement."""
    lines = OrderLine.objects.filter(order__requisition__group_order=document.group_order_id, order__cancelled_at=None)
    counts = lines.aggregate(
        lines=Count("pk"),
        redeemed=Count("pk", filter=Q(is_redeemed=True)),
        held=Count("pk", filter=Q(session__isnull=False)),
    )
    return handing_of(**counts) if counts["lines"] else Handing.GOODS


def shares(handout_list: HandoutList) -> list[Share]:
    """All rows by department and name with what each member gets; five statements."""
    rows = handout_list.rows.select_related("participant__member", "handed_by")
    choices = {
        choice.participant_id: choice
        for choice in MemberChoice.objects.filter(
            participant__group_order_id=handout_list.group_order_id, replaced_at=None
        ).prefetch_related(Prefetch("lines", ChoiceLine.objects.select_related("pack__listing")))
    }
    freights = freight_shares(handout_list.group_order)
    return [
        Share(
            row,
            [line for line in choices[row.participant_id].lines.all() if line.quantity_served],
            freights.get(row.participant_id, Money(0, currency())),
        )
        for row in rows
        if row.participant_id in choices
    ]


def cancellations_to_answer(side: str) -> QuerySet[Cancellation]:
    """What the other side asked and ``side`` has not answered, the oldest first."""
    return Cancellation.objects.filter(OPEN).exclude(side=side).select_related("order__organisation")


def returns_for_vendor() -> QuerySet[GoodsReturn]:
    """Returns that a vendor has to answer, or to send a replacement for, the oldest first."""
    to_send = Q(agreed_at__isnull=False, remedy=GoodsReturn.Remedy.REPLACEMENT, returned_at=None, replaced_at=None)
    return GoodsReturn.objects.filter(OPEN | to_send).select_related("order__organisation")


def replacements_for_buyer() -> QuerySet[GoodsReturn]:
    """Replacements that were sent and not yet taken in, the oldest first."""
    return GoodsReturn.objects.filter(replaced_at__isnull=False, arrived_at=None, returned_at=None).select_related(
        "order__organisation"
    )

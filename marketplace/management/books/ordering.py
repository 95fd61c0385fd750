"""What was asked for and ordered: requisitions, orders, and how much goes to which place."""

from __future__ import annotations

from django.db.models.functions import Coalesce

from ...fulfilment.models import CancellationLine, ConsignmentLine
from ...grouporders.models import ChoiceLine, MemberChoice
from ...orders.models import DeliveryLine, OrderLine, PurchaseOrder, Requisition, RequisitionLine
from .due import due_by_line
from .reading import Mismatches, differences, fen, in_fen, tally


def requisitions() -> Mismatches:
    """A requisition asks for what its lines add up to, and for a group order for what its members chose."""
    lines = RequisitionLine.objects.values_list("requisition_id", "unit_price", "quantity")
    asked = tally((requisition, fen(price) * quantity) for requisition, price, quantity in lines)
    standing = MemberChoice.objects.filter(replaced_at=None)
    chosen = tally(standing.values_list("participant__group_order_id", "amount"))
    for row in Requisition.objects.exclude(state="cancelled"):
        sums = {"lines": asked[row.pk]} | ({"choices": chosen[row.group_order_id]} if row.group_order_id else {})
        yield from differences(f"requisition {row.reference}", dict.fromkeys(sums, fen(row.amount)), sums)


def orders() -> Mismatches:
    """Orders show what their lines add up to, and lines what was agreed to be cancelled."""
    lines = OrderLine.objects.values_list("order__reference", "unit_price", "quantity_ordered")
    sums = tally((reference, fen(price) * quantity) for reference, price, quantity in lines)
    yield from differences("order", in_fen(PurchaseOrder.objects.values_list("reference", "amount")), sums)
    agreed = CancellationLine.objects.filter(cancellation__agreed_at__isnull=False)
    cancelled = dict(OrderLine.objects.filter(quantity_cancelled__gt=0).values_list("pk", "quantity_cancelled"))
    yield from differences("cancelled of order line", cancelled, tally(agreed.values_list("line_id", "quantity")))


def deliveries() -> Mismatches:
    """What goes to an order's places is what was ordered and what is left of it; for members, what those there get."""
    lines = due_by_line()
    rows = list(DeliveryLine.objects.values_list("line_id", "quantity", "quantity_released"))
    asked = tally((line, quantity) for line, quantity, _released in rows)
    yield from differences("places of order line", asked, {pk: line.ordered for pk, line in lines.items()})
    due = tally((line, quantity - released) for line, quantity, released in rows)
    yield from differences("due at the places of order line", due, {pk: line.payable for pk, line in lines.items()})
    yield from _due_for_members()
    yield from _sent_too_much()


def _due_for_members() -> Mismatches:
    kept = {
        (group_order, pack, point): quantity - released
        for group_order, pack, point, quantity, released in DeliveryLine.objects.values_list(
            "line__order__requisition__group_order_id", Coalesce("line__chosen_pack_id", "line__pack_id"),
            "delivery__delivery_point_id", "quantity", "quantity_released",
        )
        if group_order
    }  # fmt: skip
    chosen = ChoiceLine.objects.filter(
        choice__replaced_at=None, choice__participant__group_order__requisitions__state="placed"
    ).values_list(
        "choice__participant__group_order_id", "pack_id", "choice__participant__delivery_point_id",
        "choice__participant__group_order__delivery_point_id", "quantity", "quantity_released",
    )  # fmt: skip
    served = tally(
        (group_order, pack, point or own, quantity - released)
        for group_order, pack, point, own, quantity, released in chosen
    )
    yield from differences("due for members of group order, pack, point", kept, served)


def _sent_too_much() -> Mismatches:
    sent = tally(ConsignmentLine.objects.values_list("consignment__delivery_id", "line_id", "quantity"))
    for delivery, line, quantity in DeliveryLine.objects.values_list("delivery_id", "line_id", "quantity"):
        if sent[delivery, line] > quantity:
            yield f"delivery {delivery} of order line {line}: {sent[delivery, line]} sent, {quantity} asked for"

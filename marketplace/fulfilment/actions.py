"""Dispatch, receive, accept and hand out; all but ticking inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format

from .. import audit, signals
from ..conf import currency
from ..files import Given, Kind, keep, release
from ..grouporders.models import ChoiceLine, GroupOrder, Participant
from ..grouporders.selectors import by_department, points_of
from ..money import total
from ..orders.errors import OrderCancelled
from ..orders.locks import lock_order
from ..orders.models import OrderDelivery, OrderLine, PurchaseOrder
from ..parties.actions import office_day
from ..parties.models import DeliveryPoint, Role
from ..parties.selectors import require_role
from ..references import counted_references, unique_references
from .errors import (
    AlreadyAccepted,
    AlreadyReceived,
    CountDoesNotAddUp,
    MoreThanConfirmed,
    MoreThanRedeemed,
    NotAllSent,
    NotAnswered,
    NothingDispatched,
    NothingToAccept,
    NothingToFile,
    NothingToHandOut,
    NotYetHeld,
    OwnPurchase,
    PlaceMissing,
    SentAndAttended,
    StillUnderWay,
)
from .locks import lock_consignment, lock_handout_rows
from .matching import LineCount, adds_up
from .models import (
    Acceptance,
    AcceptanceLine,
    Consignment,
    ConsignmentLine,
    GoodsReceipt,
    GoodsReceiptLine,
    HandoutList,
    HandoutRow,
    SignedSheet,
)
from .selectors import line_counts, place_counts
from .vouchering import used_by_line


@dataclass(frozen=True, slots=True)
class Count:
    """What the receiver counted of one consignment line (by pk)."""

    consigned_pk: int
    received: int
    short: int = 0
    damaged: int = 0


def dispatch(
    *,
    order: PurchaseOrder,
    quantities: Mapping[int, int],
    carrier: str,
    waybill_number: str,
    note: str,
    delivery: OrderDelivery | None = None,
    by: Any,
    at: datetime,
) -> tuple[Consignment, list[ConsignmentLine]]:
    """Send part or all of what was confirmed (order line pk → quantity); several consignments are fine.

    A consignment goes to one place: ``delivery``, which an order with a single place need not name.
    """
    order = lock_order(order.pk)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    if order.answered_at is None:
        raise NotAnswered(order=order.reference)
    quantities = {pk: quantity for pk, quantity in quantities.items() if quantity > 0}
    if not quantities:
        raise NothingDispatched()
    delivery = _place(order, delivery)
    _require_unsent(order, delivery, quantities)
    is_attendance = _is_attendance(order, quantities, office_day(at))
    consignment = Consignment.objects.create(
        reference=unique_references("CN", 1, at=at)[0],
        is_attendance=is_attendance,
        order=order,
        delivery=delivery,
        carrier=carrier.strip(),
        waybill_number=waybill_number.strip(),
        note=note.strip(),
        dispatched_at=at,
        dispatched_by=by,
    )
    lines = ConsignmentLine.objects.bulk_create(
        ConsignmentLine(consignment=consignment, line_id=pk, quantity=quantity)
        for pk, quantity in sorted(quantities.items())
    )
    audit.record("marketplace.dispatch", [order], by=by, at=at, consignment=consignment.reference)
    return consignment, lines


def _is_attendance(order: PurchaseOrder, quantities: Mapping[int, int], on: date) -> bool:
    """Whether these lines are attended or collected at the vendor's; one consignment is not both, nor before its day."""
    lines = list(order.lines.filter(pk__in=quantities).select_related("session"))
    if len({line.is_redeemed for line in lines}) > 1:
        raise SentAndAttended()
    for line in lines:
        if line.session and on < line.session.starts_on:
            raise NotYetHeld(line=str(line), day=date_format(line.session.starts_on, "DATE_FORMAT"))
    return any(line.is_redeemed for line in lines)


def _place(order: PurchaseOrder, delivery: OrderDelivery | None) -> OrderDelivery:
    places = list(order.deliveries.all())
    found = [place for place in places if delivery is None or place.pk == delivery.pk]
    if len(found) != 1:
        raise PlaceMissing(order=order.reference)
    return found[0]


def _require_unsent(order: PurchaseOrder, delivery: OrderDelivery, quantities: Mapping[int, int]) -> None:
    if Acceptance.objects.filter(order=order).exists():
        raise AlreadyAccepted(order=order.reference)
    left = {count.line_pk: count.unsent for count in place_counts(order) if count.delivery_pk == delivery.pk}
    names = {line.pk: str(line) for line in order.lines.all()}
    for pk, quantity in quantities.items():
        if quantity > left.get(pk, 0):
            raise MoreThanConfirmed(line=names.get(pk, pk), left=left.get(pk, 0))


def receive(
    *,
    consignment: Consignment,
    counts: Sequence[Count],
    note: str = "",
    photo: Given = None,
    by: Any,
    at: datetime,
) -> GoodsReceipt:
    """Count one consignment, once: every pack sent is received, short or damaged. By a receiver."""
    consignment = lock_consignment(consignment.pk)
    require_receiver(consignment.order, by)
    if GoodsReceipt.objects.filter(consignment=consignment).exists():
        raise AlreadyReceived(consignment=consignment.reference)
    given = {count.consigned_pk: count for count in counts}
    lines = list(consignment.lines.select_related("line"))
    for line in lines:
        count = given.get(line.pk)
        if count is None or not adds_up(line.quantity, count.received, count.short, count.damaged):
            raise CountDoesNotAddUp(line=str(line.line), sent=line.quantity)
    if consignment.is_attendance and not note.strip():
        _require_redeemed(consignment.order, lines, given)
    receipt = _store_receipt(consignment, note, photo, by, at)
    GoodsReceiptLine.objects.bulk_create(
        GoodsReceiptLine(
            receipt=receipt,
            consigned=line,
            quantity_received=given[line.pk].received,
            quantity_short=given[line.pk].short,
            quantity_damaged=given[line.pk].damaged,
        )
        for line in lines
    )
    audit.record("marketplace.receive", [consignment.order], by=by, at=at, consignment=consignment.reference)
    return receipt


def _require_redeemed(order: PurchaseOrder, lines: Sequence[ConsignmentLine], given: Mapping[int, Count]) -> None:
    """A used voucher is what shows that somebody came: more is received only with a word why."""
    used, counts = used_by_line(order), line_counts(order)
    for line in lines:
        received = counts[line.line_id].received + given[line.pk].received
        if line.line_id in used and received > used[line.line_id]:
            raise MoreThanRedeemed(line=str(line.line), redeemed=used[line.line_id])


def _store_receipt(consignment: Consignment, note: str, photo: Given, by: Any, at: datetime) -> GoodsReceipt:
    return GoodsReceipt.objects.create(
        consignment=consignment,
        note=note.strip(),
        photo=keep(kind=Kind.RECEIPT_PHOTO, upload=photo, by=by, at=at),
        received_at=at,
        received_by=by,
    )


def require_receiver(order: PurchaseOrder, by: Any) -> None:
    """``NotPermitted``, or ``OwnPurchase``: whoever asked for goods does not also certify that they came."""
    require_role(by, order.organisation, Role.RECEIVER)
    if by.pk == order.requisition.requested_by_id and not order.pays_first:
        raise OwnPurchase()


def counts_to_accept(
    *, order: PurchaseOrder, without_unsent: bool, by: Any
) -> tuple[dict[int, LineCount], list[OrderLine]]:
    """What of a locked order can be certified now: the counts and the lines. By a receiver.

    ``NotAllSent`` unless ``without_unsent`` says that what was never sent is no longer wanted.
    """
    require_receiver(order, by)
    if Acceptance.objects.filter(order=order).exists():
        raise AlreadyAccepted(order=order.reference)
    if order.consignments.filter(receipt=None).exists():  # asked before counting: nothing more can arrive afterwards
        raise StillUnderWay(order=order.reference)
    counts = line_counts(order)
    _require_acceptable(order, counts, without_unsent)
    return counts, list(order.lines.all())


def certify(
    *,
    order: PurchaseOrder,
    counts: Mapping[int, LineCount],
    lines: Sequence[OrderLine],
    note: str,
    by: Any,
    at: datetime,
) -> Acceptance:
    """Write the certificate over what arrived whole. Its number has no gaps, so this comes last in the step."""
    amount = total((line.unit_price * counts[line.pk].received for line in lines), currency())
    acceptance = Acceptance.objects.create(
        number=counted_references("ACC", 1, at=at)[0],
        order=order,
        note=note.strip(),
        amount=amount,
        freight=order.freight,
        accepted_at=at,
        accepted_by=by,
    )
    AcceptanceLine.objects.bulk_create(
        AcceptanceLine(acceptance=acceptance, line=line, quantity=counts[line.pk].received) for line in lines
    )
    audit.record("marketplace.accept", [order], by=by, at=at, number=acceptance.number, amount=amount.amount)
    signals.announce(signals.goods_accepted, sender=Acceptance, acceptance=acceptance)
    return acceptance


def _require_acceptable(order: PurchaseOrder, counts: Mapping[int, LineCount], without_unsent: bool) -> None:
    if order.answered_at is None or not (without_unsent or any(count.sent for count in counts.values())):
        raise NothingToAccept(order=order.reference)
    if (unsent := sum(count.unsent for count in counts.values())) and not without_unsent:
        raise NotAllSent(order=order.reference, quantity=unsent)


def make_handout_list(*, group_order: GroupOrder, by: Any, at: datetime) -> HandoutList:
    """One row for every member who gets something; made once, answered again when asked again."""
    standing = HandoutList.objects.filter(group_order=group_order).first()
    if standing:
        return standing
    served = ChoiceLine.objects.filter(
        choice__participant__group_order=group_order, choice__replaced_at=None, quantity__gt=F("quantity_released")
    )
    getting = Participant.objects.filter(pk__in=served.values("choice__participant"))
    participants = list(by_department(getting).select_related("member", "delivery_point"))
    if not participants:
        raise NothingToHandOut()
    handout_list = HandoutList.objects.create(
        reference=unique_references("HO", 1, at=at)[0], group_order=group_order, created_at=at, created_by=by
    )
    HandoutRow.objects.bulk_create(_rows(handout_list, participants, points_of(group_order)))
    audit.record("marketplace.make_handout_list", [group_order], by=by, at=at, rows=len(participants))
    return handout_list


def _rows(
    handout_list: HandoutList, participants: Sequence[Participant], points: Sequence[DeliveryPoint]
) -> list[HandoutRow]:
    """By place, then in the departments' order; the place is written down where there is more than one."""
    places = {point.pk: number for number, point in enumerate(points)}
    ordered = sorted(participants, key=lambda row: places.get(row.delivery_point_id or points[0].pk, 0))
    return [
        HandoutRow(
            handout_list=handout_list,
            participant=row,
            place=(row.delivery_point or points[0]).name if len(points) > 1 else "",
            department=row.member.department,
            position=position,
        )
        for position, row in enumerate(ordered)
    ]


@transaction.atomic
def keep_signed_sheet(*, handout_list: HandoutList, sheet: Given, by: Any, at: datetime) -> SignedSheet:
    """File a scan of the list with its signatures. By an organiser or receiver. ``NothingToFile`` without one."""
    require_role(by, handout_list.group_order.organisation, Role.ORGANISER, Role.RECEIVER)
    file = keep(kind=Kind.SIGNED_SHEET, upload=sheet, by=by, at=at)
    if file is None:
        raise NothingToFile()
    filed = SignedSheet.objects.create(handout_list=handout_list, file=file, added_at=at, added_by=by)
    audit.record("marketplace.keep_signed_sheet", [handout_list.group_order], by=by, at=at, digest=file.digest)
    return filed


@transaction.atomic
def take_out_signed_sheet(*, signed_sheet: SignedSheet, by: Any, at: datetime) -> None:
    """Take out a sheet that was filed by mistake; its file goes with it. By an organiser or receiver."""
    group_order = signed_sheet.handout_list.group_order
    require_role(by, group_order.organisation, Role.ORGANISER, Role.RECEIVER)
    audit.record("marketplace.take_out_signed_sheet", [group_order], by=by, at=at, digest=signed_sheet.file.digest)
    SignedSheet.objects.filter(pk=signed_sheet.pk).delete()
    release(signed_sheet.file)


@transaction.atomic
def tick_rows(
    *, handout_list: HandoutList, handed: Sequence[int], shown: Sequence[int] = (), by: Any, at: datetime
) -> int:
    """Tick the rows (pks) of ``handed`` and untick those ``shown`` ticked that are no longer; how many changed.

    What a colleague ticked or unticked since the page was shown is nobody's change here, and stays.
    """
    require_role(by, handout_list.group_order.organisation, Role.ORGANISER, Role.RECEIVER)
    rows = lock_handout_rows(list(handout_list.rows.values_list("pk", flat=True)))
    ticked, unticked = set(handed) - set(shown), set(shown) - set(handed)
    changed = [row for row in rows if row.pk in (unticked if row.handed_at else ticked)]
    for row in changed:
        row.handed_at, row.handed_by = (at, by) if row.pk in ticked else (None, None)
    HandoutRow.objects.bulk_update(changed, ["handed_at", "handed_by"], batch_size=300)
    if changed:
        audit.record("marketplace.hand_out", [handout_list.group_order], by=by, at=at, rows=len(changed))
    return len(changed)

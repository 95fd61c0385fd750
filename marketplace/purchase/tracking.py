"""Timelines of many orders at once, in the reader's terms; the statements do not grow with the orders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from ..conf import setting
from ..fulfilment.handing import Handing, handing_of
from ..fulfilment.models import Acceptance, Consignment, ConsignmentLine, HandoutRow
from ..orders.models import OrderLine, PurchaseOrder
from ..payments.models import Fapiao, Invoice
from ..payments.selectors import is_matched
from .timeline import Facts, Step, next_step, steps

LABELS = {
    "place": _("Order placed"),
    "cancel": _("Order cancelled"),
    "confirm": _("Vendor confirms"),
    "dispatch": _("Vendor dispatches"),
    "receive": _("Buyer receives"),
    "accept": _("Buyer accepts"),
    "fapiao": _("Fapiao matched"),
    "pay": _("Invoice paid"),
    "hand_out": _("Handed out to members"),
}
HANDED = {  # instead, where nothing is given into anybody's hands
    Handing.VOUCHERS: _("Noted who used their vouchers"),
    Handing.PARTICIPATION: _("Noted who took part"),
}
WAITING = {
    "confirm": _("waiting for the vendor's answer"),
    "dispatch": _("waiting for dispatch"),
    "receive": _("under way"),
    "accept": _("waiting for acceptance"),
    "fapiao": _("waiting for the fapiao"),
    "pay": _("waiting for payment"),
    "hand_out": _("waiting to be handed out"),
}
WAITING_FOR_NOTES = {
    Handing.VOUCHERS: _("waiting for a note of who used their vouchers"),
    Handing.PARTICIPATION: _("waiting for a note of who took part"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timeline as it is read: what, who, when or by when."""

    step: Step
    label: str
    who: str

    @property
    def state(self) -> str:
        return self.step.state


@dataclass(frozen=True, slots=True)
class Tracking:
    """One order's timeline, and what is next."""

    order: PurchaseOrder
    entries: list[Entry]
    next: Step | None
    handing: Handing = Handing.GOODS

    @property
    def status(self) -> str:
        """Where the order stands, in two or three words."""
        if self.order.cancelled_at:
            return str(_("cancelled"))
        if self.next is None:
            return str(
                _("completed")
                if any(e.step.key == "accept" and e.state == "done" for e in self.entries)
                else _("closed")
            )
        if self.next.key == "hand_out":
            return str(WAITING_FOR_NOTES.get(self.handing, WAITING["hand_out"]))
        return str(WAITING[self.next.key])

    @property
    def next_label(self) -> str:
        """What is to be done next."""
        return "" if self.next is None else self.entry(self.next.key).label

    @property
    def is_late(self) -> bool:
        return self.next is not None and self.next.state == "late"

    @property
    def due_on(self) -> date | None:
        """By when the next step should be done."""
        return None if self.next is None else self.next.due_on

    @property
    def tone(self) -> str:
        """The badge's tone."""
        if self.order.cancelled_at:
            return "neutral"
        if self.next is None:
            return "done"
        return "stop" if self.is_late else "progress"

    def entry(self, key: str) -> Entry:
        """The entry of one step."""
        return next(entry for entry in self.entries if entry.step.key == key)

    def open_for(self, side: str) -> Step | None:
        """What this side (buyer or vendor) should do now."""
        return next_step([entry.step for entry in self.entries], side)


def still_wanted() -> Exists:
    """The condition that something of an order is neither declined nor cancelled."""
    given_up = F("quantity_declined") + F("quantity_cancelled")
    return Exists(OrderLine.objects.filter(order=OuterRef("pk"), quantity_ordered__gt=given_up))


def open_orders(organisations: Iterable[int]) -> QuerySet[PurchaseOrder]:
    """These buyers' orders on which something is still to be done, the oldest first."""
    return (
        PurchaseOrder.objects.filter(organisation_id__in=organisations)
        .filter(
            Q(requisition__invoice__settled_at=None)
            | Q(acceptance=None)
            | ~is_matched()
            | Q(requisition__group_order__isnull=False, requisition__group_order__handout_list=None)
            | Q(requisition__group_order__handout_list__rows__handed_at=None)
        )
        .filter(still_wanted())
        .select_related("requisition__group_order", "requisition__invoice", "organisation")
        .distinct()
        .order_by("placed_at", "pk")
    )


def track(orders: Iterable[PurchaseOrder], *, today: date, names_people: bool = True) -> dict[int, Tracking]:
    """The timeline of every order, by pk; people are named to the buyer's own side only."""
    orders = list(orders)
    gathered = _gather([order.pk for order in orders], [order.requisition_id for order in orders])
    days = {
        key: setting(f"DAYS_TO_{key.upper()}")
        for key in ("confirm", "dispatch", "receive", "accept", "fapiao", "hand_out")
    }
    found = {}
    for order in orders:
        facts, people = _facts(order, gathered)
        people = people if names_people else {}
        all_steps, handing = steps(facts, days, today), _handing(order, gathered)
        entries = [
            Entry(step, _label(step.key, handing), people.get(step.key) or _side_name(order, step.side))
            for step in all_steps
            if step.state != "skipped"
        ]
        found[order.pk] = Tracking(order, entries, next_step(all_steps), handing)
    return found


def _label(key: str, handing: Handing) -> str:
    return str(HANDED.get(handing, LABELS[key]) if key == "hand_out" else LABELS[key])


def _handing(order: PurchaseOrder, found: dict[str, Any]) -> Handing:
    row = found["lines"][order.pk]
    return handing_of(lines=row["count"], redeemed=row["redeemed"], held=row["held"])


def _side_name(order: PurchaseOrder, side: str) -> str:
    return order.vendor_name if side == "vendor" else order.buyer_name


def _gather(pks: Sequence[int], requisitions: Sequence[int]) -> dict[str, Any]:
    lines = OrderLine.objects.filter(order_id__in=pks).values("order_id")
    consignments = Consignment.objects.filter(order_id__in=pks).values("order_id")
    handed = HandoutRow.objects.filter(handout_list__group_order__requisitions__in=requisitions)
    return {
        "lines": _by(
            "order_id",
            lines.annotate(
                confirmed=Sum(F("quantity_ordered") - F("quantity_declined") - F("quantity_cancelled")),
                promised_on=Min("promised_on"),
                count=Count("pk"),
                redeemed=Count("pk", filter=Q(is_redeemed=True)),
                held=Count("pk", filter=Q(session__isnull=False)),
                kept=Sum(F("accepted__quantity") - F("accepted__quantity_returned")),
            ),
        ),
        "sent": _by(
            "line__order_id",
            ConsignmentLine.objects.filter(line__order_id__in=pks)
            .values("line__order_id")
            .annotate(sent=Sum("quantity")),
        ),
        "moved": _by(
            "order_id",
            consignments.annotate(
                last=Max("dispatched_at"),
                waiting=Min("dispatched_at", filter=Q(receipt=None)),
                received=Max("receipt__received_at"),
            ),
        ),
        "accepted": _objects("order_id", Acceptance.objects.filter(order_id__in=pks).select_related("accepted_by")),
        "fapiao": _objects("order_id", Fapiao.objects.standing().filter(order_id__in=pks)),
        "invoices": _objects("requisition_id", Invoice.objects.filter(requisition_id__in=requisitions)),
        "handed": _by(
            "handout_list__group_order__requisitions",
            handed.values("handout_list__group_order__requisitions").annotate(
                waiting=Count("pk", filter=Q(handed_at=None)), last=Max("handed_at")
            ),
        ),
    }


def _by(key: str, rows: Any) -> dict[int, dict[str, Any]]:
    return {row[key]: row for row in rows.order_by()}


def _objects(key: str, rows: Any) -> dict[int, Any]:
    return {getattr(row, key): row for row in rows}


def _facts(order: PurchaseOrder, found: dict[str, Any]) -> tuple[Facts, dict[str, str]]:
    moved = found["moved"].get(order.pk, {})
    sent = found["sent"].get(order.pk, {})
    handed = found["handed"].get(order.requisition_id, {})
    acceptance, fapiao = found["accepted"].get(order.pk), found["fapiao"].get(order.pk)
    invoice = found["invoices"][order.requisition_id]
    facts = Facts(
        placed_at=_office_time(order.placed_at),
        cancelled_at=_local(order.cancelled_at),
        answered_at=_local(order.answered_at),
        confirmed=found["lines"][order.pk]["confirmed"],
        sent=sent.get("sent") or 0,
        promised_on=found["lines"][order.pk]["promised_on"],
        last_dispatched_at=_local(moved.get("last")),
        waiting_since=_local(moved.get("waiting")),
        last_received_at=_local(moved.get("received")),
        accepted_at=_local(acceptance.accepted_at) if acceptance else None,
        accepted_quantity=found["lines"][order.pk]["kept"] or 0,
        matched_at=_local(fapiao.matched_at) if fapiao else None,
        settled_at=_local(invoice.settled_at),
        pay_by=invoice.due_on,
        is_for_members=order.requisition.group_order_id is not None,
        handed_out_at=_local(handed["last"]) if handed and not handed["waiting"] else None,
        pays_first=order.pays_first,
        fapiao_wanted=order.fapiao_wanted,
    )
    return facts, {"accept": _person(acceptance.accepted_by, order.buyer_name) if acceptance else ""}


def _person(user: Any, organisation: str) -> str:
    return f"{organisation} · {user.get_full_name() or user.get_username()}"


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else _office_time(moment)


def _office_time(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(setting("TIME_ZONE")))

"""Which orders are late, asked of the database: the same steps and days as the timelines, without making one of each order.

``timeline`` says what is late and why; a test holds the two against each other on every day around a whole world.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum

from ..conf import setting
from ..fulfilment.models import Acceptance, Consignment, ConsignmentLine, HandoutList, HandoutRow
from ..orders.models import OrderLine, PurchaseOrder
from ..parties.models import BuyerOrganisation
from ..payments.models import Fapiao
from .tracking import still_wanted


def late_orders(today: date) -> QuerySet[PurchaseOrder]:
    """The orders of which something is wanted still, a step was due before ``today`` and is not done; the oldest first."""
    before = _before(today)
    late = _unanswered(before) | _unsent(before, today) | _unaccepted(before) | _unpaid(today) | _unfinished(before)
    return _with_facts().filter(_going_on(), late, still_wanted(), cancelled_at=None).order_by("placed_at", "pk")


def _going_on() -> Q:
    """What finished orders, nearly all there ever were, are told by at once: rows that are there, looked up by the set.

    It narrows nothing that ``late`` would find, but the database looks into the lines of what is left alone.
    """
    accepted = Acceptance.objects.values("order")
    invoiced = Fapiao.objects.standing().values("order")
    under_way = Consignment.objects.filter(receipt=None).values("order")
    rows = HandoutRow.objects.values("handout_list")
    handed_out = HandoutList.objects.filter(pk__in=rows).exclude(pk__in=rows.filter(handed_at=None))
    return (
        Q(answered_at=None)
        | ~Q(pk__in=accepted)
        | Q(requisition__invoice__settled_at=None)
        | Q(fapiao_wanted=True) & ~Q(pk__in=invoiced)
        | Q(pk__in=under_way)
        | Q(requisition__group_order__isnull=False) & ~Q(requisition__group_order__in=handed_out.values("group_order"))
    )


def _before(today: date) -> Callable[[str], datetime]:
    """For a step's key: what happened before this moment was due before today."""

    def moment(key: str) -> datetime:
        day = today - timedelta(days=setting(f"DAYS_TO_{key.upper()}"))
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(setting("TIME_ZONE")))

    return moment


def _with_facts() -> QuerySet[PurchaseOrder]:
    lines = OrderLine.objects.filter(order=OuterRef("pk"))
    consignments = Consignment.objects.filter(order=OuterRef("pk"))
    sent = ConsignmentLine.objects.filter(line__order=OuterRef("pk"))
    handed = HandoutRow.objects.filter(handout_list__group_order=OuterRef("requisition__group_order"))
    return PurchaseOrder.objects.annotate(
        _confirmed=_one(lines, Sum(F("quantity_ordered") - F("quantity_declined") - F("quantity_cancelled"))),
        _kept=_one(lines, Sum(F("accepted__quantity") - F("accepted__quantity_returned"))),
        _promised_on=_one(lines, Min("promised_on")),
        _sent=_one(sent, Sum("quantity"), by="line__order"),
        _waiting_since=_one(consignments.filter(receipt=None), Min("dispatched_at")),
        _last_sent=_one(consignments, Max("dispatched_at")),
        _last_received=_one(consignments, Max("receipt__received_at")),
        _has_fapiao=Exists(Fapiao.objects.standing().filter(order=OuterRef("pk"))),
        _to_hand_out=~Exists(handed) | Exists(handed.filter(handed_at=None)),
    )


def _one(rows: QuerySet[Any], value: Any, *, by: str = "order") -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(_value=value).values("_value"))


PAYS_FIRST = Q(buyer_kind=BuyerOrganisation.Kind.INDIVIDUAL)
ACCEPTED = Q(acceptance__isnull=False)
NOTHING_CONFIRMED = Q(answered_at__isnull=False, _confirmed=0)
EVERYTHING_SENT = ACCEPTED | Q(_sent__gte=F("_confirmed"))


def _unanswered(before: Callable[[str], datetime]) -> Q:
    paid_before = PAYS_FIRST & Q(requisition__invoice__settled_at__lt=before("confirm"))
    return Q(answered_at=None) & (paid_before | ~PAYS_FIRST & Q(placed_at__lt=before("confirm")))


def _unsent(before: Callable[[str], datetime], today: date) -> Q:
    promised = Q(_promised_on__lt=today) | Q(_promised_on=None, answered_at__lt=before("dispatch"))
    wanting = Q(_last_sent=None) | Q(acceptance=None) & (Q(_sent=None) | Q(_sent__lt=F("_confirmed")))
    return Q(answered_at__isnull=False) & wanting & promised & ~NOTHING_CONFIRMED


def _unaccepted(before: Callable[[str], datetime]) -> Q:
    under_way = Q(_waiting_since__lt=before("receive"))
    arrived = Q(acceptance=None, _waiting_since=None, _last_received__lt=before("accept")) & EVERYTHING_SENT
    return (under_way | arrived) & ~NOTHING_CONFIRMED


def _unpaid(today: date) -> Q:
    reached = PAYS_FIRST | ACCEPTED | NOTHING_CONFIRMED
    return Q(requisition__invoice__settled_at=None, requisition__invoice__due_on__lt=today) & reached


def _unfinished(before: Callable[[str], datetime]) -> Q:
    """Accepted, and goods were kept: the fapiao, and the hand-out to members."""
    fapiao = Q(acceptance__accepted_at__lt=before("fapiao"), fapiao_wanted=True, _has_fapiao=False)
    hand_out = Q(
        acceptance__accepted_at__lt=before("hand_out"), requisition__group_order__isnull=False, _to_hand_out=True
    )
    return (fapiao | hand_out) & Q(_kept__gt=0) & ~NOTHING_CONFIRMED

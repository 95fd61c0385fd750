"""Questions about purchases made elsewhere: what is alike, what happened to one, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import ModelLogEntry

from ...files import PrivateFile
from ...orders.models import PurchaseOrder
from ...parties.models import BuyerOrganisation, Membership
from ...parties.selectors import counties_of
from ...programme.models import Pairing, Region
from .lifecycle import State
from .models import ElsewherePurchase, ElsewhereVoucher

EVENTS = {
    "marketplace.enter_elsewhere": _("entered"),
    "marketplace.mend_elsewhere": _("changed"),
    "marketplace.submit_elsewhere": _("submitted"),
    "marketplace.return_elsewhere": _("returned"),
    "marketplace.confirm_elsewhere": _("confirmed: it counts from this day"),
    "marketplace.withdraw_elsewhere": pgettext_lazy("purchase", "withdrawn"),
    "marketplace.propose_voiding": _("asked to void it"),
    "marketplace.refuse_voiding": _("voiding refused: it still counts"),
    "marketplace.void_elsewhere": _("voided: taken off again from this day"),
}
ALIKE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a purchase: what, who, when and why."""

    what: str
    who: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Alike:
    """A purchase or order with the same seller, amount and day: perhaps the same one entered twice."""

    reference: str
    buyer: str
    is_order: bool


def history(purchase: ElsewherePurchase) -> list[Event]:
    """What happened to a purchase, oldest first, as the audit log has it. One statement."""
    rows = ModelLogEntry.objects.filter(
        content_type__app_label="marketplace",
        content_type__model="elsewherepurchase",
        object_id=str(purchase.pk),
        action__in=EVENTS,
    ).select_related("user")
    return [
        Event(str(EVENTS[row.action]), _name(row.user), row.timestamp, (row.data or {}).get("reason", ""))
        for row in rows.order_by("timestamp", "pk")
    ]


def _name(user: Any) -> str:
    return "" if user is None else user.get_full_name() or user.get_username()


def look_alikes(purchase: ElsewherePurchase, *, own_only: bool) -> list[Alike]:
    """What else has the same seller, amount and day; ``own_only`` for readers who see their organisation alone."""
    same_seller = Q(seller_name=purchase.seller_name)
    if purchase.vendor_id:
        same_seller |= Q(vendor_id=purchase.vendor_id)
    rows: QuerySet[Any] = ElsewherePurchase.objects.filter(
        same_seller, amount=purchase.amount, bought_on=purchase.bought_on
    ).exclude(state__in=[State.WITHDRAWN, State.VOIDED])
    rows = rows.exclude(pk=purchase.pk).select_related("organisation")
    orders: QuerySet[Any] = PurchaseOrder.objects.filter(
        vendor=purchase.vendor, amount=purchase.amount, placed_at__date=purchase.bought_on, cancelled_at=None
    )
    if own_only:
        rows, orders = (found.filter(organisation_id=purchase.organisation_id) for found in (rows, orders))
    found = [Alike(row.reference, row.organisation.name, False) for row in rows[:ALIKE_SHOWN]]
    if purchase.vendor_id:
        found += [Alike(row.reference, row.buyer_name, True) for row in orders[:ALIKE_SHOWN]]
    return found


def to_mend(organisations: Sequence[int] | set[int]) -> QuerySet[ElsewherePurchase]:
    """What these organisations' clerks began or got back."""
    rows = ElsewherePurchase.objects.filter(organisation_id__in=organisations)
    return rows.filter(state__in=[State.DRAFT, State.RETURNED]).select_related("organisation")


def standing_fapiao(number: str) -> ElsewherePurchase | None:
    """The purchase made elsewhere that was submitted with this fapiao number, unless it was withdrawn or voided."""
    rows = ElsewherePurchase.objects.filter(fapiao_number=number)
    return rows.filter(state__in=[State.SUBMITTED, State.RETURNED, State.CONFIRMED]).first()


def origins_for(organisation: BuyerOrganisation, day: date) -> list[Region]:
    """The villages and townships of the counties paired with the organisation's, each township before its villages."""
    aided = Pairing.objects.filter(supporting__code=organisation.county_code).values_list("aided__code", flat=True)
    inside = Q(pk__in=[])
    for code in aided:
        inside |= Q(code__startswith=code)
    places = Region.objects.filter(inside, level__in=[Region.Level.TOWNSHIP, Region.Level.VILLAGE]).valid_on(day)
    return list(places.select_related("parent").order_by("code"))


def voucher_is_shown(user: Any, file: PrivateFile) -> bool:
    """Guard of private files: whether one of the purchases this voucher proves is the reader's to check."""
    kept = ElsewhereVoucher.objects.filter(file=file, removed_at=None).select_related("purchase")
    return any(may_see_vouchers(voucher.purchase, user) for voucher in kept)


def may_see_vouchers(purchase: ElsewherePurchase, user: Any) -> bool:
    """The organisation's own people, the officers of its county, and the operator."""
    own = Membership.objects.filter(user=user, organisation_id=purchase.organisation_id, ended_at=None)
    return bool(user.is_superuser or purchase.buyer_county in counties_of(user) or own.exists())

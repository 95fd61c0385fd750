"""Narrowing an organisation's orders."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..orders.models import PurchaseOrder
from ..parties.models import BuyerOrganisation
from ..payments.selectors import is_matched
from ..programme.models import Campaign
from ..purchase.tracking import still_wanted

STATES = [
    ("unanswered", _("waiting for the vendor's answer")),
    ("undelivered", _("not accepted yet")),
    ("unpaid", _("not paid yet")),
    ("completed", _("completed")),
    ("cancelled", _("cancelled")),
]


class OrderFilter(filters.FilterSet):
    """By words (reference, vendor, title), campaign and where the order stands."""

    q = filters.CharFilter(method="by_words", label=_("Search"))
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all(), label=_("Campaign"), empty_label=_("all"))
    state = filters.ChoiceFilter(choices=STATES, method="by_state", label=_("Where it stands"), empty_label=_("all"))

    class Meta:
        model = PurchaseOrder
        fields: list[str] = []

    def __init__(self, *args: Any, organisation: BuyerOrganisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation

    def by_words(self, orders: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        found = (
            orders.filter(reference__icontains=value)
            | orders.filter(vendor_name__icontains=value)
            | orders.filter(requisition__group_order__title__icontains=value)
            | orders.filter(lines__title__icontains=value)
        )
        return found.distinct()

    def by_state(self, orders: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return {
            "unanswered": orders.filter(answered_at=None, cancelled_at=None),
            "undelivered": orders.filter(still_wanted(), answered_at__isnull=False, acceptance=None),
            "unpaid": orders.filter(still_wanted(), requisition__invoice__settled_at=None),
            "cancelled": orders.filter(cancelled_at__isnull=False),
            "completed": orders.filter(
                is_matched(), requisition__invoice__settled_at__isnull=False, acceptance__isnull=False
            ),
        }[value]

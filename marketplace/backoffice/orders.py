"""Orders as officers see them: where each stands, who did what, what is late."""

from __future__ import annotations

import django_filters as filters
from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import ModelLogEntry

from ..fulfilment.selectors import line_counts
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..parties.selectors import named
from ..programme.models import Campaign
from ..purchase.late import late_orders
from ..purchase.tracking import track
from .scope import scope_for


class OfficeOrderFilter(filters.FilterSet):
    """By words, campaign, and whether something is overdue."""

    q = filters.CharFilter(method="by_words", label=_("Search"))
    campaign = filters.ModelChoiceFilter(queryset=Campaign.objects.all(), label=_("Campaign"), empty_label=_("all"))

    late = filters.BooleanFilter(method="by_lateness", label=_("Late only"), widget=forms.CheckboxInput)

    class Meta:
        model = PurchaseOrder
        fields: list[str] = []

    def by_words(self, orders: QuerySet[PurchaseOrder], name: str, value: str) -> QuerySet[PurchaseOrder]:
        return (
            orders.filter(reference__icontains=value)
            | orders.filter(vendor_name__icontains=value)
            | orders.filter(buyer_name__icontains=value)
            | orders.filter(organisation__in=named(value))  # under whatever name it has or had
        )

    def by_lateness(self, orders: QuerySet[PurchaseOrder], name: str, value: bool) -> QuerySet[PurchaseOrder]:
        if not value:
            return orders
        late = late_orders(office_day(timezone.now()))
        return orders.filter(pk__in=late.values("pk")).order_by("placed_at", "pk")


def order_list(request: HttpRequest) -> HttpResponse:
    """The orders of the officer's county, latest first; those that are late, the oldest first."""
    orders = scope_for(request).orders().select_related("requisition__group_order", "organisation")
    narrowed = OfficeOrderFilter(request.GET, queryset=orders)
    page = Paginator(narrowed.qs, 30).get_page(request.GET.get("page"))
    trackings = track(page.object_list, today=office_day(timezone.now()))
    context = {"form": narrowed.form, "page_obj": page, "rows": [trackings[order.pk] for order in page]}
    return render(request, "marketplace/backoffice/order_list.html", context)


def order_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One order with timeline, lines and the log of who did what."""
    order = get_object_or_404(
        scope_for(request).orders().select_related("requisition__group_order", "organisation", "campaign", "pairing"),
        reference=reference,
    )
    counts = line_counts(order)
    context = {
        "order": order,
        "tracking": track([order], today=office_day(timezone.now()), names_people=False)[order.pk],
        "lines": [(line, counts[line.pk]) for line in order.lines.all()],
        "corrections": order.corrections.select_related("campaign", "old_campaign", "proposed_by"),
        "may_correct": scope_for(request).buyers_orders().filter(pk=order.pk).exists(),
        "log": log_of(order),
        "entries": order_entries(order),
    }
    return render(request, "marketplace/backoffice/order_detail.html", context)


def log_of(order: PurchaseOrder) -> list[tuple[ModelLogEntry, str]]:
    """Who did what to the order. A private buyer is named as the order names them, masked."""
    rows = ModelLogEntry.objects.filter(
        content_type__app_label="marketplace", content_type__model="purchaseorder", object_id=str(order.pk)
    ).select_related("user")
    people = order.organisation.memberships.values_list("user_id", flat=True) if order.pays_first else ()
    private = set(people)
    return [(row, order.buyer_name if row.user_id in private else row.user_display_name) for row in rows]


def order_entries(order: PurchaseOrder) -> list[object]:
    """What the order posted to impact, oldest first."""
    return [entry for line in order.lines.prefetch_related("impact_entries") for entry in line.impact_entries.all()]

"""The vendor's desk: what to answer, send and invoice, what is in review, and the money coming."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marketplace.catalogue.certificates import Certificate, to_mend, to_renew
from marketplace.catalogue.models import Listing
from marketplace.catalogue.session_views import sessions_to_decide
from marketplace.fulfilment.models import Side
from marketplace.fulfilment.moving import moves_to_answer
from marketplace.fulfilment.selectors import cancellations_to_answer, returns_for_vendor
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.parties.models import Vendor
from marketplace.payments.selectors import is_matched
from marketplace.purchase.tracking import still_wanted, track
from marketplace.reports.selectors import to_answer

from .access import own_vendors

LISTINGS_SHOWN = 10  # of each state; an import may bring thousands
OPEN_AT_ONCE = 300  # far beyond what one desk can hold; the page says so when there are more


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this vendor, late orders first."""
    vendors = own_vendors(request)
    orders = (
        PurchaseOrder.objects.filter(still_wanted(), ~is_matched(), vendor__in=vendors)
        .select_related("requisition__group_order", "organisation")
        .order_by("placed_at", "pk")[:OPEN_AT_ONCE]
    )
    trackings = track(orders, today=office_day(timezone.now())).values()
    rows = [(row, step, row.entry(step.key).label) for row in trackings if (step := row.open_for("vendor"))]
    rows.sort(key=lambda row: (row[1].state != "late", row[1].due_on or date.max))
    papers = list(_certificates(vendors))
    listings = Listing.objects.filter(vendor__in=vendors).with_review().select_related("cover")
    states = {"delisted": "delisted", "returned": "returned", "drafts": "draft", "in_review": "submitted"}
    by_state = {name: [row for row in listings if row.state == state] for name, state in states.items()}
    context = {
        "vendors": vendors,
        "cancellations": cancellations_to_answer(Side.VENDOR).filter(order__vendor__in=vendors),
        "returns": returns_for_vendor().filter(order__vendor__in=vendors),
        "reports": to_answer(vendors)[:LISTINGS_SHOWN],
        "rows": rows,
        "moves": moves_to_answer(Side.VENDOR).filter(order__vendor__in=vendors),
        "undecided": sessions_to_decide([vendor.pk for vendor in vendors], office_day(timezone.now())),
        "has_more": len(orders) == OPEN_AT_ONCE,
        "to_renew": to_renew(papers, office_day(timezone.now())),
        "refused_papers": to_mend(papers),
        **{name: found[:LISTINGS_SHOWN] for name, found in by_state.items()},
        "has_more_listings": any(len(found) > LISTINGS_SHOWN for found in by_state.values()),
    }
    return render(request, "vendors/desk.html", context)


def _certificates(vendors: list[Vendor]) -> QuerySet[Certificate]:
    return Certificate.objects.filter(vendor__in=vendors, withdrawn_at=None).select_related("vendor", "listing")


@login_required
def order_list(request: HttpRequest) -> HttpResponse:
    """All the vendor's orders."""
    orders = PurchaseOrder.objects.filter(vendor__in=own_vendors(request)).select_related(
        "requisition__group_order", "organisation"
    )
    if words := request.GET.get("q", "").strip():
        orders = orders.filter(reference__icontains=words) | orders.filter(buyer_name__icontains=words)
    page = Paginator(orders, 25).get_page(request.GET.get("page"))
    trackings = track(page.object_list, today=office_day(timezone.now()))
    context = {"page_obj": page, "rows": [trackings[order.pk] for order in page], "q": request.GET.get("q", "")}
    return render(request, "vendors/order_list.html", context)

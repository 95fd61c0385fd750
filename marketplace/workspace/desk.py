"""The desk: what waits for the signed-in person; and each organisation's lists."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ..doors import way_in
from ..orders.models import PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.selectors import organisations_of
from ..purchase.tracking import track
from .access import organisations_by_role, own_organisation
from .filters import OrderFilter
from .tasks import rating_tasks, tasks_for


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, late things first; people without a buyer's role go to their own desk."""
    roles = organisations_by_role(request.user)
    if not roles and (elsewhere := way_in(request.user)):
        return redirect(elsewhere)
    now = timezone.now()
    context = {
        "tasks": [*tasks_for(roles, office_day(now)), *rating_tasks(roles, now)],
        "organisations": organisations_of(request.user),
    }
    return render(request, "marketplace/workspace/desk.html", context)


@login_required
def purchases(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's requisitions and orders with where they stand."""
    organisation = own_organisation(request, slug)
    orders = PurchaseOrder.objects.filter(organisation=organisation).select_related(
        "requisition__group_order", "organisation"
    )
    narrowed = OrderFilter(request.GET, queryset=orders, organisation=organisation)
    page = Paginator(narrowed.qs, 25).get_page(request.GET.get("page"))
    trackings = track(page.object_list, today=office_day(timezone.now()))
    context = {
        "organisation": organisation,
        "filter": narrowed,
        "form": narrowed.form,
        "page_obj": page,
        "rows": [trackings[order.pk] for order in page],
        "requisitions": Requisition.objects.filter(organisation=organisation)
        .exclude(state__in=["placed", "cancelled"])
        .select_related("group_order"),
    }
    return render(request, "marketplace/workspace/purchases.html", context)

"""Buying directly: the organisation's basket and the requisition made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..catalogue.models import Pack
from ..conf import currency
from ..errors import Refused
from ..fields import model_choice, whole_number
from ..money import Money, total
from ..orders import actions
from ..orders.models import BasketLine
from ..orders.quoting import freight_of, parcels_of, quotes
from ..orders.selectors import basket_of, line_misfits
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..programme.models import Region
from ..programme.selectors import campaigns_open_on
from ..purchase.buy import buy
from .access import own_organisation
from .answers import answer_form
from .forms import BuyForm, DirectForm


@login_required
@require_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Put so many of a pack in the basket (0 takes it out)."""
    organisation = own_organisation(request, slug)
    pack = get_object_or_404(
        Pack.objects.select_related("listing", "session"), pk=whole_number(request.POST.get("pack", ""))
    )
    quantity = whole_number(request.POST.get("quantity", ""))
    if quantity is None:
        messages.error(request, _("Enter whole numbers only."))
        return redirect("marketplace:basket", slug)
    try:
        actions.set_basket_line(
            organisation=organisation,
            pack=pack,
            quantity=quantity,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The basket of %(name)s is up to date.") % {"name": organisation.name})
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("marketplace:basket", slug)


def _place(form: Any, organisation: BuyerOrganisation) -> Region:
    """Where the goods would go: to the delivery point chosen on the form, else the first on it."""
    found = model_choice(form, "delivery_point").queryset
    points = list(found.select_related("region")) if found is not None else []
    chosen = str(form["delivery_point"].value() or "")
    point = next((point for point in points if str(point.pk) == chosen), points[0] if points else None)
    return point.region if point and point.region else organisation.region


@login_required
def basket(request: HttpRequest, slug: str) -> HttpResponse:
    """The basket with its tiers and total; POST makes a requisition of it."""
    organisation = own_organisation(request, slug)
    if organisation.is_individual:
        return _private_basket(request, organisation)
    campaigns = campaigns_open_on(office_day(timezone.now()), supporting_code=organisation.county_code)
    form = DirectForm(request.POST or None, organisation=organisation, campaigns=campaigns)

    def again() -> HttpResponse:
        lines = basket_of(organisation)
        goods = total((line.amount for line in lines), currency())
        place = _place(form, organisation)
        found = quotes(parcels_of(lines), place.code)
        context = {
            "organisation": organisation,
            "form": form,
            "lines": lines,
            "goods": goods,
            "quotes": found,
            "place": place,
            "total": goods + freight_of(found),
            "misfits": line_misfits(lines),
        }
        return render(request, "marketplace/workspace/basket.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.request_from_basket(organisation=organisation, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("The requisition is drafted. Look it through and submit it."),
        to=lambda made: reverse("marketplace:requisition", args=[made.reference]),
        again=again,
    )


def _private_basket(request: HttpRequest, organisation: BuyerOrganisation) -> HttpResponse:
    """An individual's basket, by vendor; POST buys it."""
    form = BuyForm(request.POST or None, organisation=organisation)

    def again() -> HttpResponse:
        lines = basket_of(organisation)
        by_vendor: dict[int, list[BasketLine]] = {}
        for line in lines:
            by_vendor.setdefault(line.pack.listing.vendor_id, []).append(line)
        place = _place(form, organisation)
        found = quotes(parcels_of(lines), place.code)
        asked = total((line.amount for line in lines), currency()) + freight_of(found)
        context = {
            "organisation": organisation,
            "form": form,
            "lines": lines,
            "parcels": [(quote, by_vendor[quote.parcel.vendor.pk]) for quote in found],
            "place": place,
            "total": asked,
            "misfits": line_misfits(lines),
            "has_address": organisation.delivery_points.exists(),
        }
        return render(request, "marketplace/workspace/private_basket.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        fen = whole_number(request.POST.get("shown", ""), digits=12)
        shown = None if fen is None else Money(fen, currency())
        return buy(buyer=organisation, shown=shown, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("Bought. Pay now, and the vendors start: what is not paid by tomorrow is given back."),
        to=lambda made: reverse("marketplace:invoice", args=[made.invoice.number]),
        again=again,
    )

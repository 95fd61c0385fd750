"""A vendor goes back on an order, or answers a buyer who does."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.fulfilment.models import Cancellation, GoodsReturn
from marketplace.fulfilment.selectors import line_counts
from marketplace.orders.models import PurchaseOrder
from marketplace.workspace.answers import answer_form, decide, only_whole_numbers
from marketplace.workspace.forms import CallOffForm, QuantitiesForm

from ..fulfilment import actions
from .access import own, own_vendors
from .forms import VoidForm
from .orders import ORDERS, order_page

PROPOSALS = ("order__vendor", "order__organisation", "order__requisition")


def _own(request: HttpRequest, model: Any, reference: str) -> Any:
    found = model.objects.select_related(*PROPOSALS).filter(order__vendor__in=own_vendors(request))
    return get_object_or_404(found, reference=reference)


@login_required
def call_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the buyer to cancel what cannot be sent."""
    order: PurchaseOrder = own(request, ORDERS, reference=reference)
    counts = line_counts(order)
    lines = [line for line in order.lines.all() if counts[line.pk].unsent > 0]
    form = CallOffForm(request.POST or None, request.FILES or None, by=request.user)
    quantities = QuantitiesForm(request.POST or None, keys=[line.pk for line in lines])

    def again() -> HttpResponse:
        rows = [(line, counts[line.pk].unsent, quantities[f"q{line.pk}"]) for line in lines]
        return render(request, "vendors/call_off.html", {"order": order, "form": form, "rows": rows})

    def step(cleaned: dict[str, Any]) -> Cancellation:
        return actions.propose_cancellation(
            order=order,
            quantities=quantities.quantities(),
            fault=cleaned["fault"],
            reason=cleaned["reason"],
            evidence=cleaned["evidence"],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again() if lines else redirect(order_page(order))
    only_whole_numbers(form, [quantities])
    done = _("The buyer is asked. The order goes on until the buyer agrees.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
@require_POST
def answer_cancellation(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree with, or refuse, what the buyer asks; or withdraw what the vendor asked."""
    proposal = _own(request, Cancellation, reference)
    common = {"cancellation": proposal, "by": request.user, "at": timezone.now()}
    steps = {
        "agree": (lambda: actions.agree_to_cancel(**common), _("Cancelled as agreed; the stock is yours to sell.")),
        "refuse": (
            lambda: actions.refuse_to_cancel(reason=request.POST.get("reason", ""), **common),
            _("Refused. The order goes on as it is."),
        ),
        "withdraw": (lambda: actions.withdraw_cancellation(**common), _("Withdrawn. The order goes on as it is.")),
    }
    return decide(request, steps, otherwise="withdraw", to=order_page(proposal.order))


@login_required
@require_POST
def answer_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Take goods back or not, and send what replaces them."""
    proposal = _own(request, GoodsReturn, reference)
    common = {"goods_return": proposal, "by": request.user, "at": timezone.now()}
    steps = {
        "agree": (lambda: actions.agree_to_return(**common), _("Agreed. The buyer is told.")),
        "refuse": (
            lambda: actions.refuse_return(reason=request.POST.get("reason", ""), **common),
            _("Refused. The buyer reads your reason."),
        ),
        "replace": (
            lambda: actions.send_replacement(
                carrier=request.POST.get("carrier", ""),
                waybill_number=request.POST.get("waybill_number", ""),
                **common,
            ),
            _("The replacement is under way and taken from your stock."),
        ),
    }
    return decide(request, steps, otherwise="refuse", to=order_page(proposal.order))


@login_required
def void_fapiao(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that the fapiao was cancelled by a red-letter one, so that the right one can be entered."""
    order: PurchaseOrder = own(request, ORDERS, reference=reference)
    form = VoidForm(request.POST or None)

    def again() -> HttpResponse:
        return render(request, "vendors/void_fapiao.html", {"order": order, "form": form})

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.void_fapiao(order=order, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    done = _("The fapiao is voided. Enter the one that takes its place.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)

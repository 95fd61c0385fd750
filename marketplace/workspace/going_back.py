"""The buyer goes back on an order: calls off what was not sent, sends accepted goods back, answers the vendor."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..conf import setting
from ..fulfilment.models import Acceptance, Cancellation, GoodsReturn, Side
from ..fulfilment.selectors import line_counts
from ..orders.models import PurchaseOrder
from ..purchase import cancel as road
from ..purchase import send_back
from .access import own_document
from .answers import answer_form, attempt, decide, only_whole_numbers
from .forms import CallOffForm, QuantitiesForm, ReturnForm
from .orders import ORDERS, order_page

PROPOSALS = ("order__organisation", "order__requisition", "proposed_by")


def _own(request: HttpRequest, model: Any, reference: str) -> Any:
    """The proposal, when the reader works for its order's buyer; 404 otherwise."""
    order = own_document(request, PurchaseOrder.objects.filter(**{f"{_name(model)}__reference": reference}).distinct())
    proposal = model.objects.select_related(*PROPOSALS).get(reference=reference)
    proposal.order = order
    return proposal


def _name(model: Any) -> str:
    return str(model._meta.get_field("order").related_query_name())


@login_required
@require_POST
def cancel_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Take an order back that its vendor has not answered."""
    order = own_document(request, ORDERS, reference=reference)
    return attempt(
        request,
        lambda: road.cancel(order=order, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()),
        done=_("The order is cancelled. Stock and allowances are given back, and it need not be paid."),
        to=order_page(order),
    )


@login_required
def call_off(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the vendor to cancel what was not sent yet."""
    order = own_document(request, ORDERS, reference=reference)
    counts = line_counts(order)
    lines = [line for line in order.lines.all() if counts[line.pk].unsent > 0]
    form = CallOffForm(request.POST or None, request.FILES or None, by=request.user)
    quantities = QuantitiesForm(
        request.POST or None,
        keys=[line.pk for line in lines],
        initial={f"q{line.pk}": counts[line.pk].unsent for line in lines},
    )

    def again() -> HttpResponse:
        rows = [(line, counts[line.pk].unsent, quantities[f"q{line.pk}"]) for line in lines]
        context = {"order": order, "organisation": order.organisation, "form": form, "rows": rows}
        return render(request, "marketplace/workspace/call_off.html", context)

    def step(cleaned: dict[str, Any]) -> Cancellation:
        return road.propose_cancellation(
            order=order,
            quantities=quantities.quantities(),
            side=Side.BUYER,
            fault=cleaned["fault"],
            reason=cleaned["reason"],
            evidence=cleaned["evidence"],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again() if lines else redirect(order_page(order))
    only_whole_numbers(form, [quantities])
    done = _("The vendor is asked. The order goes on until the vendor agrees.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
@require_POST
def answer_cancellation(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree with, or refuse, what the vendor asks; or withdraw what the buyer asked."""
    proposal = _own(request, Cancellation, reference)
    common = {"cancellation": proposal, "side": Side.BUYER, "by": request.user, "at": timezone.now()}
    steps = {
        "agree": (lambda: road.agree_to_cancel(**common), _("Cancelled as agreed: it need not be paid.")),
        "refuse": (
            lambda: road.refuse_to_cancel(reason=request.POST.get("reason", ""), **common),
            _("Refused. The order goes on as it is."),
        ),
        "withdraw": (lambda: road.withdraw_cancellation(**common), _("Withdrawn. The order goes on as it is.")),
    }
    return decide(request, steps, otherwise="withdraw", to=order_page(proposal.order))


@login_required
def return_goods(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the vendor to take accepted goods back, for their money or for others."""
    order = own_document(request, ORDERS, reference=reference)
    if not Acceptance.objects.filter(order=order).exists():
        return redirect(order_page(order))
    lines = list(order.lines.select_related("accepted"))
    form = ReturnForm(request.POST or None, request.FILES or None, by=request.user)
    quantities = QuantitiesForm(request.POST or None, keys=[line.pk for line in lines])

    def again() -> HttpResponse:
        rows = [
            (line, line.accepted.quantity - line.accepted.quantity_returned, quantities[f"q{line.pk}"])
            for line in lines
        ]
        context = {
            "order": order,
            "organisation": order.organisation,
            "form": form,
            "rows": rows,
            "days": setting("DAYS_TO_RETURN"),
        }
        return render(request, "marketplace/workspace/return_goods.html", context)

    def step(cleaned: dict[str, Any]) -> GoodsReturn:
        return send_back.propose_return(
            order=order,
            quantities=quantities.quantities(),
            remedy=cleaned["remedy"],
            fault=cleaned["fault"],
            reason=cleaned["reason"],
            evidence=cleaned["evidence"],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again()
    only_whole_numbers(form, [quantities])
    done = _("The vendor is asked to take the goods back. Amounts change on the day the vendor agrees.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
@require_POST
def answer_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw a return, take its replacement in, or ask for the money after all."""
    proposal = _own(request, GoodsReturn, reference)
    common = {"goods_return": proposal, "by": request.user, "at": timezone.now()}
    steps = {
        "arrived": (lambda: send_back.take_replacement(**common), _("The replacement is received.")),
        "refund": (
            lambda: send_back.give_up_replacement(**common),
            _("The replacement is no longer waited for. What was paid for it is held for you."),
        ),
        "withdraw": (lambda: send_back.withdraw_return(**common), _("Withdrawn. You keep the goods.")),
    }
    return decide(request, steps, otherwise="withdraw", to=order_page(proposal.order))

"""The buyer moves a booking to another session, or answers a vendor who wants to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..fulfilment.models import Side
from ..fulfilment.moves import SessionMove
from ..fulfilment.moving import bookings_to_move
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..purchase import move as road
from .access import own_document
from .answers import answer_form, decide
from .move_forms import MoveForm
from .orders import ORDERS, order_page


@login_required
def move_session(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the vendor to move a booking to another session."""
    order: PurchaseOrder = own_document(request, ORDERS, reference=reference)
    form = MoveForm(request.POST or None, bookings=bookings_to_move(order, office_day(timezone.now())))

    def again() -> HttpResponse:
        return render(
            request,
            "marketplace/workspace/move_session.html",
            {"order": order, "organisation": order.organisation, "form": form},
        )

    def step(cleaned: dict[str, Any]) -> SessionMove:
        return road.propose_move(order=order, side=Side.BUYER, by=request.user, at=timezone.now(), **form.chosen())

    if request.method != "POST":
        return again()
    done = _("The vendor is asked. The booking stays where it is until the vendor agrees.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
@require_POST
def answer_move(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree with, or refuse, what the vendor asks; or withdraw what the reader's side asked."""
    order: PurchaseOrder = own_document(request, ORDERS.filter(moves__reference=reference))
    move = SessionMove.objects.select_related("order").get(reference=reference)
    move.order = order
    common: dict[str, Any] = {"move": move, "side": Side.BUYER, "by": request.user, "at": timezone.now()}
    steps = {
        "agree": (
            lambda: road.agree_to_move(**common),
            _("Moved: the places, and the vouchers with their codes, hold for the new day."),
        ),
        "refuse": (
            lambda: road.refuse_to_move(reason=request.POST.get("reason", ""), **common),
            _("Refused. The booking stays where it is."),
        ),
        "withdraw": (lambda: road.withdraw_move(**common), _("Withdrawn. The booking stays where it is.")),
    }
    return decide(request, steps, otherwise="withdraw", to=order_page(move.order))

"""A vendor moves a booking to another session, or answers a buyer who wants to."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.fulfilment.moves import SessionMove
from marketplace.fulfilment.moving import bookings_to_move
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.workspace.answers import answer_form, decide
from marketplace.workspace.move_forms import MoveForm

from ..fulfilment import moving
from .access import own, own_vendors
from .orders import ORDERS, order_page


@login_required
def move_session(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask the buyer to move a booking to another session."""
    order: PurchaseOrder = own(request, ORDERS, reference=reference)
    form = MoveForm(request.POST or None, bookings=bookings_to_move(order, office_day(timezone.now())))

    def again() -> HttpResponse:
        return render(request, "vendors/move_session.html", {"order": order, "form": form})

    def step(cleaned: dict[str, Any]) -> SessionMove:
        return moving.propose_move(order=order, by=request.user, at=timezone.now(), **form.chosen())

    if request.method != "POST":
        return again()
    done = _("The buyer is asked. The booking stays where it is until the buyer agrees.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
@require_POST
def answer_move(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree with, or refuse, what the buyer asks; or withdraw what the reader's side asked."""
    rows = SessionMove.objects.select_related("order").filter(order__vendor__in=own_vendors(request))
    move = get_object_or_404(rows, reference=reference)
    common: dict[str, Any] = {"move": move, "by": request.user, "at": timezone.now()}
    steps = {
        "agree": (
            lambda: moving.agree_to_move(**common),
            _("Moved: the places, and the vouchers with their codes, hold for the new day."),
        ),
        "refuse": (
            lambda: moving.refuse_to_move(reason=request.POST.get("reason", ""), **common),
            _("Refused. The booking stays where it is."),
        ),
        "withdraw": (lambda: moving.withdraw_move(**common), _("Withdrawn. The booking stays where it is.")),
    }
    return decide(request, steps, otherwise="withdraw", to=order_page(move.order))

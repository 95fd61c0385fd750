"""One order as its vendor sees it: the timeline, and the one form that is next."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.fields import whole_number
from marketplace.fulfilment.models import Acceptance, Consignment
from marketplace.fulfilment.moving import shown
from marketplace.fulfilment.selectors import consignments_of, line_counts, places_of
from marketplace.fulfilment.vouchering import used_by_line
from marketplace.orders.models import PurchaseOrder
from marketplace.orders.selectors import delivery_to_show
from marketplace.parties.actions import office_day
from marketplace.payments.selectors import fapiao_of, rates_of_order
from marketplace.purchase.pay import fapiao_due
from marketplace.purchase.tracking import Tracking, track
from marketplace.workspace.answers import answer_form

from ..fulfilment import actions
from .access import own, own_vendors
from .forms import AnswerForm, DispatchForm, FapiaoForm

ORDERS = PurchaseOrder.objects.select_related("vendor__home", "requisition__group_order", "organisation", "campaign")


def order_page(order: PurchaseOrder) -> str:
    """Where the vendor sees an order."""
    return reverse("vendors:order", args=[order.reference])


def _forms(order: PurchaseOrder, data: Any = None, which: str = "") -> dict[str, Any]:
    lines = list(order.lines.select_related("session"))
    counts = line_counts(order)
    places = places_of(order, lines)
    sent_to = whole_number(str(data.get("delivery", ""))) if which == "dispatch" else None
    is_attended = str(data.get("attended", "")) == "1" if which == "dispatch" else False
    used = used_by_line(order) if any(line.is_redeemed for line in lines) else {}
    dispatch_forms = [
        (
            place,
            DispatchForm(
                data
                if which == "dispatch"
                and (place.delivery.pk == sent_to or len(places) == 1)
                and is_attended == attended
                else None,
                left=left,
                came={line: max(0, used[line.pk] - counts[line.pk].sent) for line in left if line.pk in used},
            ),
        )
        for place in places
        for attended in (False, True)
        if (left := {line: n for line, n in place.unsent.items() if line.is_redeemed == attended})
    ]
    bound = next((pair for pair in dispatch_forms if pair[1].is_bound), None)
    acceptance = Acceptance.objects.filter(order=order).first()
    due = fapiao_due(order) if acceptance else None
    return {
        "lines": [(line, counts[line.pk]) for line in lines],
        "acceptance": acceptance,
        "rates": rates_of_order(order),
        "amount_to_invoice": due.amount if due else None,
        "tax_to_invoice": due.tax if due else None,
        "cancellations": order.cancellations.select_related("evidence").prefetch_related("lines__line"),
        "returns": order.returns.select_related("evidence").prefetch_related("lines__line"),
        "may_cancel": True,
        "moves": shown(order.moves.all()),
        "has_sessions": any(line.session_id for line in lines),
        "may_return": True,
        "places": places,
        "dispatch_forms": dispatch_forms,
        "left": bool(dispatch_forms),
        "is_attended": all(line.is_redeemed for line in lines),
        "sent_to": bound[0].delivery if bound else None,
        "answer_form": AnswerForm(data if which == "answer" else None, lines=lines),
        "dispatch_form": bound[1] if bound else DispatchForm(data if which == "dispatch" else None, left={}),
        "fapiao_form": FapiaoForm(
            data if which == "fapiao" else None,
            # Title and amount are typed from the fapiao: filled in beforehand, they would only be compared with themselves.
            initial={"issued_on": office_day(timezone.now())},
        ),
    }


def _tracking(order: PurchaseOrder) -> Tracking:
    return track([order], today=office_day(timezone.now()), names_people=False)[order.pk]


def needs_delivery(order: PurchaseOrder, tracking: Tracking) -> bool:
    """Whether the vendor still has something to bring: the order is under way, or a replacement is promised."""
    if tracking.next is not None and not order.cancelled_at:
        return True
    return any(row.waits_for_replacement or row.is_open for row in order.returns.all())


def _show(request: HttpRequest, order: PurchaseOrder, parts: dict[str, Any]) -> HttpResponse:
    tracking = _tracking(order)
    in_full = needs_delivery(order, tracking)
    context = {
        "order": order,
        "tracking": tracking,
        "own_step": tracking.open_for("vendor"),
        "consignments": consignments_of(order),
        "fapiao": fapiao_of(order),
        **parts,
        "places": [(place, delivery_to_show(order, place.delivery, in_full=in_full)) for place in parts["places"]],
    }
    return render(request, "vendors/order_detail.html", context)


@login_required
def order_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The order with whatever the vendor has to do next."""
    order = own(request, ORDERS, reference=reference)
    return _show(request, order, _forms(order))


@login_required
@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm all, part or none of each line."""
    order = own(request, ORDERS, reference=reference)
    parts = _forms(order, request.POST, "answer")

    def step(cleaned: dict[str, Any]) -> Any:
        answers = parts["answer_form"].answers()
        return actions.answer_order(order=order, answers=answers, by=request.user, at=timezone.now())

    return answer_form(
        request,
        parts["answer_form"],
        step,
        done=_("Your answer is sent to the buyer. Dispatch comes next."),
        to=order_page,
        again=lambda: _show(request, order, parts),
    )


@login_required
@require_POST
def dispatch(request: HttpRequest, reference: str) -> HttpResponse:
    """Send one consignment."""
    order = own(request, ORDERS, reference=reference)
    parts = _forms(order, request.POST, "dispatch")

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.dispatch(
            order=order,
            quantities=parts["dispatch_form"].quantities(),
            carrier=cleaned.get("carrier", ""),
            waybill_number=cleaned.get("waybill_number", ""),
            note=cleaned["note"],
            delivery=parts["sent_to"],
            by=request.user,
            at=timezone.now(),
        )

    return answer_form(
        request,
        parts["dispatch_form"],
        step,
        done=_("Recorded; the buyer's receiver says how many came.")
        if parts["dispatch_form"].is_attendance
        else _("The consignment is under way; the buyer's receiver has it on the desk."),
        to=lambda made: order_page(order),
        again=lambda: _show(request, order, parts),
    )


@login_required
@require_POST
def fapiao(request: HttpRequest, reference: str) -> HttpResponse:
    """Enter the fapiao of an accepted order."""
    order = own(request, ORDERS, reference=reference)
    parts = _forms(order, request.POST, "fapiao")

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.enter_fapiao(order=order, by=request.user, at=timezone.now(), **cleaned)

    return answer_form(
        request,
        parts["fapiao_form"],
        step,
        done=_("The fapiao matches the accepted amount."),
        to=lambda made: order_page(order),
        again=lambda: _show(request, order, parts),
    )


@login_required
def dispatch_note(request: HttpRequest, reference: str) -> HttpResponse:
    """The dispatch note of one consignment, to print and put in the parcel."""
    consignment = get_object_or_404(
        Consignment.objects.select_related("order__organisation", "order__requisition", "delivery").filter(
            order__vendor__in=own_vendors(request)
        ),
        reference=reference,
    )
    order = consignment.order
    context = {
        "consignment": consignment,
        "order": order,
        "delivery": delivery_to_show(order, consignment.delivery, in_full=needs_delivery(order, _tracking(order))),
        "lines": consignment.lines.select_related("line"),
    }
    return render(request, "vendors/dispatch_note.html", context)

"""One order as the buyer sees it: its timeline, what is under way, receiving, accepting."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue.session_views import views_of
from ..fulfilment.actions import Count
from ..fulfilment.models import Acceptance, Consignment, ConsignmentLine
from ..fulfilment.moving import shown
from ..fulfilment.selectors import consignments_of, line_counts, places_of
from ..fulfilment.vouchering import used_by_line
from ..impact.corrections import MAY_ASK
from ..orders.models import PurchaseOrder
from ..orders.selectors import delivery_to_show
from ..parties.actions import office_day
from ..parties.models import Role
from ..payments.selectors import fapiao_of, rates_of_order
from ..purchase.deliver import accept, receive
from ..purchase.move import MAY_MOVE
from ..purchase.tracking import track
from ..ratings.models import MAY_RATE, Rating
from ..ratings.selectors import lines_to_rate
from .access import own_document, with_roles
from .answers import answer_form, only_whole_numbers
from .forms import AcceptForm, QuantitiesForm, ReceiptForm

ORDERS = PurchaseOrder.objects.select_related(
    "organisation__region", "requisition__group_order", "requisition__invoice", "vendor__home", "campaign", "pairing"
)


def order_page(order: PurchaseOrder) -> str:
    """Where an order is seen."""
    return reverse("marketplace:order", args=[order.reference])


@login_required
def order_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The order with timeline, lines, consignments and papers."""
    order = own_document(request, ORDERS, reference=reference)
    counts = line_counts(order)
    lines = list(order.lines.select_related("session__capacity"))
    booked = {line.session.pk: line.session for line in lines if line.session and line.quantity_confirmed}
    context = {
        "order": order,
        "sessions": views_of(booked.values(), office_day(timezone.now())),
        "organisation": order.organisation,
        "places": [(place, delivery_to_show(order, place.delivery, in_full=True)) for place in places_of(order, lines)],
        "tracking": track([order], today=office_day(timezone.now()))[order.pk],
        "lines": [(line, counts[line.pk]) for line in lines],
        "has_vouchers": any(line.is_redeemed for line in lines),
        "rates": rates_of_order(order),
        "consignments": consignments_of(order),
        "acceptance": Acceptance.objects.filter(order=order).first(),
        "fapiao": fapiao_of(order),
        "cancellations": order.cancellations.select_related("proposed_by", "evidence").prefetch_related("lines__line"),
        "returns": order.returns.select_related("proposed_by", "evidence").prefetch_related("lines__line"),
        "unsent": sum(count.unsent for count in counts.values()),
        "accept_form": AcceptForm(),
        "corrections": order.corrections.all(),
        "may_correct": bool(MAY_ASK & order.organisation.roles),
        "may_cancel": Role.APPROVER in order.organisation.roles,
        "moves": shown(order.moves.all()),
        "may_move": bool({str(role) for role in MAY_MOVE} & order.organisation.roles),
        "may_return": Role.RECEIVER in order.organisation.roles,
        "to_rate": lines_to_rate(order) if order.organisation.roles & {str(role) for role in MAY_RATE} else [],
        "ratings": Rating.objects.filter(line__order=order).select_related("listing"),
    }
    context["going_back"] = _ways_back(order, context)
    return render(request, "marketplace/workspace/order_detail.html", context)


def _ways_back(order: PurchaseOrder, context: dict[str, Any]) -> list[tuple[str, str]]:
    """What the reader may ask of the vendor now: (address, words)."""
    found = []
    is_under_way = order.answered_at and not order.cancelled_at and not context["acceptance"]
    if is_under_way and context["unsent"] and context["may_cancel"]:
        found.append((reverse("marketplace:call_off", args=[order.reference]), _("Cancel what was not sent")))
    if is_under_way and context["sessions"] and context["unsent"] and context["may_move"]:
        found.append((reverse("marketplace:move_session", args=[order.reference]), _("Move to another session")))
    if context["acceptance"] and context["may_return"]:
        found.append((reverse("marketplace:return_goods", args=[order.reference]), _("Send goods back")))
    return found


@login_required
def receive_consignment(request: HttpRequest, reference: str) -> HttpResponse:
    """Count one consignment: whole, short, damaged."""
    consignment = get_object_or_404(
        Consignment.objects.select_related("order__organisation", "delivery"), reference=reference
    )
    organisation = with_roles(request, consignment.order.organisation)
    lines = list(consignment.lines.select_related("line"))
    typed = request.POST if request.method == "POST" else None
    form = ReceiptForm(typed, request.FILES or None, by=request.user)
    keys = [line.pk for line in lines]
    received, short, damaged = (QuantitiesForm(typed, keys=keys, prefix=stem) for stem in "rsd")

    def again() -> HttpResponse:
        rows = [(line, received[f"r{line.pk}"], short[f"s{line.pk}"], damaged[f"d{line.pk}"]) for line in lines]
        context = {
            "consignment": consignment,
            "order": consignment.order,
            "organisation": organisation,
            "form": form,
            "rows": rows,
        }
        return render(request, "marketplace/workspace/receive.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        whole, missing, broken = (part.quantities() for part in (received, short, damaged))
        return receive(
            consignment=consignment,
            counts=[Count(pk, whole[pk], missing[pk], broken[pk]) for pk in keys],
            note=cleaned["note"],
            photo=cleaned["photo"],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        came = _came(consignment, lines)
        received.initial = {f"r{pk}": quantity for pk, quantity in came.items()}
        short.initial = {f"s{line.pk}": line.quantity - came[line.pk] for line in lines}
        damaged.initial = {f"d{line.pk}": 0 for line in lines}
        return again()
    only_whole_numbers(form, (received, short, damaged))
    return answer_form(
        request,
        form,
        step,
        done=_("The consignment is received."),
        to=lambda made: order_page(consignment.order),
        again=again,
    )


def _came(consignment: Consignment, lines: list[ConsignmentLine]) -> dict[int, int]:
    """What is put down as arrived until the receiver says otherwise: all, or as many as used their vouchers."""
    came = {line.pk: line.quantity for line in lines}
    if consignment.is_attendance:
        used, counts = used_by_line(consignment.order), line_counts(consignment.order)
        for line in lines:
            if line.line_id in used:
                left = max(0, used[line.line_id] - counts[line.line_id].received)
                came[line.pk] = min(line.quantity, left)
    return came


@login_required
def accept_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Certify what arrived."""
    order = own_document(request, ORDERS, reference=reference)
    form = AcceptForm(request.POST or None)
    counts = line_counts(order)

    def again() -> HttpResponse:
        context = {
            "order": order,
            "organisation": order.organisation,
            "form": form,
            "lines": [(line, counts[line.pk]) for line in order.lines.all()],
            "unsent": sum(count.unsent for count in counts.values()),
        }
        return render(request, "marketplace/workspace/accept.html", context)

    def step(cleaned: dict[str, Any]) -> Acceptance:
        return accept(order=order, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    done = _("Accepted. The certificate is ready to print, and what is missing need not be paid.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)


@login_required
def certificate(request: HttpRequest, reference: str) -> HttpResponse:
    """The acceptance certificate, to print and seal."""
    order = own_document(request, ORDERS, reference=reference)
    acceptance = get_object_or_404(Acceptance.objects.select_related("accepted_by"), order=order)
    context = {
        "order": order,
        "organisation": order.organisation,
        "acceptance": acceptance,
        "deliveries": order.deliveries.all(),
        # A line that was declined or cancelled whole is none of this paper's business.
        "lines": [row for row in acceptance.lines.select_related("line") if row.line.quantity_confirmed],
    }
    return render(request, "marketplace/workspace/certificate.html", context)

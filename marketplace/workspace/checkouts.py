"""Paying an invoice on the payment service's page: there, and back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..errors import Failed, Refused
from ..payments.models import Checkout, GatewayEvent
from ..purchase.checkout import follow_up, open_page
from .access import own_document, with_roles
from .refunds import INVOICES, invoice_page


@login_required
@require_POST
def pay_online(request: HttpRequest, number: str) -> HttpResponse:
    """Open the page for what is open on the invoice, and go there."""
    invoice = own_document(request, INVOICES, number=number)
    back = request.build_absolute_uri(reverse("marketplace:paid_online", args=["CHECKOUT"]))
    try:
        checkout = open_page(
            invoice=invoice,
            title=f"{invoice.number} {invoice.requisition.title}",
            paid_url=back,
            back_url=back,
            by=request.user,
            at=timezone.now(),
        )
    except (Refused, Failed) as problem:
        messages.error(request, str(problem))
        return redirect(invoice_page(invoice))
    return redirect(checkout.url)


@login_required
def paid_online(request: HttpRequest, reference: str) -> HttpResponse:
    """Back from the page. That the payer is here proves nothing, so the service is asked."""
    checkout = get_object_or_404(Checkout.objects.select_related("invoice__organisation"), reference=reference)
    with_roles(request, checkout.invoice.organisation)
    try:
        outcome = follow_up(checkout=checkout, at=timezone.now())
    except (Refused, Failed):
        outcome = ""
    say(request, outcome)
    return redirect(invoice_page(checkout.invoice))


def say(request: HttpRequest, outcome: str) -> None:
    """What the payer reads after coming back."""
    if outcome == GatewayEvent.Outcome.SETTLED:
        messages.success(request, _("Paid. The payment is recorded on this invoice."))
    elif outcome == GatewayEvent.Outcome.MISMATCH:
        messages.error(
            request,
            _(
                "The payment service reports something else than was asked for. It is kept and the operator looks at it."
            ),
        )
    elif outcome == GatewayEvent.Outcome.ENDED:
        messages.warning(request, _("That payment page has expired, and nothing was charged. You can open another."))
    else:
        messages.info(
            request,
            _("The payment service has not reported a payment yet. As soon as it does, this page shows it."),
        )

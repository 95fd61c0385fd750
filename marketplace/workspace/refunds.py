"""Money goes back: what an invoice holds is asked for or used elsewhere, and a mistyped payment is reversed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..payments.gateways.bank_transfer import BANK_TRANSFER
from ..payments.gateways.offset import OFFSET
from ..payments.models import Invoice, Payment
from ..payments.refunds import BankAccount
from ..purchase.pay import reverse_payment
from ..purchase.refund import request_refund, use_held
from .access import own_document, with_roles
from .answers import answer_form, attempt
from .forms import RefundForm, ReversalForm

INVOICES = Invoice.objects.select_related("organisation__region", "requisition__group_order")


def invoice_page(invoice: Invoice) -> str:
    """Where an invoice is seen."""
    return reverse("marketplace:invoice", args=[invoice.number])


@login_required
def ask_back(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for held money back; what came by bank needs an account to go to."""
    invoice = own_document(request, INVOICES, number=number)
    by_bank = invoice.payments.filter(gateway__in=[BANK_TRANSFER.code, OFFSET.code], reversed_at=None).exists()
    initial = {"amount": invoice.amount_overpaid or None, "name": invoice.organisation.name}
    form = RefundForm(request.POST or None, initial=initial)

    def again() -> HttpResponse:
        context = {"invoice": invoice, "organisation": invoice.organisation, "form": form, "by_bank": by_bank}
        return render(request, "marketplace/workspace/refund.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        account = BankAccount(cleaned["name"], cleaned["bank"], cleaned["number"])
        return request_refund(
            invoice=invoice, amount=cleaned["amount"], account=account, by=request.user, at=timezone.now()
        )

    if request.method != "POST":
        return again() if invoice.amount_overpaid else redirect(invoice_page(invoice))
    done = _("The refund is under way. The invoice shows when it is done.")
    return answer_form(request, form, step, done=done, to=lambda made: invoice_page(invoice), again=again)


@login_required
@require_POST
def use_held_money(request: HttpRequest, number: str) -> HttpResponse:
    """Pay another open invoice of the organisation with what this one holds."""
    invoice = own_document(request, INVOICES, number=number)
    towards = own_document(request, INVOICES, number=request.POST.get("towards", ""))
    return attempt(
        request,
        lambda: use_held(
            invoice=invoice, towards=towards, amount=invoice.amount_overpaid, by=request.user, at=timezone.now()
        ),
        done=_("Held money was used to pay %(invoice)s.") % {"invoice": towards.number},
        to=invoice_page(towards),
    )


@login_required
def reverse_recorded(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a payment that was recorded by mistake."""
    payment = get_object_or_404(Payment.objects.select_related("invoice__organisation", "recorded_by"), pk=pk)
    with_roles(request, payment.invoice.organisation)
    form = ReversalForm(request.POST or None)

    def again() -> HttpResponse:
        context = {
            "invoice": payment.invoice,
            "payment": payment,
            "organisation": payment.invoice.organisation,
            "form": form,
        }
        return render(request, "marketplace/workspace/reverse_payment.html", context)

    def step(cleaned: dict[str, Any]) -> Payment:
        return reverse_payment(payment=payment, reason=cleaned["reason"], by=request.user, at=timezone.now())

    if request.method != "POST":
        return again()
    done = _("The payment is reversed. The right one can be recorded now.")
    return answer_form(request, form, step, done=done, to=lambda made: invoice_page(payment.invoice), again=again)

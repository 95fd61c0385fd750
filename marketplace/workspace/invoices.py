"""What is owed: the invoice, the payment notice to print, the transfer to record, and private files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation
from ..payments.checkouts import too_small_or_large
from ..payments.gateways.bank_transfer import BANK_TRANSFER
from ..payments.gateways.base import Receipt
from ..payments.gateways.stripe import STRIPE
from ..payments.models import Invoice, Payment
from ..payments.selectors import open_invoices, rates_of_invoice
from ..purchase.pay import record_payment
from .access import own_document
from .answers import answer_form
from .forms import PaymentForm
from .links import qr_code

INVOICES = Invoice.objects.select_related("organisation__region", "requisition__group_order")


@login_required
def invoice_detail(request: HttpRequest, number: str) -> HttpResponse:
    """The invoice with what lowered it and what was paid; a treasurer records a transfer here."""
    invoice = own_document(request, INVOICES, number=number)
    buyer = invoice.organisation
    own = buyer.kind == BuyerOrganisation.Kind.INDIVIDUAL  # whose name is masked; their bank writes it out
    initial = {
        "amount": invoice.amount_open or None,
        "paid_on": office_day(timezone.now()),
        "payer_name": str(getattr(request.user, "last_name", "")) if own else buyer.name,
    }
    form = PaymentForm(request.POST or None, request.FILES or None, initial=initial, by=request.user)

    def again() -> HttpResponse:
        context = {
            "invoice": invoice,
            "organisation": invoice.organisation,
            "form": form,
            "lines": invoice.lines.select_related("order"),
            "adjustments": invoice.adjustments.select_related("line__order", "order"),
            "rates": rates_of_invoice(invoice),
            "payments": invoice.payments.select_related("recorded_by", "reversed_by", "voucher"),
            "refunds": invoice.refunds.select_related("requested_by"),
            "pays_online": STRIPE.is_on and bool(invoice.amount_open),
            "not_online": too_small_or_large(invoice.amount_open),
            "open_invoices": open_invoices(invoice) if invoice.amount_overpaid else [],
        }
        return render(request, "marketplace/workspace/invoice_detail.html", context)

    def step(cleaned: dict[str, Any]) -> Payment:
        receipt = Receipt(cleaned["transaction_number"], cleaned["amount"], cleaned["paid_on"], cleaned["payer_name"])
        return record_payment(
            invoice=invoice, receipt=receipt, voucher=cleaned["voucher"], by=request.user, at=timezone.now()
        )

    if request.method != "POST":
        return again()
    to = reverse("marketplace:invoice", args=[number])
    return answer_form(request, form, step, done=_("The transfer is recorded."), to=lambda made: to, again=again)


@login_required
def payment_notice(request: HttpRequest, number: str) -> HttpResponse:
    """The notice for the finance office: whom to pay, how much, under which reference."""
    invoice = own_document(request, INVOICES, number=number)
    instruction = BANK_TRANSFER.instruction(invoice)
    context = {
        "invoice": invoice,
        "organisation": invoice.organisation,
        "instruction": instruction,
        "rates": rates_of_invoice(invoice),
        "lines": invoice.lines.select_related("order"),
        "code": qr_code(
            f"{instruction.payee_name}\n{instruction.payee_bank}\n{instruction.payee_account}\n"
            f"{instruction.amount.decimal}\n{instruction.remittance_reference}"
        ),
    }
    return render(request, "marketplace/workspace/payment_notice.html", context)

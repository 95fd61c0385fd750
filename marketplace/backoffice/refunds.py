"""The operator sends held money back: each refund by bank waits here until its transfer's serial number is entered."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..payments.gateways.bank_transfer import BANK_TRANSFER
from ..payments.models import Refund
from ..purchase.refund import fail_refund, finish_refund


class SerialForm(forms.Form):
    """The bank's serial number of a transfer that was sent, or why it could not be."""

    transaction_number = forms.CharField(label=gettext_lazy("bank serial number"), max_length=60, required=False)
    failure = forms.CharField(label=gettext_lazy("why it could not be sent"), max_length=300, required=False)


def refund_list(request: HttpRequest) -> HttpResponse:
    """Refunds under way first, the oldest on top; then those done or failed."""
    rows = Refund.objects.select_related("invoice__organisation", "payment", "requested_by", "done_by")
    waiting = rows.filter(done_at=None, failed_at=None).order_by("requested_at", "pk")
    ended = rows.exclude(done_at=None, failed_at=None).order_by("-requested_at", "-pk")
    context = {
        "waiting": waiting,
        "page_obj": Paginator(ended, 30).get_page(request.GET.get("page")),
        "by_hand": BANK_TRANSFER.code,
    }
    return render(request, "marketplace/backoffice/refunds.html", context)


@require_POST
def answer_refund(request: HttpRequest, reference: str) -> HttpResponse:
    """Say that a refund by bank was sent, or failed. What a payment service sends is answered by the service."""
    refund = get_object_or_404(Refund.objects.select_related("invoice"), reference=reference)
    form = SerialForm(request.POST)
    if not form.is_valid() or refund.gateway != BANK_TRANSFER.code:
        messages.error(request, _("Enter the bank's serial number, or why the transfer could not be sent."))
        return redirect("marketplace_backoffice:refunds")
    number, failure = (form.cleaned_data[name].strip() for name in ("transaction_number", "failure"))
    try:
        if number:
            finish_refund(refund=refund, transaction_number=number, by=request.user, at=timezone.now())
        elif failure:
            fail_refund(refund=refund, failure=failure, by=request.user, at=timezone.now())
        else:
            messages.error(request, _("Enter the bank's serial number, or why the transfer could not be sent."))
            return redirect("marketplace_backoffice:refunds")
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(refund)s is recorded.") % {"refund": refund.reference})
    return redirect("marketplace_backoffice:refunds")

"""Officers of the buyer's county ask for corrections of attribution, and decide what others asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..impact.forms import CorrectionForm
from ..impact.models import AttributionCorrection
from ..purchase.correct import agree_to_correct, propose_correction, refuse_correction
from .scope import scope_for


def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask another officer to count an order for something else."""
    rows = scope_for(request).buyers_orders().select_related("requisition", "campaign", "pairing", "organisation")
    order = get_object_or_404(rows, reference=reference)
    form = CorrectionForm(request.POST or None, order=order)
    if request.method == "POST" and form.is_valid():
        try:
            propose_correction(
                order=order,
                to=form.attribution(),
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Another officer of the county decides it."))
            return redirect("marketplace_backoffice:order", order.reference)
    return render(request, "marketplace/backoffice/correct.html", {"order": order, "form": form})


@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Agree, or refuse with a reason."""
    rows = AttributionCorrection.objects.filter(order__in=scope_for(request).buyers_orders())
    correction = get_object_or_404(rows.select_related("order"), reference=reference)
    try:
        if request.POST.get("decision") == "agree":
            agree_to_correct(correction=correction, by=request.user, at=timezone.now())
        else:
            reason = request.POST.get("reason", "")
            refuse_correction(correction=correction, reason=reason, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision is recorded."))
    return redirect("marketplace_backoffice:order", correction.order.reference)

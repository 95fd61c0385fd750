"""The buyer asks that an order be counted for something else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..impact.forms import CorrectionForm
from ..impact.models import AttributionCorrection
from ..purchase.correct import propose_correction
from .access import own_document
from .answers import answer_form
from .orders import ORDERS, order_page


@login_required
def correct_attribution(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask an officer to count the order for another campaign, purpose or fund source."""
    order = own_document(request, ORDERS, reference=reference)
    form = CorrectionForm(request.POST or None, order=order)

    def again() -> HttpResponse:
        context = {"order": order, "organisation": order.organisation, "form": form}
        return render(request, "marketplace/workspace/correct.html", context)

    def step(cleaned: dict[str, Any]) -> AttributionCorrection:
        return propose_correction(
            order=order, to=form.attribution(), reason=cleaned["reason"], by=request.user, at=timezone.now()
        )

    if request.method != "POST":
        return again()
    done = _("An officer is asked. Until the decision the order counts as before.")
    return answer_form(request, form, step, done=done, to=lambda made: order_page(order), again=again)

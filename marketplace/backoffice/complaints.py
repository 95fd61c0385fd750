"""Officers answer those whom a page kept out; what is late stands on top."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access.actions import answer_complaint
from ..access.models import BarrierComplaint
from ..access.selectors import complaints
from ..errors import Refused
from ..parties.actions import office_day
from .scope import scope_of


class AnswerForm(forms.Form):
    """What was done about it."""

    answer = forms.CharField(max_length=2000, min_length=2)


def complaint_list(request: HttpRequest) -> HttpResponse:
    """All complaints, those without an answer first; barriers know no county."""
    scope_of(request.user)
    page = Paginator(complaints(), 20).get_page(request.GET.get("page"))
    context = {"page_obj": page, "today": office_day(timezone.now())}
    return render(request, "marketplace/backoffice/complaints.html", context)


@require_POST
def answer(request: HttpRequest, reference: str) -> HttpResponse:
    """Answer one of them."""
    scope_of(request.user)
    complaint = get_object_or_404(BarrierComplaint, reference=reference)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write what was done, in a sentence or two."))
        return redirect("marketplace_backoffice:complaints")
    try:
        answer_complaint(complaint=complaint, answer=form.cleaned_data["answer"], by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(complaint)s is answered.") % {"complaint": complaint.reference})
    return redirect("marketplace_backoffice:complaints")

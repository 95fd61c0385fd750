"""The accessibility statement (无障碍): what is provided, what is known to be missing, and how to complain."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..access.actions import file_complaint
from ..access.errors import TooManyComplaints
from ..access.selectors import complaint_by
from ..conf import setting
from ..errors import Refused
from .visitors import TRAP, TrackingForm, count, is_machine, signed_in

REVIEWED_ON = "2026-11-24"  # the day the statement was last checked against the pages


class ComplaintForm(forms.Form):
    """What hindered somebody, without an account."""

    hindrance = forms.CharField(
        label=gettext_lazy("What hindered you?"),
        help_text=gettext_lazy("What you wanted to do, what happened, and with which aid, if you use one."),
        widget=forms.Textarea(attrs={"rows": 5}),
        min_length=5,
        max_length=2000,
    )
    address = forms.CharField(label=gettext_lazy("On which page?"), max_length=300, required=False)
    contact = forms.CharField(
        label=gettext_lazy("How can we reach you?"),
        help_text=gettext_lazy(
            "Telephone or e-mail, if you wish; seen by the officers who answer, and by nobody else."
        ),
        max_length=120,
        required=False,
    )


def statement(request: HttpRequest) -> HttpResponse:
    """The statement with the form; a complaint is answered with its tracking number."""
    form = ComplaintForm(request.POST or None, initial={"address": request.GET.get("from", "")[:300]})
    if request.method == "POST" and form.is_valid():
        try:
            return _take(request, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
    context = {
        "form": form,
        "tracking": TrackingForm(),
        "trap": TRAP,
        "reviewed_on": REVIEWED_ON,
        "contact": setting("ACCESSIBILITY_CONTACT"),
        "days": setting("DAYS_TO_ANSWER_COMPLAINT"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "marketplace/storefront/accessibility.html", context, status=status)


def _take(request: HttpRequest, cleaned: dict[str, Any]) -> HttpResponse:
    to = reverse("marketplace:complaint_status")
    if is_machine(request):  # a machine is thanked and not kept
        return redirect(to)
    count(request, "complaints", most=setting("COMPLAINTS_PER_HOUR"), refusal=TooManyComplaints)
    complaint = file_complaint(by=signed_in(request), at=timezone.now(), **cleaned)
    messages.success(
        request, _("Thank you. Your tracking number is %(number)s; keep it.") % {"number": complaint.reference}
    )
    return redirect(f"{to}?number={complaint.reference}")


def complaint_status(request: HttpRequest) -> HttpResponse:
    """What became of a complaint: for whoever has its number."""
    form = TrackingForm(request.GET if "number" in request.GET else None)
    complaint = complaint_by(form.cleaned_data["number"]) if form.is_bound and form.is_valid() else None
    if form.is_bound and form.is_valid() and not complaint:
        form.add_error("number", _("No complaint has this number. Numbers look like AC-2026-7K3F9QXM."))
    context = {"form": form, "complaint": complaint}
    return render(request, "marketplace/storefront/complaint_status.html", context)

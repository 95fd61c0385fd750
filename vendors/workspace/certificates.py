"""The vendor's certificates: what holds, what ends, what waits for the officer; enter one, renew one, take one back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.catalogue.certificates import Certificate, to_mend, to_renew
from marketplace.fields import whole_number
from marketplace.parties.actions import office_day
from marketplace.parties.models import Vendor
from marketplace.workspace.answers import answer_form, attempt

from ..listing import certificates as actions
from .access import own_vendors
from .certificate_forms import CertificateForm, initial_of

NAMES = ("listing", "kind", "system", "number", "issuer", "valid_from", "valid_to")


def _vendor(request: HttpRequest, slug: str) -> Vendor:
    found = next((vendor for vendor in own_vendors(request) if vendor.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _list(slug: str) -> str:
    return reverse("vendors:certificates", args=[slug])


@login_required
def certificate_list(request: HttpRequest, slug: str) -> HttpResponse:
    """All certificates of the vendor, those to renew first."""
    vendor, today = _vendor(request, slug), office_day(timezone.now())
    rows = list(vendor.certificates.filter(withdrawn_at=None).select_related("listing", "scan"))
    context = {
        "vendor": vendor,
        "today": today,
        "to_renew": to_renew(rows, today),
        "refused": to_mend(rows),
        "waiting": [row for row in rows if row.is_waiting],
        "confirmed": [row for row in rows if row.is_confirmed],
    }
    return render(request, "vendors/certificates.html", context)


@login_required
def new_certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a certificate; ``?renew=`` takes over what stays the same, ``?listing=`` says what it is for."""
    vendor = _vendor(request, slug)
    form = CertificateForm(
        request.POST or None,
        request.FILES or None,
        vendor=vendor,
        by=request.user,
        initial=_initial(vendor, request.GET),
    )

    def again() -> HttpResponse:
        return render(request, "vendors/certificate_form.html", {"vendor": vendor, "form": form})

    def step(cleaned: dict[str, Any]) -> Certificate:
        certificate = Certificate(**{name: cleaned[name] for name in NAMES})
        at = timezone.now()
        return actions.enter_certificate(
            certificate=certificate, vendor=vendor, scan=cleaned["scan"], by=request.user, at=at
        )

    if request.method != "POST":
        return again()
    done = _("Entered. The badge is shown once the county's officer has confirmed it.")
    return answer_form(request, form, step, done=done, to=lambda made: _list(slug), again=again)


def _initial(vendor: Vendor, asked: Any) -> dict[str, Any]:
    before = vendor.certificates.filter(pk=whole_number(asked.get("renew", "")) or 0).first()
    if before is not None:
        return initial_of(before)
    return {"listing": vendor.listings.filter(pk=whole_number(asked.get("listing", "")) or 0).first()}


@login_required
@require_POST
def withdraw_certificate(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take a certificate back."""
    certificate = get_object_or_404(_vendor(request, slug).certificates, pk=pk)
    at = timezone.now()
    return attempt(
        request,
        lambda: actions.withdraw_certificate(certificate=certificate, on=office_day(at), by=request.user, at=at),
        done=_("The certificate is taken back, and its badge is gone."),
        to=_list(slug),
    )

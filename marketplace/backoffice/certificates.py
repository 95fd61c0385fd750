"""Certificates and farmer linkages before an officer: look at the photograph, confirm or refuse; say how well a claim is supported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..catalogue import certifying
from ..catalogue.certificates import Certificate, CertificateQuerySet, soon
from ..catalogue.linkage import Evidence, check_linkage, evidence_of
from ..errors import Refused
from ..files import Kind, PrivateFile, add_guard
from ..parties.actions import office_day
from ..parties.selectors import is_officer_of
from .scope import scope_for


def _visible(request: HttpRequest) -> CertificateQuerySet:
    rows = Certificate.objects.filter(vendor__in=scope_for(request).vendors())
    return rows.select_related("vendor__home__parent", "listing", "scan", "confirmed_by", "refused_by")


def certificate_list(request: HttpRequest) -> HttpResponse:
    """What waits for an officer, the oldest first; and what holds or has ended, the first to end first."""
    today, rows = office_day(timezone.now()), _visible(request)
    known = rows.filter(confirmed_at__isnull=False, withdrawn_at=None).order_by(
        F("valid_to").asc(nulls_last=True), "pk"
    )
    context = {
        "waiting": rows.waiting().order_by("entered_at", "pk"),
        "page_obj": Paginator(known, 50).get_page(request.GET.get("page")),
        "today": today,
        "soon": soon(today),
    }
    return render(request, "marketplace/backoffice/certificates.html", context)


def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate beside its photograph, with the two buttons."""
    found = get_object_or_404(_visible(request), pk=pk)
    if request.method == "POST":
        return _decide(request, found)
    others = _visible(request).filter(vendor=found.vendor, kind=found.kind).exclude(pk=found.pk)
    context = {"certificate": found, "others": others, "today": office_day(timezone.now())}
    return render(request, "marketplace/backoffice/certificate.html", context)


def _decide(request: HttpRequest, found: Certificate) -> HttpResponse:
    now = timezone.now()
    try:
        if "confirm" in request.POST:
            certifying.confirm_certificate(certificate=found, on=office_day(now), by=request.user, at=now)
            done = _("“%(certificate)s” is confirmed; its badge is shown while it holds.")
        else:
            reason = request.POST.get("reason", "")
            certifying.refuse_certificate(certificate=found, reason=reason, by=request.user, at=now)
            done = _("“%(certificate)s” went back to its vendor with your reason.")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:certificate", found.pk)
    messages.success(request, done % {"certificate": found})
    return redirect("marketplace_backoffice:certificates")


def linkages(request: HttpRequest, pk: int) -> HttpResponse:
    """A listing's statements about farming households, and how well each is supported."""
    listing = get_object_or_404(scope_for(request).listings().select_related("vendor__home"), pk=pk)
    rows = list(listing.linkages.all())
    if request.method == "POST":
        _check(request, {str(row.pk): row for row in rows}.get(request.POST.get("linkage", "")))
        return redirect("marketplace_backoffice:linkages", listing.pk)
    checks = list(listing.linkage_checks.select_related("checked_by"))
    context = {
        "listing": listing,
        "rows": [(row, Evidence(evidence_of(row, checks))) for row in rows],
        "checks": checks,
        "levels": Evidence.choices,
    }
    return render(request, "marketplace/backoffice/linkages.html", context)


def _check(request: HttpRequest, linkage: Any) -> None:
    level, note = request.POST.get("level", ""), request.POST.get("note", "")
    if linkage is None or level not in Evidence.values or len(note) > 300:
        messages.error(request, _("Choose a statement and a level, and say in a few words what was seen."))
        return
    try:
        check_linkage(linkage=linkage, level=level, note=note, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The evidence is noted and stands beside the statement."))


def officer_sees_certificate(user: Any, file: PrivateFile) -> bool:
    """Officers of the vendor's county look at the photograph they are asked about; the operator at all."""
    found = Certificate.objects.filter(scan=file).select_related("vendor__home").first()
    return found is not None and (user.is_superuser or is_officer_of(user, found.vendor.county_code))


def add_guards() -> None:
    """Called once when the app is ready."""
    add_guard(Kind.CERTIFICATE, officer_sees_certificate)

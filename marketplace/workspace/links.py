"""Personal links leave once: as a spreadsheet to mail-merge, or as a printable sheet with QR codes."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..grouporders.links import issue_links, revoke_links
from ..parties.models import PeopleList
from ..sheets import workbook_response
from .access import note, own_document
from .answers import attempt
from .grouporders import GROUP_ORDERS


def _issue(request: HttpRequest, group_order: Any) -> list[tuple[Any, str]]:
    issued = issue_links(group_order=group_order, by=request.user, at=timezone.now())
    note(
        request,
        PeopleList.LINKS,
        organisation=group_order.organisation,
        rows=len(issued),
        subject=group_order.title,
        is_export=True,
    )
    return [
        (participant, request.build_absolute_uri(reverse("marketplace:pick_link", args=[token])))
        for participant, token in issued
    ]


@login_required
@never_cache
@require_POST
def links_workbook(request: HttpRequest, reference: str) -> HttpResponse:
    """Fresh links for everybody as XLSX."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    try:
        issued = _issue(request, group_order)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace:group_order", reference)
    head = [_("Department"), pgettext("person", "Name"), _("Staff number"), _("Phone"), _("Personal link")]
    rows = [
        [person.member.department, person.member.name, person.member.staff_number, person.member.phone, link]
        for person, link in issued
    ]
    return workbook_response(f"{group_order.title}-{_('links')}.xlsx", _("Personal links"), head, rows)


@login_required
@never_cache
@require_POST
def links_sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """Fresh links for everybody as slips with QR codes, to print and cut."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    try:
        issued = _issue(request, group_order)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace:group_order", reference)
    slips = [(person.member, link, qr_code(link)) for person, link in issued]
    context = {"group_order": group_order, "organisation": group_order.organisation, "slips": slips}
    return render(request, "marketplace/workspace/links_sheet.html", context)


def qr_code(text: str) -> str:
    """An inline SVG of a QR code (error correction M), without inline styles."""
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        buffer, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(buffer.getvalue().decode())  # our own drawing: paths only


@login_required
@require_POST
def revoke(request: HttpRequest, reference: str, pk: int | None = None) -> HttpResponse:
    """Make one member's links, or everybody's, useless at once."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    people = [get_object_or_404(group_order.participants, pk=pk)] if pk else None
    return attempt(
        request,
        lambda: revoke_links(group_order=group_order, participants=people, by=request.user, at=timezone.now()),
        done=_("The links no longer work."),
        to=reverse("marketplace:group_order", args=[reference]),
    )

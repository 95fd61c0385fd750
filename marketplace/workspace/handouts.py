"""The hand-out list: by department, printable with room for signatures, ticked when the goods are given."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..fields import whole_number
from ..fulfilment.actions import keep_signed_sheet, take_out_signed_sheet, tick_rows
from ..fulfilment.models import HandoutList, SignedSheet
from ..fulfilment.moving import names_now
from ..fulfilment.selectors import handing, shares
from ..orders.models import PurchaseOrder
from ..parties.models import PeopleList, Role
from .access import note, with_roles
from .answers import answer_form, attempt
from .forms import SignedSheetForm
from .handing import WORDS


@login_required
def handout_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the list; POST keeps what was ticked and unticked on it."""
    document = _own(request, reference)
    if request.method == "POST":
        handed, shown = (
            [pk for text in request.POST.getlist(name) if (pk := whole_number(text)) is not None]
            for name in ("handed", "shown")
        )
        return attempt(
            request,
            lambda: tick_rows(handout_list=document, handed=handed, shown=shown, by=request.user, at=timezone.now()),
            done=_("The ticks are kept."),
            to=reverse("marketplace:handout_list", args=[reference]),
        )
    return _page(request, document, SignedSheetForm(by=request.user))


def _own(request: HttpRequest, reference: str) -> HandoutList:
    document = get_object_or_404(HandoutList.objects.select_related("group_order__organisation"), reference=reference)
    with_roles(request, document.group_order.organisation)
    return document


def _page(request: HttpRequest, document: HandoutList, form: SignedSheetForm) -> HttpResponse:
    rows, organisation = shares(document), document.group_order.organisation
    note(request, PeopleList.HANDOUT, organisation=organisation, rows=len(rows), subject=document.group_order.title)
    departments = [
        (" · ".join(filter(None, names)), list(group))
        for names, group in groupby(rows, key=lambda share: (share.row.place, share.row.department))
    ]
    words, handed = WORDS[handing(document)], sum(share.row.handed_at is not None for share in rows)
    context = {
        "document": document,
        "words": words,
        "counted": words.counted % {"handed": handed, "count": len(rows)},
        "group_order": document.group_order,
        "organisation": organisation,
        "departments": departments,
        "moved": names_now(document.group_order).values(),
        "form": form,
        "voucher_orders": PurchaseOrder.objects.filter(
            requisition__group_order=document.group_order_id, lines__is_redeemed=True
        ).distinct(),
        "signed_sheets": document.signed_sheets.select_related("file", "added_by"),
        "may_file": bool({Role.ORGANISER, Role.RECEIVER} & organisation.roles),
    }
    return render(request, "marketplace/workspace/handout_list.html", context)


@login_required
def file_signed_sheet(request: HttpRequest, reference: str) -> HttpResponse:
    """File a scan of the list with its signatures."""
    document = _own(request, reference)
    to = reverse("marketplace:handout_list", args=[reference]) + "#signed"
    if request.method != "POST":
        return redirect(to)
    form = SignedSheetForm(request.POST, request.FILES, by=request.user)

    def step(cleaned: dict[str, Any]) -> SignedSheet:
        return keep_signed_sheet(handout_list=document, sheet=cleaned["sheet"], by=request.user, at=timezone.now())

    return answer_form(
        request,
        form,
        step,
        done=_("The signed sheet is filed."),
        to=lambda made: to,
        again=lambda: _page(request, document, form),
    )


@login_required
@require_POST
def take_out_sheet(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take out a sheet that was filed by mistake."""
    document = _own(request, reference)
    sheets = document.signed_sheets.select_related("file", "handout_list__group_order__organisation")
    sheet = get_object_or_404(sheets, pk=pk)
    return attempt(
        request,
        lambda: take_out_signed_sheet(signed_sheet=sheet, by=request.user, at=timezone.now()),
        done=_("The sheet is taken out, and its file is deleted within a day."),
        to=reverse("marketplace:handout_list", args=[reference]) + "#signed",
    )

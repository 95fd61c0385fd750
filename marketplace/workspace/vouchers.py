"""The vouchers of an order: who holds which and where each stands; given out as A6 sheets with QR codes, shown this once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..fields import whole_number
from ..fulfilment.codes import printed_code
from ..fulfilment.vouchering import has_vouchers, issue_vouchers, with_codes
from ..fulfilment.vouchers import Voucher
from ..letters.letters import voucher_address
from ..orders.models import PurchaseOrder
from ..parties.actions import office_day
from ..parties.models import PeopleList, Role
from .access import note, own_document
from .links import qr_code
from .orders import ORDERS

PER_PAGE = 50
TONES = {"valid": "progress", "redeemed": "done", "expired": "warn", "void": "neutral", "unissued": "todo"}


@dataclass(frozen=True, slots=True)
class Row:
    """A voucher as it stands today."""

    voucher: Voucher
    state: Voucher.State

    @property
    def word(self) -> str:
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def may_have_code(self) -> bool:
        return self.state in (Voucher.State.VALID, Voucher.State.UNISSUED)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One voucher with its code, as it is printed."""

    voucher: Voucher
    code: str
    qr: str


def row_of(voucher: Voucher, today: date) -> Row:
    """A voucher (``with_codes``) as it stands today."""
    return Row(voucher, voucher.state_on(today, is_issued=voucher.code_issued_at is not None))


def sheet_of(request: HttpRequest, voucher: Voucher, code: str) -> Sheet:
    """A voucher to be printed or shown; its QR code leads the vendor to the page that redeems it."""
    address = voucher_address(code)
    return Sheet(voucher, printed_code(code), qr_code(request.build_absolute_uri(address) if address else code))


def _order(request: HttpRequest, reference: str) -> PurchaseOrder:
    order: PurchaseOrder = own_document(request, ORDERS, reference=reference)
    if not has_vouchers(order):
        raise Http404
    return order


def _counts(order: PurchaseOrder, today: date) -> dict[str, int]:
    rows = Voucher.objects.filter(line__order=order)
    codeless = ~Q(codes__revoked_at=None) | Q(codes=None)
    return {
        "used": rows.exclude(redeemed_at=None).count(),
        "unused": rows.usable_on(today).count(),
        "expired": rows.expired_on(today).count(),
        "uncoded": rows.usable_on(today).filter(codeless).distinct().count(),
    }


def _shown(order: PurchaseOrder, show: str, today: date) -> QuerySet[Voucher]:
    rows = Voucher.objects.filter(line__order=order)
    narrowed = {"unused": rows.usable_on(today), "expired": rows.expired_on(today)}
    found: QuerySet[Voucher] = narrowed.get(show, rows.exclude(redeemed_at=None) if show == "used" else rows)
    return with_codes(found).select_related("line", "participant__member", "redeemed_by").order_by("line", "number")


@login_required
def voucher_list(request: HttpRequest, reference: str) -> HttpResponse:
    """All vouchers of an order; those that expired unused are one press away."""
    order, today = _order(request, reference), office_day(timezone.now())
    show = request.GET.get("show", "")
    page = Paginator(_shown(order, show, today), PER_PAGE).get_page(request.GET.get("page"))
    title = order.requisition.title
    if order.requisition.group_order_id:
        note(request, PeopleList.HANDOUT, organisation=order.organisation, rows=len(page), subject=title)
    context = {
        "order": order,
        "organisation": order.organisation,
        "rows": [row_of(voucher, today) for voucher in page],
        "page_obj": page,
        "counts": _counts(order, today),
        "show": show,
        "may_issue": _may_issue(order) and order.answered_at is not None and order.cancelled_at is None,
        "left_to_make": order.answered_at is not None and not Voucher.objects.filter(line__order=order).exists(),
    }
    return render(request, "marketplace/workspace/voucher_list.html", context)


def _may_issue(order: PurchaseOrder) -> bool:
    return bool({Role.ORGANISER, Role.REQUESTER} & order.organisation.roles)


@login_required
@never_cache
@require_POST
def issue(request: HttpRequest, reference: str) -> HttpResponse:
    """Give out codes and show their sheets: for those without one, for one, or anew for all that are unused."""
    order = _order(request, reference)
    one = whole_number(request.POST.get("voucher", ""))
    try:
        issued = issue_vouchers(
            order=order,
            only=None if one is None else [one],
            again="again" in request.POST,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        return _back(request, order, str(refusal))
    if not issued:
        return _back(request, order, "")
    if order.requisition.group_order_id:
        note(
            request,
            PeopleList.HANDOUT,
            organisation=order.organisation,
            rows=len(issued),
            subject=order.requisition.title,
            is_export=True,
        )
    context: dict[str, Any] = {
        "order": order,
        "organisation": order.organisation,
        "sheets": [sheet_of(request, voucher, code) for voucher, code in sorted(issued, key=_by_holder)],
    }
    return render(request, "marketplace/workspace/voucher_sheets.html", context)


def _by_holder(issued: tuple[Voucher, str]) -> tuple[str, str, int, int]:
    """By department and name, as the hand-out list has them."""
    voucher = issued[0]
    member = voucher.participant.member if voucher.participant else None
    return (member.department if member else "", member.name if member else "", voucher.line_id, voucher.number)


def _back(request: HttpRequest, order: PurchaseOrder, why: str) -> HttpResponse:
    if why:
        messages.error(request, why)
    else:
        messages.info(request, _("Every unused voucher has been given out. Ask for a new code where one was lost."))
    return redirect("marketplace:vouchers", order.reference)

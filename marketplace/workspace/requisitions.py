"""One requisition: what it asks for, what the rules say, who decided; and the button of whoever is next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from ..allowances.selectors import rule_pack_for
from ..fulfilment.handing import handing_together
from ..orders import actions
from ..orders.models import Requisition, RequisitionShare
from ..orders.selectors import findings_for, lines_of
from ..parties.actions import office_day
from ..parties.models import Member, PeopleList
from ..parties.selectors import name_on
from ..purchase.hand_out import make_handout_list
from ..purchase.place import place
from ..purchase.tracking import track
from .access import note, own_document
from .answers import attempt
from .handing import WORDS

REQUISITIONS = Requisition.objects.select_related(
    "organisation__region",
    "group_order",
    "campaign",
    "delivery_point",
    "rule_pack",
    "requested_by",
    "drafted_by",
    "placed_by",
)


@login_required
def requisition_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """The whole requisition on one page, printable for signing."""
    requisition = own_document(request, REQUISITIONS, reference=reference)
    orders = list(requisition.orders.select_related("requisition__group_order", "organisation"))
    trackings = track(orders, today=office_day(timezone.now()))
    if findings := _findings(requisition):
        note(
            request,
            PeopleList.FINDINGS,
            organisation=requisition.organisation,
            rows=len(findings),
            subject=requisition.reference,
        )
    context = {
        "requisition": requisition,
        "organisation": requisition.organisation,
        "buyer_name": name_on(requisition.organisation, office_day(requisition.placed_at or timezone.now())),
        "shares": RequisitionShare.objects.filter(line__requisition=requisition).select_related(
            "delivery_point", "line__pack__listing"
        ),
        "may_split": _may_split(requisition),
        "lines": lines_of(requisition),
        "freights": requisition.freights.select_related("vendor"),
        "findings": findings,
        "approvals": requisition.approvals.select_related("decided_by"),
        "trackings": [trackings[order.pk] for order in orders],
        "invoice": getattr(requisition, "invoice", None),
        "is_own": request.user.pk in (requisition.requested_by_id, requisition.drafted_by_id),
        "handout": getattr(requisition.group_order, "handout_list", None) if requisition.group_order else None,
        "handing": WORDS[handing_together(row.handing for row in trackings.values() if not row.order.cancelled_at)],
        "all_accepted": bool(orders) and all(_is_accepted(trackings[order.pk]) for order in orders),
    }
    return render(request, "marketplace/workspace/requisition_detail.html", context)


def _is_accepted(tracking: Any) -> bool:
    return all(entry.state == "done" for entry in tracking.entries if entry.step.key in ("confirm", "accept"))


def _may_split(requisition: Requisition) -> bool:
    """Whether the reader may send a direct requisition's goods to several places, and there are several."""
    is_open = requisition.group_order_id is None and requisition.state in ("draft", "returned")
    points = requisition.organisation.delivery_points
    return is_open and "requester" in requisition.organisation.roles and points.in_use().count() > 1


def _findings(requisition: Requisition) -> list[tuple[str, str, Any]]:
    """(member, department, finding) as kept at submission, or as they would be now while it is a draft."""
    if requisition.state not in ("draft", "returned"):
        kept = requisition.findings.select_related("member", "override__overridden_by")
        return [(finding.member.name, finding.member.department, finding) for finding in kept]
    now = timezone.now()
    pack = rule_pack_for(requisition.organisation, office_day(now))
    found = findings_for(requisition, pack)
    people = Member.objects.in_bulk([finding.member_pk for finding in found])
    return [(people[f.member_pk].name, people[f.member_pk].department, f) for f in found]


def _button(step: Callable[[HttpRequest, Requisition], Any], done: str) -> Callable[..., HttpResponse]:
    """A view for one button of the requisition's page."""

    @login_required
    @require_POST
    def view(request: HttpRequest, reference: str) -> HttpResponse:
        requisition = own_document(request, REQUISITIONS, reference=reference)
        to = reverse("marketplace:requisition", args=[reference])
        return attempt(request, lambda: step(request, requisition), done=_(done), to=to)

    return view


submit = _button(
    lambda request, document: actions.submit_requisition(requisition=document, by=request.user, at=timezone.now()),
    gettext_noop("The requisition is submitted. The approver decides next."),
)
approve = _button(
    lambda request, document: actions.approve_requisition(
        requisition=document, override_reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
    ),
    gettext_noop("Approved. The orders can be placed now."),
)
return_to_requester = _button(
    lambda request, document: actions.return_requisition(
        requisition=document, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
    ),
    gettext_noop("Returned to the requester with your reason."),
)
cancel = _button(
    lambda request, document: actions.cancel_requisition(requisition=document, by=request.user, at=timezone.now()),
    gettext_noop("The requisition is cancelled. A group order behind it can be reopened."),
)
place_orders = _button(
    lambda request, document: place(requisition=document, by=request.user, at=timezone.now()),
    gettext_noop("Placed: every vendor has an order, and the invoice is issued."),
)
hand_out = _button(
    lambda request, document: make_handout_list(requisition=document, by=request.user, at=timezone.now()),
    gettext_noop("The hand-out list is ready to print."),
)

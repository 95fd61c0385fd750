"""Officers check purchases made elsewhere: the queue with its age, one purchase beside its vouchers, the decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..conf import setting
from ..errors import Refused
from ..fields import whole_number
from ..impact.elsewhere import actions
from ..impact.elsewhere.lifecycle import State
from ..impact.elsewhere.models import ElsewherePurchase, ElsewhereVoiding
from ..impact.elsewhere.selectors import history, look_alikes, may_see_vouchers
from ..impact.models import ImpactEntry
from ..parties.actions import office_day
from .scope import scope_for


def purchase_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; then the rest, the latest first."""
    scope, today = scope_for(request), office_day(timezone.now())
    rows = scope.elsewhere().exclude(state=State.DRAFT).select_related("organisation")
    waiting = Paginator(rows.filter(state=State.SUBMITTED).order_by("submitted_at", "pk"), 30)
    page = waiting.get_page(request.GET.get("waiting"))
    state = request.GET.get("state", "")
    others = rows.exclude(state=State.SUBMITTED).order_by(F("submitted_at").desc(nulls_last=True), "-pk")
    others = others.filter(state=state) if state in State.values else others
    context = {
        "waiting": [(row, *_age(row, today)) for row in page],
        "waiting_page": page,
        "voidings": ElsewhereVoiding.objects.filter(
            purchase__in=scope.buyers_elsewhere(), agreed_at=None, refused_at=None
        ).select_related("purchase__organisation"),
        "page_obj": Paginator(others, 30).get_page(request.GET.get("page")),
        "states": [choice for choice in State.choices if choice[0] not in (State.DRAFT, State.SUBMITTED)],
        "state": state,
    }
    return render(request, "marketplace/backoffice/elsewhere_list.html", context)


def _age(purchase: ElsewherePurchase, today: date) -> tuple[int, bool]:
    """For how many days it has waited, and whether that is too long."""
    days = (today - office_day(purchase.submitted_at)).days if purchase.submitted_at else 0
    return days, days > setting("DAYS_TO_CHECK_ELSEWHERE")


def purchase_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One purchase with what proves it, what resembles it, and what may be done."""
    purchase = _purchase(request, reference)
    may_check = actions.may_check(purchase, request.user)
    voiding = purchase.open_voiding
    context = {
        "purchase": purchase,
        "lines": purchase.lines.select_related("category"),
        "vouchers": purchase.vouchers.filter(removed_at=None).select_related("file")
        if may_see_vouchers(purchase, request.user)
        else [],
        "alike": look_alikes(purchase, own_only=False),
        "history": history(purchase),
        "entries": ImpactEntry.objects.filter(elsewhere_line__purchase=purchase).select_related("elsewhere_line"),
        "may_check": may_check and purchase.state == State.SUBMITTED,
        "may_void": may_check and purchase.state == State.CONFIRMED and voiding is None,
        "voiding": voiding,
        "may_decide": bool(voiding and actions.may_decide(purchase, voiding, request.user)),
    }
    return render(request, "marketplace/backoffice/elsewhere_detail.html", context)


def _purchase(request: HttpRequest, reference: str) -> ElsewherePurchase:
    rows = scope_for(request).elsewhere().exclude(state=State.DRAFT)
    return get_object_or_404(rows.select_related("organisation", "vendor", "campaign"), reference=reference)


@require_POST
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm exactly what was looked at, or return it with a reason."""
    purchase = _purchase(request, reference)
    seen = whole_number(request.POST.get("submission", "")) or 0
    common: dict[str, Any] = {"purchase": purchase, "submission": seen, "by": request.user, "at": timezone.now()}
    if request.POST.get("decision") == "confirm":
        done = _("It is confirmed and counts from today.")
        return _answer(request, purchase, lambda: actions.confirm_purchase(**common), done)
    reason, done = request.POST.get("reason", ""), _("It went back to its buyer with your reason.")
    return _answer(request, purchase, lambda: actions.return_purchase(reason=reason, **common), done)


@require_POST
def propose_voiding(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask a second person to take a confirmed purchase off what counts."""
    purchase, reason = _purchase(request, reference), request.POST.get("reason", "")
    return _answer(
        request,
        purchase,
        lambda: actions.propose_voiding(purchase=purchase, reason=reason, by=request.user, at=timezone.now()),
        _("A second person decides. Until then it counts as before."),
    )


@require_POST
def decide_voiding(request: HttpRequest, reference: str) -> HttpResponse:
    """The second person agrees, or refuses with a reason."""
    purchase = _purchase(request, reference)
    voiding = get_object_or_404(purchase.voidings, agreed_at=None, refused_at=None)
    at, reason = timezone.now(), request.POST.get("reason", "")

    def step() -> Any:
        if request.POST.get("decision") == "agree":
            return actions.agree_to_void(voiding=voiding, by=request.user, at=at)
        return actions.refuse_to_void(voiding=voiding, reason=reason, by=request.user, at=at)

    return _answer(request, purchase, step, _("The decision is recorded."))


def _answer(request: HttpRequest, purchase: ElsewherePurchase, step: Callable[[], Any], done: str) -> HttpResponse:
    try:
        step()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("marketplace_backoffice:elsewhere", purchase.reference)

"""The operator's health page: which parts work, when the clock ran, and what stands still, each with its way out."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..errands.actions import try_again
from ..errands.models import ClockStep, Errand
from ..errands.selectors import last_round
from ..orders.models import PurchaseOrder
from ..purchase.clock import STEPS, go_round, is_late
from ..purchase.health import parts
from ..purchase.stuck import AT_MOST, KINDS, Stuck, stuck


def health(request: HttpRequest) -> HttpResponse:
    """Everything at a glance."""
    now = timezone.now()
    found = stuck(at=now)
    rounds = {step.name: step for step in ClockStep.objects.all()}
    context = {
        "parts": parts(at=now),
        "clock": [(name, step.label, rounds.get(name)) for name, step in STEPS.items()],
        "ran_at": last_round(),
        "is_late": is_late(at=now),
        "waiting": Errand.objects.waiting().count(),
        "at_most": AT_MOST,
        "stuck": [(kind, KINDS[kind][0], [(row, _address(row)) for row in rows]) for kind, rows in found.items()],
    }
    return render(request, "marketplace/backoffice/health.html", context)


def _order_page(row: Stuck) -> str:
    return reverse("marketplace_backoffice:order", args=[row.reference])


def _reference_page(row: Stuck) -> str:
    """An order's page in the admin; what belongs to an organisation's own desk has none here."""
    return _order_page(row) if PurchaseOrder.objects.filter(reference=row.reference).exists() else ""


def _errand_page(row: Stuck) -> str:
    name = {"CK": "reconcile", "RF": "refunds"}.get(row.reference[:2])
    return reverse(f"marketplace_backoffice:{name}") if name else ""


ADDRESSES: dict[str, Callable[[Stuck], str]] = {
    "clock_problems": _reference_page,
    "errands": _errand_page,
    "mail": _reference_page,
    "mismatches": lambda row: reverse("marketplace_backoffice:reconcile"),
    "refunds": lambda row: reverse("marketplace_backoffice:refunds"),
    "reviews": lambda row: reverse("marketplace_backoffice:review", args=[row.pk]),
    "reports": lambda row: reverse("marketplace_backoffice:report", args=[row.reference]),
    "orders": _order_page,
}


def _address(row: Stuck) -> str:
    """Where a person can act on it, if that is anywhere but here."""
    return ADDRESSES[row.kind](row) if row.kind in ADDRESSES else ""


@require_POST
def run_step(request: HttpRequest) -> HttpResponse:
    """Let the clock go round now: one step, or all of them."""
    name = request.POST.get("step", "")
    if name and name not in STEPS:
        raise Http404
    found = [one for step in ([name] if name else STEPS) for one in go_round(name=step, at=timezone.now())]
    for one in found:
        if one.refusal:
            messages.warning(request, f"{one.reference}: {one.refusal}")
    done = sum(not one.refusal for one in found)
    messages.success(request, _("The clock went round. Moved: %(done)s.") % {"done": done})
    return redirect("marketplace_backoffice:health")


@require_POST
def try_errand(request: HttpRequest, pk: int) -> HttpResponse:
    """Try an errand again at once, with all its attempts before it."""
    errand = try_again(errand=get_object_or_404(Errand, pk=pk), by=request.user, at=timezone.now())
    errand.refresh_from_db()
    if errand.done_at:
        messages.success(request, _("Done: it went through this time."))
    elif errand.last_failure:
        messages.warning(request, errand.last_failure)
    else:
        messages.success(request, _("It is tried again."))
    return redirect("marketplace_backoffice:health")

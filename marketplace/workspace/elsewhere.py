"""Purchases made elsewhere: the organisation's list, the form, one purchase with its vouchers, and sheets of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..impact import selectors as impact
from ..impact.elsewhere import actions
from ..impact.elsewhere.forms import PurchaseForm, VouchersForm, initial_of
from ..impact.elsewhere.lifecycle import State
from ..impact.elsewhere.models import ElsewherePurchase, ElsewhereVoucher
from ..impact.elsewhere.selectors import history, look_alikes
from ..parties.actions import office_day
from ..uploads import Upload
from .access import own_document, own_organisation
from .answers import answer_form, attempt

PURCHASES = ElsewherePurchase.objects.select_related(
    "organisation__region", "campaign", "vendor", "entered_by", "submitted_by", "returned_by", "confirmed_by"
)
CLERKS = {"requester", "organiser"}


def purchase_page(purchase: ElsewherePurchase) -> str:
    """Where a purchase made elsewhere is seen."""
    return reverse("marketplace:elsewhere", args=[purchase.reference])


@login_required
def purchase_list(request: HttpRequest, slug: str) -> HttpResponse:
    """What the organisation bought elsewhere, what of it counts, and what waits."""
    organisation = own_organisation(request, slug)
    state = request.GET.get("state", "")
    rows = organisation.elsewhere_purchases.all()
    rows = rows.filter(state=state) if state in State.values else rows
    context = {
        "organisation": organisation,
        "apart": impact.apart_of("buyer", str(organisation.pk)),
        "page_obj": Paginator(rows, 25).get_page(request.GET.get("page")),
        "states": State.choices,
        "state": state,
        "may_enter": bool(organisation.roles & CLERKS) and not organisation.is_individual,
    }
    return render(request, "marketplace/workspace/elsewhere_list.html", context)


@login_required
def new_purchase(request: HttpRequest, slug: str) -> HttpResponse:
    """Write one down."""
    organisation = own_organisation(request, slug)
    if organisation.is_individual:
        raise Http404
    now = timezone.now()
    initial = {"bought_on": office_day(now), "mode": "direct"}
    form = PurchaseForm(request.POST or None, organisation=organisation, today=office_day(now), initial=initial)

    def again() -> HttpResponse:
        context = {"organisation": organisation, "form": form}
        return render(request, "marketplace/workspace/elsewhere_form.html", context)

    def step(cleaned: dict[str, Any]) -> ElsewherePurchase:
        return actions.enter_purchase(organisation=organisation, entry=form.entry(), by=request.user, at=now)

    if request.method != "POST":
        return again()
    done = _("It is written down. Add the vouchers, then submit it.")
    return answer_form(request, form, step, done=done, to=purchase_page, again=again)


@login_required
def purchase_detail(request: HttpRequest, reference: str) -> HttpResponse:
    """One purchase with its lines, vouchers and history; the next step stands at the top."""
    return _detail(request, own_document(request, PURCHASES, reference=reference), VouchersForm())


def _detail(request: HttpRequest, purchase: ElsewherePurchase, form: VouchersForm) -> HttpResponse:
    context = {
        "purchase": purchase,
        "organisation": purchase.organisation,
        "lines": purchase.lines.select_related("category"),
        "vouchers": purchase.vouchers.filter(removed_at=None).select_related("file"),
        "history": history(purchase),
        "alike": look_alikes(purchase, own_only=True),
        "form": form,
        "is_clerk": bool(purchase.organisation.roles & CLERKS),
        "may_withdraw": purchase.state in (State.DRAFT, State.SUBMITTED, State.RETURNED),
    }
    return render(request, "marketplace/workspace/elsewhere_detail.html", context)


@login_required
def change_purchase(request: HttpRequest, reference: str) -> HttpResponse:
    """Mend one that is being prepared or was returned."""
    purchase = own_document(request, PURCHASES, reference=reference)
    now, organisation = timezone.now(), purchase.organisation
    form = PurchaseForm(
        request.POST or None, organisation=organisation, today=office_day(now), initial=initial_of(purchase)
    )

    def again() -> HttpResponse:
        context = {"organisation": organisation, "purchase": purchase, "form": form}
        return render(request, "marketplace/workspace/elsewhere_form.html", context)

    def step(cleaned: dict[str, Any]) -> ElsewherePurchase:
        return actions.mend_purchase(purchase=purchase, entry=form.entry(), by=request.user, at=now)

    if request.method != "POST":
        return again() if purchase.is_mendable else redirect(purchase_page(purchase))
    done = _("The changes are saved. Submit it when it is complete.")
    return answer_form(request, form, step, done=done, to=purchase_page, again=again)


@login_required
@require_POST
def add_vouchers(request: HttpRequest, reference: str) -> HttpResponse:
    """Add scans or photos."""
    purchase = own_document(request, PURCHASES, reference=reference)
    form = VouchersForm(request.POST, request.FILES)

    def step(cleaned: dict[str, Any]) -> list[ElsewhereVoucher]:
        vouchers = [Upload(upload.name, upload.read()) for upload in cleaned["files"]]
        return actions.add_vouchers(purchase=purchase, vouchers=vouchers, by=request.user, at=timezone.now())

    return answer_form(
        request,
        form,
        step,
        done=_("The vouchers are kept."),
        to=lambda made: purchase_page(purchase),
        again=lambda: _detail(request, purchase, form),
    )


@login_required
@require_POST
def remove_voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a voucher back."""
    voucher = get_object_or_404(ElsewhereVoucher.objects.select_related("purchase"), pk=pk)
    purchase = own_document(request, PURCHASES, pk=voucher.purchase_id)
    return attempt(
        request,
        lambda: actions.remove_voucher(voucher=voucher, by=request.user, at=timezone.now()),
        done=_("The voucher is taken out."),
        to=purchase_page(purchase),
    )


def _step(request: HttpRequest, reference: str, action: Callable[..., ElsewherePurchase], done: str) -> HttpResponse:
    """A button of the purchase's page: one action on it, and back."""
    purchase = own_document(request, PURCHASES, reference=reference)
    return attempt(
        request,
        lambda: action(purchase=purchase, by=request.user, at=timezone.now()),
        done=done,
        to=purchase_page(purchase),
    )


@login_required
@require_POST
def submit(request: HttpRequest, reference: str) -> HttpResponse:
    """Hand it to the county's officers."""
    done = _("It is submitted. It counts once an officer of your county has confirmed it.")
    return _step(request, reference, actions.submit_purchase, done)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Take it back."""
    done = _("It is withdrawn and will not count.")
    return _step(request, reference, actions.withdraw_purchase, done)

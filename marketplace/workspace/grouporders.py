"""The organiser's group-order board: terms, opening, links, choosing on behalf, closing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..conf import currency
from ..grouporders import actions, selectors
from ..grouporders.closing import cancel_group_order, close_group_order
from ..grouporders.models import GroupOrder
from ..grouporders.terms import COLUMNS, Terms
from ..money import total
from ..orders import actions as orders
from ..orders.selectors import freight_shares
from ..parties.actions import office_day
from ..parties.models import BuyerOrganisation, PeopleList
from ..programme.selectors import campaigns_open_on
from ..purchase.reopen import reopen
from .access import note, own_document, own_organisation, with_roles
from .answers import answer_form, attempt
from .forms import QuantitiesForm, ReopenForm, TermsForm, as_local_input

GROUP_ORDERS = GroupOrder.objects.select_related("organisation__region", "campaign", "delivery_point")


def board_of(group_order: GroupOrder) -> str:
    return reverse("marketplace:group_order", args=[group_order.reference])


@login_required
def group_order_list(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation's group orders."""
    organisation = own_organisation(request, slug)
    page = Paginator(organisation.group_orders.select_related("campaign"), 25).get_page(request.GET.get("page"))
    context = {"organisation": organisation, "group_orders": page.object_list, "page_obj": page}
    return render(request, "marketplace/workspace/group_order_list.html", context)


@login_required
def new_group_order(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide the terms of a new group order."""
    organisation = own_organisation(request, slug)
    now = as_local_input(timezone.localtime())
    initial = {
        "opens_at": now,
        "closes_at": now.replace(hour=18, minute=0) + timedelta(days=7),
        "purpose": "holiday_gifts",
        "fund_source": "union",
    }
    return _terms(request, organisation, None, initial)


@login_required
def change_terms(request: HttpRequest, reference: str) -> HttpResponse:
    """Change the terms before opening."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    initial = {name: getattr(group_order, name) for name in COLUMNS}
    initial["further_points"] = [point.pk for point in selectors.points_of(group_order)[1:]]
    for name in ("opens_at", "closes_at"):
        initial[name] = timezone.localtime(initial[name])
    return _terms(request, with_roles(request, group_order.organisation), group_order, initial)


def _terms(
    request: HttpRequest, organisation: BuyerOrganisation, group_order: GroupOrder | None, initial: dict[str, Any]
) -> HttpResponse:
    campaigns = campaigns_open_on(office_day(timezone.now()), supporting_code=organisation.county_code)
    form = TermsForm(request.POST or None, initial=initial, organisation=organisation, campaigns=campaigns)

    def again() -> HttpResponse:
        context = {"form": form, "organisation": organisation, "group_order": group_order}
        return render(request, "marketplace/workspace/group_order_form.html", context)

    def step(cleaned: dict[str, Any]) -> GroupOrder:
        who: dict[str, Any] = {"terms": Terms(**cleaned), "by": request.user, "at": timezone.now()}
        if group_order is None:
            return actions.create_group_order(organisation=organisation, **who)
        return actions.change_terms(group_order=group_order, **who)

    if request.method != "POST":
        return again()
    done = _("The terms are saved. Next, choose what members may pick.")
    return answer_form(
        request,
        form,
        step,
        done=done,
        to=lambda made: reverse("marketplace:group_order_offers", args=[made.reference]),
        again=again,
    )


@login_required
def group_order_board(request: HttpRequest, reference: str) -> HttpResponse:
    """How far the choosing has come, who has not chosen, and what blocks closing."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    organisation, participants = group_order.organisation, selectors.participants_with_choice(group_order)
    note(request, PeopleList.BOARD, organisation=organisation, rows=len(participants), subject=group_order.title)
    shares = freight_shares(group_order)
    context = {
        "group_order": group_order,
        "organisation": organisation,
        "shares": shares,
        "freight": total(shares.values(), currency()),
        "coverage": selectors.coverage(group_order),
        "offers": selectors.offer_views(group_order, {}),
        "participants": participants,
        "misfits": selectors.what_does_not_fit(group_order) if group_order.state == "open" else [],
        "requisition": group_order.requisitions.exclude(state="cancelled").first(),
        "reopen_form": ReopenForm(initial={"closes_at": as_local_input(timezone.localtime() + timedelta(days=2))}),
        "accepts": group_order.accepts_members_at(timezone.now()),
        "roll": group_order.organisation.members.on_roll(office_day(timezone.now())).count(),
        "points": selectors.points_of(group_order),
        "links": group_order.participants.filter(links__revoked_at=None, links__isnull=False).distinct().count(),
    }
    return render(request, "marketplace/workspace/group_order_board.html", context)


def _step(request: HttpRequest, reference: str, action: Callable[..., GroupOrder], done: str) -> HttpResponse:
    """A button of the board: one action on the group order, and back."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    return attempt(
        request,
        lambda: action(group_order=group_order, by=request.user, at=timezone.now()),
        done=done,
        to=board_of(group_order),
    )


@login_required
@require_POST
def open_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Let members choose."""
    done = _("The group order is open. Hand out the personal links next.")
    return _step(request, reference, actions.open_group_order, done)


@login_required
@require_POST
def close(request: HttpRequest, reference: str) -> HttpResponse:
    """Close the choosing; what does not fit is listed first."""
    done = _("The group order is closed. Everybody pays the price their tier reached.")
    return _step(request, reference, close_group_order, done)


@login_required
@require_POST
def cancel(request: HttpRequest, reference: str) -> HttpResponse:
    """Call the group order off."""
    done = _("The group order is called off and every allowance given back.")
    return _step(request, reference, cancel_group_order, done)


@login_required
@require_POST
def reopen_order(request: HttpRequest, reference: str) -> HttpResponse:
    """Let members choose again."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    form = ReopenForm(request.POST)
    closes_at = form.cleaned_data["closes_at"] if form.is_valid() else group_order.opens_at
    return attempt(
        request,
        lambda: reopen(group_order=group_order, closes_at=closes_at, by=request.user, at=timezone.now()),
        done=_("The group order is open again."),
        to=board_of(group_order),
    )


@login_required
@require_POST
def request_purchase(request: HttpRequest, reference: str) -> HttpResponse:
    """Draft the requisition from the closed choices."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    made: list[Any] = []
    answer = attempt(
        request,
        lambda: made.append(
            orders.request_from_group_order(group_order=group_order, by=request.user, at=timezone.now())
        ),
        done=_("The requisition is drafted. Look it through and submit it."),
        to=board_of(group_order),
    )
    return redirect("marketplace:requisition", made[0].reference) if made else answer


@login_required
def choose_for(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Choose on behalf of one member."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    participant = get_object_or_404(group_order.participants.select_related("member", "allowance"), pk=pk)
    current = selectors.current_choice(participant)
    own = {line.pack_id: line.quantity for line in current.lines.all()} if current else {}
    views = selectors.offer_views(group_order, own)
    keys = [view.offer.pack_id for view in views]
    form = QuantitiesForm(request.POST or None, keys=keys, initial={f"q{pk}": n for pk, n in own.items()})

    def again() -> HttpResponse:
        context = {
            "form": form,
            "rows": [(view, form[f"q{view.offer.pack_id}"]) for view in views],
            "group_order": group_order,
            "organisation": group_order.organisation,
            "participant": participant,
            "points": selectors.points_of(group_order),
        }
        return render(request, "marketplace/workspace/choose_for.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.choose(participant=participant, quantities=form.quantities(), by=request.user, at=timezone.now())

    if request.method != "POST":
        return again()
    done = _("Chosen on behalf of %(name)s.") % {"name": participant.member.name}
    return answer_form(request, form, step, done=done, to=lambda made: board_of(group_order), again=again)

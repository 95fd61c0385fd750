"""The sessions of a service: which there are, how far each is booked and by whom; opened, changed, called off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from marketplace.catalogue.models import Listing
from marketplace.catalogue.session_views import views_of
from marketplace.catalogue.sessions import ServiceSession
from marketplace.fulfilment.models import OPEN
from marketplace.fulfilment.moves import SessionMove
from marketplace.orders.models import OrderLine
from marketplace.parties.actions import office_day
from marketplace.workspace.answers import answer_form, attempt

from ..fulfilment import moving
from ..listing import actions
from ..listing.session_forms import CallOffSessionForm, OfferSessionForm, PlacesForm, SessionForm
from .access import own, own_vendors

PER_PAGE = 24


@login_required
def session_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All sessions of one service, the next first, and the form for one more."""
    listing: Listing = own(request, Listing.objects.select_related("vendor__home", "product__category"), pk=pk)
    if not listing.product.category.is_service:
        raise Http404
    form = SessionForm(request.POST or None)
    today = office_day(timezone.now())

    def again() -> HttpResponse:
        rows = ServiceSession.objects.filter(listing=listing).select_related("capacity")
        page = Paginator(rows.order_by("-starts_on", "-starts_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
        context = {"listing": listing, "sessions": views_of(page, today), "page_obj": page, "form": form}
        return render(request, "vendors/session_list.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: actions.open_session(listing=listing, plan=form.plan(), by=request.user, at=timezone.now()),
        done=_("The session is opened."),
        to=lambda made: reverse("vendors:sessions", args=[listing.pk]),
        again=again,
    )


def _own_session(request: HttpRequest, pk: int) -> ServiceSession:
    rows = ServiceSession.objects.select_related("capacity", "listing__vendor")
    return get_object_or_404(rows.filter(listing__vendor__in=own_vendors(request)), pk=pk)


def _page(
    request: HttpRequest,
    session: ServiceSession,
    *,
    places: PlacesForm | None = None,
    off: CallOffSessionForm | None = None,
    offer: OfferSessionForm | None = None,
) -> HttpResponse:
    names, today = ("persons", "deadline_days", "minimum_persons"), office_day(timezone.now())
    gone = F("quantity_declined") + F("quantity_cancelled")
    lines = OrderLine.objects.filter(session=session, quantity_ordered__gt=gone).select_related("order", "pack")
    asked = Prefetch("moves", SessionMove.objects.filter(OPEN), to_attr="open_moves")
    lines = lines.prefetch_related(asked).order_by("-order__placed_at", "pk")
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    (view,) = views_of([session], today)
    context = {
        "session": session,
        "view": view,
        "lines": page,
        "page_obj": page,
        "form": places or PlacesForm(initial={name: getattr(session, name) for name in names}),
        "call_off_form": off or CallOffSessionForm(),
        "offer_form": offer or OfferSessionForm(session=session, on=today),
    }
    return render(request, "vendors/session_detail.html", context)


@login_required
def session_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One session with its bookings; POST changes its places."""
    session = _own_session(request, pk)
    names = ("persons", "deadline_days", "minimum_persons")
    form = PlacesForm(request.POST or None, initial={name: getattr(session, name) for name in names})

    def again() -> HttpResponse:
        return _page(request, session, places=form)

    def step(cleaned: dict[str, Any]) -> ServiceSession:
        return actions.change_session(session=session, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("The session is changed."),
        to=lambda made: reverse("vendors:session", args=[pk]),
        again=again,
    )


@login_required
@require_POST
def hold_session_anyway(request: HttpRequest, pk: int) -> HttpResponse:
    """It is held with those who have booked."""
    session = _own_session(request, pk)
    return attempt(
        request,
        lambda: actions.hold_session_anyway(session=session, by=request.user, at=timezone.now()),
        done=_("It is held with those who have booked, and they are told."),
        to=reverse("vendors:session", args=[pk]),
    )


@login_required
@require_POST
def offer_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer another session to all who have booked, before anything is called off."""
    session = _own_session(request, pk)
    form = OfferSessionForm(request.POST, session=session, on=office_day(timezone.now()))

    def step(cleaned: dict[str, Any]) -> Any:
        asked = {"session": session, "into": form.chosen(), "reason": cleaned["reason"]}
        return moving.offer_session(by=request.user, at=timezone.now(), **asked)

    return answer_form(
        request,
        form,
        step,
        done=_("It is offered to all who have booked. Each of them answers; until then their places stay here."),
        to=lambda made: reverse("vendors:session", args=[pk]),
        again=lambda: _page(request, session, offer=form),
    )


@login_required
@require_POST
def call_off_session(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not take place; every booking goes back."""
    session = _own_session(request, pk)
    form = CallOffSessionForm(request.POST)

    def step(cleaned: dict[str, Any]) -> ServiceSession:
        return actions.call_off_session(session=session, by=request.user, at=timezone.now(), **cleaned)

    return answer_form(
        request,
        form,
        step,
        done=_("The session is called off. Every booking went back, and the buyers are told."),
        to=lambda made: reverse("vendors:sessions", args=[made.listing_id]),
        again=lambda: _page(request, session, off=form),
    )

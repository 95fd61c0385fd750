"""Individuals: signing up, addresses, and for whom purchases count besides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..conf import setting
from ..errors import Refused
from ..impact import selectors as impact
from ..parties import actions
from ..parties.actions import office_day
from ..parties.errors import SignUpClosed, TooManySignUps
from ..parties.models import Affiliation, BuyerOrganisation, Membership, PeopleList
from ..parties.selectors import family
from ..plots import grouped_bars
from ..programme.selectors import delivery_places
from .access import note, own_organisation
from .answers import answer_form, attempt, refused
from .forms import AffiliationForm, DeliveryPointForm, SignUpForm
from .places import in_use, may_change_places


@never_cache
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account that buys privately; somebody signed in gets it beside the roles they have."""
    if not setting("SIGN_UP"):
        return render(request, "marketplace/workspace/sign_up.html", {"closed": str(SignUpClosed())}, status=404)
    form = SignUpForm(request.POST or None)
    if request.user.is_authenticated:
        for name in ("username", "password"):
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        try:
            buyer = _sign_up(request, form.cleaned_data)
        except Refused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Welcome. Put something in your basket, and add an address to send it to."))
            return redirect("marketplace:basket", buyer.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "marketplace/workspace/sign_up.html", {"form": form}, status=status)


@transaction.atomic
def _sign_up(request: HttpRequest, cleaned: dict[str, Any]) -> BuyerOrganisation:
    _count(request.META.get("REMOTE_ADDR", ""))
    person: Any = request.user
    if not person.is_authenticated:
        person = get_user_model().objects.create_user(
            cleaned["username"], password=cleaned["password"], last_name=cleaned["name"]
        )
    buyer = actions.sign_up_individual(name=cleaned["name"], region=cleaned["region"], by=person, at=timezone.now())
    if not request.user.is_authenticated:
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return buyer


def _count(address: str) -> None:
    key = f"marketplace-sign-ups-{address}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > setting("SIGN_UPS_PER_HOUR"):
        raise TooManySignUps()


@login_required
def delivery_points(request: HttpRequest, slug: str) -> HttpResponse:
    """Where goods are handed over; another place is added here."""
    organisation = own_organisation(request, slug)
    places = delivery_places(organisation.county_code, office_day(timezone.now()))
    form = DeliveryPointForm(request.POST or None, organisation=organisation, places=places)

    def again() -> HttpResponse:
        points, ended = in_use(organisation.delivery_points.select_related("region"))
        context = {
            "organisation": organisation,
            "form": form,
            "points": points,
            "ended": ended,
            "may_change": may_change_places(organisation.roles),
        }
        return render(request, "marketplace/workspace/delivery_points.html", context)

    def step(cleaned: dict[str, Any]) -> Any:
        return actions.add_delivery_point(organisation=organisation, by=request.user, at=timezone.now(), **cleaned)

    if request.method != "POST":
        return again()
    to = "marketplace:basket" if organisation.is_individual else "marketplace:delivery_points"
    done = _("The place is added.")
    return answer_form(request, form, step, done=done, to=lambda made: reverse(to, args=[slug]), again=again)


@login_required
def own_impact(request: HttpRequest, slug: str) -> HttpResponse:
    """What a buyer's purchases came to: completed amounts by month, township and vendor; seen by its own people only."""
    organisation = own_organisation(request, slug)
    key = str(organisation.pk)
    series = impact.by_month("buyer", key)
    labels = [f"{month:%Y-%m}" for month in series.months]
    townships = impact.table("buyer_township", prefix=f"{key}:")
    former = [str(pk) for pk in family(organisation)[1:]]
    context = {
        "organisation": organisation,
        "former": organisation.former.all(),
        "together": impact.figures_of_all("buyer", [key, *former]) if former else None,
        "figures": impact.figures_of("buyer", key),
        "apart": impact.apart_of("buyer", key),
        "privately": impact.figures_of("counted_for", key),
        "months": list(zip(labels, series.figures, strict=True)),
        "plot": grouped_bars(labels, [[figures.completed.amount for figures in series.figures]]),
        "townships": [(row.name.rpartition(" · ")[2], row.figures) for row in townships if row.figures.completed],
        "affiliation": organisation.affiliations.filter(ended_at=None).select_related("organisation").first(),
        "form": AffiliationForm(initial={"name": str(getattr(request.user, "last_name", ""))})
        if organisation.is_individual
        else None,
        "affiliates": _affiliates(request, organisation),
    }
    return render(request, "marketplace/workspace/own_impact.html", context)


def _affiliates(request: HttpRequest, organisation: BuyerOrganisation) -> Any:
    if "administrator" not in organisation.roles:
        return []
    found = organisation.affiliates.filter(ended_at=None)
    if rows := len(found):
        note(request, PeopleList.AFFILIATES, organisation=organisation, rows=rows)
    return found


@login_required
@require_POST
def ask_affiliation(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask that purchases count for an organisation besides."""
    person = own_organisation(request, slug)
    form = AffiliationForm(request.POST)
    to = reverse("marketplace:own_impact", args=[slug])
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(to)
    return attempt(
        request,
        lambda: actions.ask_affiliation(person=person, by=request.user, at=timezone.now(), **form.cleaned_data),
        done=_("The organisation is asked. What you buy after it has confirmed counts for it, too."),
        to=to,
    )


@login_required
@require_POST
def answer_affiliation(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm it, or end it, from either side."""
    person: Any = request.user
    mine = Membership.objects.filter(user=person, ended_at=None).values("organisation")
    rows = Affiliation.objects.select_related("person", "organisation")
    found = get_object_or_404(rows.filter(organisation__in=mine) | rows.filter(person__in=mine), pk=pk)
    step = actions.confirm_affiliation if request.POST.get("decision") == "confirm" else actions.end_affiliation
    is_mine = found.person.memberships.filter(user=person, ended_at=None).exists()
    own = found.person if is_mine else found.organisation
    return attempt(
        request,
        lambda: step(affiliation=found, by=request.user, at=timezone.now()),
        done=_("The change holds from now on."),
        to=reverse("marketplace:own_impact", args=[own.slug]),
    )

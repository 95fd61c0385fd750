"""One colleague: what they hold, handing it over, leaving; and the way back into a lost account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..conf import setting
from ..errors import Refused
from ..parties import handing, recovery
from ..parties.actions import office_day
from ..parties.changes import AccountRecovery
from ..parties.errors import TooManyTries
from ..parties.models import BuyerOrganisation, PeopleList, Role
from ..parties.selectors import colleagues, open_hand_overs
from ..parties.tokens import token_hash
from ..purchase import staff
from .access import note, own_organisation
from .answers import answer_form, attempt, refused
from .standing_forms import HandOverForm, PasswordForm, ReasonForm
from .tasks import tasks_for


def _colleague(request: HttpRequest, slug: str, pk: int) -> tuple[BuyerOrganisation, Any]:
    """A person with a role here: for administrators anybody, for the others themselves."""
    organisation = own_organisation(request, slug)
    person = get_object_or_404(get_user_model(), pk=pk)
    if person not in colleagues(organisation):
        raise Http404
    return organisation, person


@login_required
def person(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What somebody holds here, and the ways to pass it on."""
    organisation, colleague = _colleague(request, slug, pk)
    return _show(request, organisation, colleague)


def _show(request: HttpRequest, organisation: BuyerOrganisation, colleague: Any, **more: Any) -> HttpResponse:
    seats = colleagues(organisation)[colleague]
    if colleague != request.user:
        note(request, PeopleList.STAFF, organisation=organisation, rows=1)
    today = office_day(timezone.now())
    is_administrator, is_self = Role.ADMINISTRATOR in organisation.roles, colleague == request.user
    context = {
        "organisation": organisation,
        "colleague": colleague,
        "name": handing.named(colleague),
        "seats": seats,
        "tasks": tasks_for({seat.role: {organisation.pk} for seat in seats}, today)
        if is_administrator or is_self
        else [],
        "hand_over": open_hand_overs(organisation).filter(giver=colleague).first(),
        "recovery": organisation.recoveries.filter(person=colleague, used_at=None, closed_at=None).first(),
        "is_self": is_self,
        "is_administrator": is_administrator,
        "may_ask_recovery": not is_self,
        "hand_over_form": HandOverForm(organisation=organisation, giver=colleague, initial={"begins_on": today}),
        "leave_form": ReasonForm(prefix="leave"),
        "recovery_form": ReasonForm(prefix="recovery"),
        **more,
    }
    return render(request, "marketplace/workspace/person.html", context)


@login_required
@require_POST
def hand_over(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Arrange a hand-over; the link for somebody new is shown once."""
    organisation, colleague = _colleague(request, slug, pk)
    form = HandOverForm(request.POST, organisation=organisation, giver=colleague)
    if form.is_valid():
        try:
            made, token = staff.hand_over(
                organisation=organisation, giver=colleague, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            refused(form, refusal)
        else:
            if token:
                link = request.build_absolute_uri(reverse("marketplace:join", args=[token]))
                return _show(request, organisation, colleague, link=link)
            messages.success(request, _("Handed over.") if made.done_at else _("The hand-over is arranged."))
            return redirect("marketplace:people", slug)
    response = _show(request, organisation, colleague, hand_over_form=form)
    response.status_code = 422
    return response


@login_required
@require_POST
def cancel_hand_over(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Leave the roles where they are."""
    organisation = own_organisation(request, slug)
    made = get_object_or_404(open_hand_overs(organisation), pk=pk)
    return attempt(
        request,
        lambda: handing.cancel_hand_over(hand_over=made, by=request.user, at=timezone.now()),
        done=_("The hand-over is cancelled; the roles stay where they are."),
        to=reverse("marketplace:people", args=[slug]),
    )


@login_required
@require_POST
def leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """End everything somebody holds here."""
    organisation, colleague = _colleague(request, slug, pk)
    form = ReasonForm(request.POST, prefix="leave")
    to = reverse("marketplace:desk") if colleague == request.user else reverse("marketplace:people", args=[slug])
    return answer_form(
        request,
        form,
        lambda cleaned: staff.leave(
            organisation=organisation, person=colleague, by=request.user, at=timezone.now(), **cleaned
        ),
        done=_("Every role has ended. What they did stays in the log under their name."),
        to=lambda made: to,
        again=lambda: _show(request, organisation, colleague, leave_form=form),
    )


@login_required
@require_POST
def ask_recovery(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask that a colleague gets back into their account."""
    organisation, colleague = _colleague(request, slug, pk)
    form = ReasonForm(request.POST, prefix="recovery")
    return answer_form(
        request,
        form,
        lambda cleaned: recovery.ask_recovery(
            organisation=organisation, person=colleague, by=request.user, at=timezone.now(), **cleaned
        ),
        done=_("Asked. The operator or an officer of the county checks who they are, and hands them a link."),
        to=lambda made: reverse("marketplace:person", args=[slug, pk]),
        again=lambda: _show(request, organisation, colleague, recovery_form=form),
    )


@never_cache
def recover(request: HttpRequest, token: str) -> HttpResponse:
    """Set a new password by the one-time link; opening it changes nothing."""
    try:
        _count(request.META.get("REMOTE_ADDR", ""))
    except TooManyTries as refusal:
        return render(request, "marketplace/workspace/recover.html", {"closed": str(refusal)}, status=429)
    row = AccountRecovery.objects.select_related("person").filter(token_hash=token_hash(token)).first()
    if row is None or not row.is_usable(timezone.now()):
        return render(request, "marketplace/workspace/link_gone.html", status=404)
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                recovery.recover(token=token, password=form.cleaned_data["password"], at=timezone.now())
            except Refused as refusal:
                refused(form, refusal)
            else:
                messages.success(request, _("The new password is set. Sign in with it."))
                return redirect("marketplace:desk")
    context = {"form": form, "username": row.person.get_username()}
    response = render(request, "marketplace/workspace/recover.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _count(address: str) -> None:
    key = f"marketplace-recoveries-{address}"
    cache.add(key, 0, timeout=3600)
    if cache.incr(key) > setting("RECOVERY_TRIES_PER_HOUR"):
        raise TooManyTries()

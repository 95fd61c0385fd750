"""Who works for an organisation: roles, invitations, and joining by an invitation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..parties import actions
from ..parties.models import Invitation, PeopleList, Role
from ..parties.selectors import open_hand_overs
from ..parties.tokens import token_hash
from ..purchase import staff
from .access import note, own_organisation
from .answers import attempt, refused
from .forms import InvitationForm, JoinForm


@login_required
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody with a role, open invitations, and the form to invite; the link is shown once."""
    organisation = own_organisation(request, slug)
    form = InvitationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            _invitation, token = actions.invite(
                organisation=organisation, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            refused(form, refusal)
        else:
            link = request.build_absolute_uri(reverse("marketplace:join", args=[token]))
            form = InvitationForm()
    seats = organisation.memberships.filter(ended_at=None).select_related("user").order_by("user_id", "pk")
    note(request, PeopleList.STAFF, organisation=organisation, rows=len({seat.user_id for seat in seats}))
    context = {
        "organisation": organisation,
        "form": form,
        "link": link,
        "memberships": seats,
        "invitations": organisation.invitations.filter(
            accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        ),
        "hand_overs": open_hand_overs(organisation),
        "is_administrator": Role.ADMINISTRATOR in organisation.roles,
    }
    return render(request, "marketplace/workspace/people.html", context)


@login_required
@require_POST
def end_role(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take one role away."""
    organisation = own_organisation(request, slug)
    membership = get_object_or_404(organisation.memberships.select_related("organisation", "user"), pk=pk)
    return attempt(
        request,
        lambda: staff.end_role(membership=membership, by=request.user, at=timezone.now()),
        done=_("The role has ended."),
        to=reverse("marketplace:people", args=[slug]),
    )


@login_required
@require_POST
def revoke_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Take an open invitation back."""
    organisation = own_organisation(request, slug)
    invitation = get_object_or_404(organisation.invitations.select_related("organisation"), pk=pk)
    return attempt(
        request,
        lambda: actions.revoke_invitation(invitation=invitation, by=request.user, at=timezone.now()),
        done=_("The invitation no longer works."),
        to=reverse("marketplace:people", args=[slug]),
    )


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Take up an invitation: as oneself when signed in, else with a new account."""
    invitation = (
        Invitation.objects.filter(
            token_hash=token_hash(token), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
        )
        .select_related("organisation")
        .first()
    )
    if invitation is None:
        return render(request, "marketplace/workspace/link_gone.html", status=404)
    form = JoinForm(request.POST or None, initial={"name": invitation.invitee_name})
    if request.method == "POST" and (request.user.is_authenticated or form.is_valid()):
        try:
            _take_up(request, token, form)
        except Refused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Welcome. This is your desk: what waits for you stands here."))
            return redirect("marketplace:desk")
    return render(request, "marketplace/workspace/join.html", {"invitation": invitation, "form": form})


@transaction.atomic
def _take_up(request: HttpRequest, token: str, form: JoinForm) -> None:
    person: Any = request.user
    if not person.is_authenticated:
        cleaned = form.cleaned_data
        person = get_user_model().objects.create_user(
            cleaned["username"], password=cleaned["password"], last_name=cleaned["name"]
        )
    staff.join(token=token, by=person, at=timezone.now())
    if not request.user.is_authenticated:
        login(request, person, backend="django.contrib.auth.backends.ModelBackend")

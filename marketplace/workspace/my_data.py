"""What is kept about me: to read, to take along, and to have erased; with an account, or by a personal link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..parties.models import BuyerOrganisation, ErasureRequest, PeopleList
from ..purchase.erase import ask_erasure
from ..purchase.personal import about_account, about_member, pack
from ..sheets import Table
from .access import note
from .answers import attempt
from .pick import gone, participant_of, private


def zip_response(filename: str, tables: Sequence[Table]) -> HttpResponse:
    """The tables as a ZIP download that no cache keeps."""
    response = HttpResponse(pack(tables, at=timezone.now()), content_type="application/zip")
    response["Content-Disposition"] = f"attachment; filename=\"data.zip\"; filename*=UTF-8''{quote(filename)}"
    response["Cache-Control"] = "private, no-store"
    return response


def note_export(request: HttpRequest, organisation: BuyerOrganisation | None) -> None:
    """One person's data left as a file."""
    note(request, PeopleList.PERSON, organisation=organisation, rows=1, is_export=True)


def _page(request: HttpRequest, tables: Sequence[Table], request_made: Any, addresses: dict[str, str]) -> HttpResponse:
    context = {"tables": tables, "erasure": request_made, **addresses}
    return render(request, "marketplace/workspace/my_data.html", context)


@login_required
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything kept about the signed-in person."""
    made = ErasureRequest.objects.filter(account_id=request.user.pk).order_by("-asked_at", "-pk").first()
    addresses = {
        "download": reverse("marketplace:download_my_data"),
        "erase": reverse("marketplace:ask_my_erasure"),
        "decides": _("the operator"),
    }
    return _page(request, about_account(request.user), made, addresses)


@login_required
@require_POST
def download_my_data(request: HttpRequest) -> HttpResponse:
    """The same as a ZIP."""
    tables = about_account(request.user)
    note_export(request, None)
    return zip_response(_("my data") + ".zip", tables)


@login_required
@require_POST
def ask_my_erasure(request: HttpRequest) -> HttpResponse:
    """Ask the operator to erase one's account."""
    return attempt(
        request,
        lambda: ask_erasure(account=request.user, by=request.user, at=timezone.now()),
        done=_("The operator is asked. Until it is done you can go on as before."),
        to="marketplace:my_data",
    )


@never_cache
def member_data(request: HttpRequest) -> HttpResponse:
    """Everything kept about the member whose personal link this is."""
    participant = participant_of(request)
    if participant is None:
        return gone(request)
    made = participant.member.erasure_requests.order_by("-asked_at", "-pk").first()
    addresses = {
        "download": reverse("marketplace:download_member_data"),
        "erase": reverse("marketplace:ask_member_erasure"),
        "back": reverse("marketplace:pick"),
        "decides": _("your organisation's administrator"),
    }
    return private(_page(request, about_member(participant.member), made, addresses))


@never_cache
@require_POST
def download_member_data(request: HttpRequest) -> HttpResponse:
    """The same as a ZIP."""
    participant = participant_of(request)
    if participant is None:
        return gone(request)
    note_export(request, participant.group_order.organisation)
    return private(zip_response(_("my data") + ".zip", about_member(participant.member)))


@never_cache
@require_POST
def ask_member_erasure(request: HttpRequest) -> HttpResponse:
    """Ask the organisation's administrator to erase oneself."""
    participant = participant_of(request)
    if participant is None:
        return gone(request)
    return private(
        attempt(
            request,
            lambda: ask_erasure(member=participant.member, by=None, at=timezone.now()),
            done=_("Your organisation's administrator is asked."),
            to="marketplace:member_data",
        )
    )

"""One member, for the organisation's administrator: their data, their wish to be erased; and who looked at lists of people."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..errors import NotPermitted
from ..parties.looks import looks
from ..parties.models import BuyerOrganisation, ErasureRequest, Member, PeopleList, Role
from ..purchase.erase import erase_member, refuse_erasure
from ..purchase.personal import about_member
from .access import note, own_organisation
from .answers import attempt
from .my_data import note_export, zip_response


def _own(request: HttpRequest, slug: str, pk: int) -> Member:
    organisation = own_organisation(request, slug)
    member: Member = get_object_or_404(organisation.members.select_related("organisation"), pk=pk)
    member.organisation = organisation
    return member


def _is_administrator(organisation: BuyerOrganisation) -> bool:
    return Role.ADMINISTRATOR in organisation.roles


def _page_of(member: Member) -> str:
    return reverse("marketplace:member_privacy", args=[member.organisation.slug, member.pk])


@login_required
@never_cache
def member_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Everything kept about one member. For the administrator alone."""
    member = _own(request, slug, pk)
    if not _is_administrator(member.organisation):
        raise Http404
    note(request, PeopleList.MEMBER, organisation=member.organisation, rows=1)
    context = {
        "organisation": member.organisation,
        "member": member,
        "tables": about_member(member),
        "erasure": member.erasure_requests.order_by("-asked_at", "-pk").first(),
    }
    return render(request, "marketplace/workspace/member_privacy.html", context)


@login_required
@require_POST
def download_member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A member's data as a ZIP, to hand to them."""
    member = _own(request, slug, pk)
    if not _is_administrator(member.organisation):
        return attempt(request, _refuse, done="", to=reverse("marketplace:roll", args=[slug]))
    note_export(request, member.organisation)
    return zip_response(f"{member.name}.zip", about_member(member))


def _refuse() -> None:
    raise NotPermitted()


@login_required
@require_POST
def erase(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Erase a member at their request."""
    member = _own(request, slug, pk)
    to = _page_of(member) if _is_administrator(member.organisation) else reverse("marketplace:roll", args=[slug])
    return attempt(
        request,
        lambda: erase_member(member=member, by=request.user, at=timezone.now()),
        done=_("The member is erased. What the law has kept stands under a number."),
        to=to,
    )


@login_required
@require_POST
def refuse(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say why a member's wish is not followed."""
    member = _own(request, slug, pk)
    open_request = get_object_or_404(member.erasure_requests.filter(done_at=None, refused_at=None))
    to = _page_of(member) if _is_administrator(member.organisation) else reverse("marketplace:roll", args=[slug])
    return attempt(
        request,
        lambda: refuse_erasure(
            request=open_request, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
        ),
        done=_("The member reads your reason."),
        to=to,
    )


@login_required
def privacy_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Who asked to be erased, and who looked at lists of people. For the administrator alone."""
    organisation = own_organisation(request, slug)
    if not _is_administrator(organisation):
        raise Http404
    waiting = ErasureRequest.objects.filter(member__organisation=organisation, done_at=None, refused_at=None)
    context = {
        "organisation": organisation,
        "waiting": waiting.select_related("member"),
        "page_obj": Paginator(looks(organisation), 50).get_page(request.GET.get("page")),
    }
    return render(request, "marketplace/workspace/privacy_desk.html", context)

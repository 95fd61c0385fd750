"""Whose document is it: everything in the workspace is found through the organisations the reader works for."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from ..parties.looks import note_look
from ..parties.models import BuyerOrganisation, Membership, PeopleList
from ..parties.selectors import roles_of, successor_of


def own_organisation(request: HttpRequest, slug: str) -> BuyerOrganisation:
    """The organisation, when the reader holds a role in it; 404 otherwise. Its ``roles`` are attached."""
    organisation = get_object_or_404(BuyerOrganisation.objects.select_related("region"), slug=slug)
    return with_roles(request, organisation)


def with_roles(request: HttpRequest, organisation: BuyerOrganisation) -> BuyerOrganisation:
    """The organisation with the reader's ``roles`` in it; 404 when there are none.

    What belongs to a former organisation is read, and only read, by the people of the one it went over into.
    """
    organisation.roles = roles_of(request.user, organisation)
    if not organisation.roles and not _may_look_back(request, organisation):
        raise Http404
    return organisation


def _may_look_back(request: HttpRequest, organisation: BuyerOrganisation) -> bool:
    if organisation.merged_into_id is None or request.method not in ("GET", "HEAD"):
        return False
    return bool(roles_of(request.user, successor_of(organisation)))


def own_document(request: HttpRequest, documents: QuerySet[Any], **lookup: Any) -> Any:
    """The document (with an ``organisation``), when the reader works for it; 404 otherwise."""
    document: Any = get_object_or_404(documents, **lookup)
    with_roles(request, document.organisation)
    return document


def organisations_by_role(user: Any) -> dict[str, set[int]]:
    """Role → the organisations (pk) in which ``user`` holds it; one statement."""
    found: dict[str, set[int]] = {}
    for role, pk in Membership.objects.filter(user=user, ended_at=None).values_list("role", "organisation_id"):
        found.setdefault(role, set()).add(pk)
    return found


def belongs_to(document: Model, organisations: set[int]) -> bool:
    """Whether the document's organisation is one of these."""
    return getattr(document, "organisation_id", None) in organisations


def note(
    request: HttpRequest,
    people_list: PeopleList,
    *,
    organisation: BuyerOrganisation | None,
    rows: int,
    subject: str = "",
    is_export: bool = False,
) -> None:
    """Write down that the reader looked at a list of people, or took it away; one statement, none for an empty list."""
    if not rows and not is_export:
        return
    screen = request.resolver_match.view_name if request.resolver_match else ""
    note_look(
        people_list=people_list,
        organisation=organisation,
        rows=rows,
        subject=subject,
        is_export=is_export,
        screen=screen,
        by=request.user if request.user.is_authenticated else None,
        at=timezone.now(),
    )

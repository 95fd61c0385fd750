"""Whose listing or order is it: everything is found through the vendors the reader acts for."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from marketplace.parties.models import Vendor

from ..people.selectors import vendors_of


def own_vendors(request: HttpRequest) -> list[Vendor]:
    """The vendors the reader acts for; 404 when there is none."""
    vendors = vendors_of(request.user)
    if not vendors:
        raise Http404
    return vendors


def own(request: HttpRequest, documents: QuerySet[Any], **lookup: Any) -> Any:
    """The document (with a ``vendor``), when the reader acts for it; 404 otherwise."""
    return get_object_or_404(documents.filter(vendor__in=own_vendors(request)), **lookup)

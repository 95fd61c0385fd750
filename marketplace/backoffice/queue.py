"""The queue of listings in review, with age and deadline; and the small edits that were published at once, to be looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import BigIntegerField, CharField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images import get_image_model
from wagtail.models import WorkflowState

from ..catalogue import actions
from ..catalogue.decisions import AfterLook
from ..catalogue.delistings import ReEntry
from ..catalogue.differences import Difference, differences, path_label, remembered
from ..catalogue.models import Category, Listing
from ..conf import setting
from ..errors import Refused
from .scope import Scope, scope_for

PER_PAGE = 25
SORTS = [
    ("first", gettext_lazy("never published")),
    ("second", gettext_lazy("a risky change")),
    ("reentry", gettext_lazy("wants to come back")),
    ("late", gettext_lazy("past its deadline")),
]


def waiting(scope: Scope) -> QuerySet[Listing]:
    """Listings in review, the longest waiting first, with ``submitted_at`` and whether they want to come back."""
    in_progress = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Listing), status=WorkflowState.STATUS_IN_PROGRESS
    )
    states = in_progress.filter(object_id=Cast(OuterRef("pk"), CharField()))
    asks = ReEntry.objects.filter(delisting__listing=OuterRef("pk"), answered_at=None)
    rows = scope.listings().annotate(submitted_at=Subquery(states.values("created_at")[:1]), wants_back=Exists(asks))
    few = in_progress.values(
        key=Cast("object_id", BigIntegerField())
    )  # of all listings: the others are not looked into
    return rows.filter(pk__in=few).order_by("submitted_at", "pk")


def deadline(submitted_at: datetime) -> datetime:
    """Until when an officer ought to have answered."""
    return submitted_at + timedelta(days=setting("DAYS_TO_REVIEW"))


class QueueFilter(filters.FilterSet):
    """By words (title, vendor), category and why it is in the queue."""

    q = filters.CharFilter(method="by_words", label=gettext_lazy("Search"))
    category = filters.ModelChoiceFilter(
        field_name="product__category", queryset=Category.objects.all(), label=gettext_lazy("Category"),
        empty_label=gettext_lazy("all"),
    )  # fmt: skip
    sort = filters.ChoiceFilter(
        choices=SORTS, method="by_sort", label=gettext_lazy("Why it waits"), empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Listing
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        return rows.filter(Q(title__icontains=value) | Q(vendor__name__icontains=value))

    def by_sort(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        late = timezone.now() - timedelta(days=setting("DAYS_TO_REVIEW"))
        wanted = {
            "first": Q(first_published_at=None),
            "second": Q(live=True),
            "reentry": Q(wants_back=True),
            "late": Q(submitted_at__lt=late),
        }
        return rows.filter(wanted[value])


def queue(request: HttpRequest) -> HttpResponse:
    """What waits for a review, filtered; its statements do not grow with its rows."""
    scope, now = scope_for(request), timezone.now()
    found = QueueFilter(request.GET, queryset=waiting(scope).select_related("vendor", "product__category"))
    rows = found.qs if found.form.is_valid() else found.queryset.none()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    looks = AfterLook.objects.filter(listing__in=scope.listings(), looked_at=None)
    context = {
        "form": found.form,
        "page_obj": page,
        "rows": [
            (row, (now - row.submitted_at).days, deadline(row.submitted_at), deadline(row.submitted_at) < now)
            for row in page
        ],
        "looks": looks.count(),
    }
    return render(request, "marketplace/backoffice/queue.html", context)


def next_in_queue(scope: Scope, after: Listing) -> Listing | None:
    """The listing that has waited longest, beside the one just decided."""
    return waiting(scope).exclude(pk=after.pk).first()


def with_images(changes: list[Difference]) -> list[tuple[Difference, Any, Any]]:
    """Each difference with its old and new picture, if it is about one; one statement."""
    wanted = {pk for row in changes for pk in (row.old_image, row.new_image) if pk}
    images = get_image_model().objects.in_bulk(wanted) if wanted else {}
    return [(row, images.get(row.old_image), images.get(row.new_image)) for row in changes]


def after_looks(request: HttpRequest) -> HttpResponse:
    """Small edits that were published at once and nobody has looked at, the oldest first."""
    rows = AfterLook.objects.filter(listing__in=scope_for(request).listings(), looked_at=None)
    rows = rows.select_related("listing__vendor", "published_by").order_by("published_at", "pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(row, "、".join(path_label(path) for path in row.changed)) for row in page],
    }
    return render(request, "marketplace/backoffice/after_looks.html", context)


def after_look(request: HttpRequest, pk: int) -> HttpResponse:
    """One small edit, old and new beside each other; POST says it was looked at and goes on to the next."""
    scope = scope_for(request)
    rows = AfterLook.objects.filter(listing__in=scope.listings())
    look = get_object_or_404(rows.select_related("listing__vendor__home", "before", "after", "published_by"), pk=pk)
    if request.method == "POST":
        return _looked(request, scope, look)
    context = {
        "look": look,
        "changes": with_images(differences(remembered(look.before), remembered(look.after))),
        "may_decide": scope.own_listings().filter(pk=look.listing_id).exists(),
    }
    return render(request, "marketplace/backoffice/after_look.html", context)


def _looked(request: HttpRequest, scope: Scope, look: AfterLook) -> HttpResponse:
    try:
        actions.look_after(look=look, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:after_look", look.pk)
    messages.success(request, _("The edit of “%(listing)s” is looked at.") % {"listing": look.listing.title})
    rest = AfterLook.objects.filter(listing__in=scope.listings(), looked_at=None).order_by("published_at", "pk")
    if (following := rest.first()) is not None:
        return redirect("marketplace_backoffice:after_look", following.pk)
    return redirect("marketplace_backoffice:after_looks")

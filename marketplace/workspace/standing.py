"""An organisation among others: its upper union, its subordinates' progress, its names and what it grew out of."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..allowances.actions import declare_share
from ..allowances.selectors import reserved_shares
from ..parties import naming, tree
from ..parties.actions import office_day
from ..parties.changes import Subordination
from ..parties.models import BuyerOrganisation, Role
from ..purchase.progress import progress_below
from .access import own_organisation
from .answers import answer_form, attempt
from .standing_forms import NameForm, ShareForm, UpperForm


def _page(slug: str) -> str:
    return reverse("marketplace:unions", args=[slug])


@login_required
def unions(request: HttpRequest, slug: str) -> HttpResponse:
    """The upper union, who asks to stand below, and how far those below have come: totals, never members."""
    return _unions(request, own_organisation(request, slug))


def _unions(request: HttpRequest, organisation: BuyerOrganisation, **forms: Any) -> HttpResponse:
    today = office_day(timezone.now())
    ties = Subordination.objects.filter(ended_at=None).select_related("lower", "upper")
    rows = progress_below(organisation, today=today)
    context = {
        "organisation": organisation,
        "tie": ties.filter(lower=organisation).first(),
        "asking": ties.filter(upper=organisation, agreed_at=None),
        "rows": rows,
        "below": {tie.lower_id: tie for tie in ties.filter(upper=organisation, agreed_at__isnull=False)},
        "year": today.year,
        "share": reserved_shares([organisation.pk], today.year).get(organisation.pk),
        "upper_form": UpperForm(initial={"begins_on": today}),
        "share_form": ShareForm(initial={"year": today.year}),
        "is_administrator": Role.ADMINISTRATOR in organisation.roles,
        **forms,
    }
    return render(request, "marketplace/workspace/unions.html", context)


@login_required
@require_POST
def ask_upper(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask an upper union."""
    organisation = own_organisation(request, slug)
    form = UpperForm(request.POST)
    return answer_form(
        request,
        form,
        lambda cleaned: tree.ask_upper(organisation=organisation, by=request.user, at=timezone.now(), **cleaned),
        done=_("The union is asked. It sees your totals once its administrator agrees."),
        to=lambda made: _page(slug),
        again=lambda: _unions(request, organisation, upper_form=form),
    )


@login_required
@require_POST
def answer_upper(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Agree to what was asked, or end it, from either side."""
    organisation = own_organisation(request, slug)
    rows = Subordination.objects.select_related("lower", "upper")
    tie = get_object_or_404(rows, Q(lower=organisation) | Q(upper=organisation), pk=pk)
    step = tree.agree_to_upper if request.POST.get("decision") == "agree" else tree.end_upper
    return attempt(
        request,
        lambda: step(subordination=tie, by=request.user, at=timezone.now()),
        done=_("The change holds from now on."),
        to=_page(slug),
    )


@login_required
@require_POST
def set_share(request: HttpRequest, slug: str) -> HttpResponse:
    """Declare the year's reserved share."""
    organisation = own_organisation(request, slug)
    form = ShareForm(request.POST)
    return answer_form(
        request,
        form,
        lambda cleaned: declare_share(organisation=organisation, by=request.user, at=timezone.now(), **cleaned),
        done=_("The reserved share is kept."),
        to=lambda made: _page(slug),
        again=lambda: _unions(request, organisation, share_form=form),
    )


@login_required
def names(request: HttpRequest, slug: str) -> HttpResponse:
    """Every name with its days, the form for another one, and the organisations that went over into this one."""
    organisation = own_organisation(request, slug)
    present = {part: getattr(organisation, part) for part in naming.PARTS}
    form = NameForm(request.POST or None, initial={**present, "valid_from": office_day(timezone.now())})

    def again() -> HttpResponse:
        context = {
            "organisation": organisation,
            "form": form,
            "names": organisation.names.all(),
            "former": organisation.former.all(),
            "is_administrator": Role.ADMINISTRATOR in organisation.roles,
        }
        return render(request, "marketplace/workspace/names.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: naming.rename(organisation=organisation, by=request.user, at=timezone.now(), **cleaned),
        done=_("The name is recorded. Papers written before keep the name they had."),
        to=lambda made: reverse("marketplace:names", args=[slug]),
        again=again,
    )

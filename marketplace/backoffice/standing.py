"""Officers and the operator see to organisations that change: names, upper unions, mergers, and lost accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..errors import Refused
from ..impact import selectors as impact
from ..parties import naming, recovery, tree
from ..parties.actions import office_day
from ..parties.changes import AccountRecovery, Merger, Subordination
from ..parties.forms import CreditCodeField
from ..parties.models import BuyerOrganisation
from ..parties.selectors import called, family, named
from ..purchase.merge import confirm_merger, propose_merger, under_way, withdraw_merger
from .scope import Scope, scope_for


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class RenameForm(forms.Form):
    """Another name, code or fapiao title, from a day."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=120)
    social_credit_code = CreditCodeField()
    fapiao_title = forms.CharField(label=gettext_lazy("fapiao title"), max_length=120)
    valid_from = _day(label=gettext_lazy("valid from"))
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300)


class OtherForm(forms.Form):
    """Another organisation, by its exact present or former name, and a day."""

    other = forms.CharField(label=gettext_lazy("full name of the other organisation"), max_length=120)
    day = _day(label=gettext_lazy("from"))

    def clean_other(self) -> BuyerOrganisation:
        found = called(self.cleaned_data["other"].strip())
        if found is None:
            raise forms.ValidationError(_("No organisation has exactly this name. Ask its clerk for it."))
        return found


class MergerForm(OtherForm):
    """Into which organisation, from which day, and why."""

    reason = forms.CharField(label=gettext_lazy("reason"), max_length=300)


def organisations_in(scope: Scope) -> QuerySet[BuyerOrganisation]:
    """The organisations whose changes the reader sees to: those of their county; for the operator all."""
    rows = BuyerOrganisation.objects.exclude(kind=BuyerOrganisation.Kind.INDIVIDUAL).select_related("region")
    if scope.everything:
        return rows
    mine = rows.none()
    for county in scope.counties:
        mine = mine | rows.filter(region__code__startswith=county)
    return mine


def _own(request: HttpRequest, slug: str) -> BuyerOrganisation:
    return get_object_or_404(organisations_in(scope_for(request)), slug=slug)


def changes(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and the organisations, found by their present and former names."""
    return _changes(request)


def _changes(request: HttpRequest, link: str = "", link_for: str = "") -> HttpResponse:
    mine = organisations_in(scope_for(request))
    words = request.GET.get("q", "").strip()
    found = mine.filter(pk__in=named(words).values("pk")) if words else mine
    waiting = AccountRecovery.objects.filter(organisation__in=mine, confirmed_at=None, closed_at=None)
    mergers = Merger.objects.filter(absorbed__in=mine, withdrawn_at=None, done_at=None)
    context = {
        "link": link,
        "link_for": link_for,
        "q": words,
        "page_obj": Paginator(found.select_related("merged_into").order_by("name"), 30).get_page(
            request.GET.get("page")
        ),
        "recoveries": waiting.select_related("person", "organisation", "asked_by"),
        "mergers": mergers.select_related("absorbed", "into", "proposed_by"),
    }
    return render(request, "marketplace/backoffice/changes.html", context)


def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation with its names, ties, mergers and totals."""
    return _organisation(request, _own(request, slug))


def _organisation(request: HttpRequest, found: BuyerOrganisation, **forms_given: Any) -> HttpResponse:
    today = office_day(timezone.now())
    present = {part: getattr(found, part) for part in naming.PARTS}
    former = [str(pk) for pk in family(found)[1:]]
    context = {
        "organisation": found,
        "names": found.names.all(),
        "tie": found.uppers.filter(ended_at=None).select_related("upper").first(),
        "former": found.former.all(),
        "figures": impact.figures_of("buyer", str(found.pk)),
        "together": impact.figures_of_all("buyer", [str(found.pk), *former]) if former else None,
        "merger": Merger.objects.filter(absorbed=found, withdrawn_at=None)
        .select_related("into", "proposed_by", "confirmed_by")
        .first(),
        "under_way": under_way(found)[:10] if found.merged_into_id is None else [],
        "rename_form": RenameForm(initial={**present, "valid_from": today}, prefix="name"),
        "upper_form": OtherForm(initial={"day": today}, prefix="upper"),
        "merger_form": MergerForm(initial={"day": today}, prefix="merger"),
        **forms_given,
    }
    return render(request, "marketplace/backoffice/organisation.html", context)


def _step(
    request: HttpRequest, found: BuyerOrganisation, which: str, form: Any, step: Callable[[dict[str, Any]], Any]
) -> HttpResponse:
    if form.is_valid():
        try:
            step(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The change is recorded."))
            return redirect("marketplace_backoffice:organisation", found.slug)
    response = _organisation(request, found, **{which: form})
    response.status_code = 422
    return response


@require_POST
def rename(request: HttpRequest, slug: str) -> HttpResponse:
    """Record another name. For the operator."""
    found = _own(request, slug)
    form = RenameForm(request.POST, prefix="name")
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    return _step(
        request, found, "rename_form", form, lambda cleaned: naming.rename(organisation=found, **cleaned, **who)
    )


@require_POST
def set_upper(request: HttpRequest, slug: str) -> HttpResponse:
    """Put an organisation under an upper union, or end that. For the operator."""
    found = _own(request, slug)
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    form = OtherForm(request.POST, prefix="upper")
    if "end" in request.POST:
        tie = get_object_or_404(Subordination, lower=found, ended_at=None)
        return _attempt(request, lambda: tree.end_upper(subordination=tie, **who), found.slug)
    return _step(
        request,
        found,
        "upper_form",
        form,
        lambda cleaned: tree.set_upper(organisation=found, upper=cleaned["other"], begins_on=cleaned["day"], **who),
    )


@require_POST
def merge_into(request: HttpRequest, slug: str) -> HttpResponse:
    """Propose that an organisation goes over into another."""
    found = _own(request, slug)
    form = MergerForm(request.POST, prefix="merger")
    return _step(
        request,
        found,
        "merger_form",
        form,
        lambda cleaned: propose_merger(
            absorbed=found,
            into=cleaned["other"],
            takes_effect_on=cleaned["day"],
            reason=cleaned["reason"],
            by=request.user,
            at=timezone.now(),
        ),
    )


@require_POST
def decide_merger(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a merger as the second person, or withdraw it."""
    rows = Merger.objects.filter(absorbed__in=organisations_in(scope_for(request)))
    merger = get_object_or_404(rows.select_related("absorbed", "into"), pk=pk)
    step = confirm_merger if request.POST.get("decision") == "confirm" else withdraw_merger
    return _attempt(request, lambda: step(merger=merger, by=request.user, at=timezone.now()), merger.absorbed.slug)


def _attempt(request: HttpRequest, step: Callable[[], Any], slug: str) -> HttpResponse:
    try:
        step()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision is recorded."))
    return redirect("marketplace_backoffice:organisation", slug)


@require_POST
def decide_recovery(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm having checked who somebody is, and see their one-time link this once; or refuse."""
    rows = AccountRecovery.objects.filter(organisation__in=organisations_in(scope_for(request)))
    row = get_object_or_404(rows.select_related("person", "organisation__region"), pk=pk)
    who: dict[str, Any] = {"by": request.user, "at": timezone.now()}
    try:
        if request.POST.get("decision") == "confirm":
            check = request.POST.get("identity_check", "")
            made, token = recovery.confirm_recovery(recovery=row, identity_check=check, **who)
        else:
            recovery.close_recovery(recovery=row, **who)
            messages.success(request, _("The decision is recorded."))
            return redirect("marketplace_backoffice:changes")
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("marketplace_backoffice:changes")
    link = request.build_absolute_uri(reverse("marketplace:recover", args=[token]))
    return _changes(request, link, str(made.person.get_full_name() or made.person.get_username()))

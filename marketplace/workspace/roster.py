"""The roll: list, template, upload, preview row by row, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..parties import actions
from ..parties.models import PeopleList, Role, RosterImport
from ..parties.reasons import ROW
from ..sheets import workbook_response
from .access import note, own_organisation, with_roles
from .answers import answer_form, attempt
from .forms import RosterForm

TEMPLATE_HEAD = ["姓名", "部门", "工号", "手机", "入会日期"]
TEMPLATE_ROWS = [
    ["示例甲", "办公室", "A001", "13800000001", "2020-09-01"],
    ["示例乙", "财务科", "A002", "", "2023-03-15"],
]


@login_required
def roll(request: HttpRequest, slug: str) -> HttpResponse:
    """The members on the roll, and the form to upload a roster."""
    organisation = own_organisation(request, slug)
    form = RosterForm(request.POST or None, request.FILES or None, by=request.user)

    def again() -> HttpResponse:
        people = organisation.members.on_roll(actions.office_day(timezone.now()))
        if words := request.GET.get("q", "").strip():
            people = people.filter(name__icontains=words) | people.filter(department__icontains=words)
        page = Paginator(people, 50).get_page(request.GET.get("page"))
        note(request, PeopleList.ROLL, organisation=organisation, rows=len(page.object_list))
        context = {
            "organisation": organisation,
            "form": form,
            "page_obj": page,
            "q": request.GET.get("q", ""),
            "is_administrator": Role.ADMINISTRATOR in organisation.roles,
            "waiting": organisation.roster_imports.filter(applied_at=None).order_by("-uploaded_at").first(),
        }
        return render(request, "marketplace/workspace/roll.html", context)

    def step(cleaned: dict[str, Any]) -> RosterImport:
        return actions.upload_roster(
            organisation=organisation,
            roster=cleaned["file"],
            is_complete=cleaned["is_complete"],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        step,
        done=_("The file was read. Nothing has changed yet: look at each row, then confirm."),
        to=lambda made: reverse("marketplace:roster_import", args=[slug, made.pk]),
        again=again,
    )


@login_required
def roster_template(request: HttpRequest, slug: str) -> HttpResponse:
    """The template office people fill in."""
    own_organisation(request, slug)
    return workbook_response("会员名册模板.xlsx", "会员名册", TEMPLATE_HEAD, TEMPLATE_ROWS)


@login_required
def roster_import(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Preview one import row by row; POST applies exactly what was shown."""
    organisation = own_organisation(request, slug)
    document = get_object_or_404(RosterImport.objects.select_related("organisation"), pk=pk, organisation=organisation)
    with_roles(request, document.organisation)
    if request.method == "POST":
        return attempt(
            request,
            lambda: actions.apply_roster(
                roster_import=document, digest=request.POST.get("digest", ""), by=request.user, at=timezone.now()
            ),
            done=_("The roll is up to date."),
            to=request.path,
        )
    plan = actions.roster_plan(document, at=timezone.now())
    rows = [(change, ROW.get(change.problem, "")) for change in plan.changes]
    page = Paginator(rows, 200).get_page(request.GET.get("page"))
    note(
        request,
        PeopleList.ROSTER_PREVIEW,
        organisation=organisation,
        rows=len(page.object_list),
        subject=document.filename,
    )
    context = {"organisation": organisation, "document": document, "plan": plan, "page_obj": page}
    return render(request, "marketplace/workspace/roster_import.html", context)

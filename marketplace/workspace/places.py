"""Delivery points one by one, departments, members of the roll who leave, and who collects where."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..fields import whole_number
from ..grouporders import taking_part
from ..grouporders.models import GroupOrder
from ..grouporders.selectors import points_of, still_held
from ..orders.delivering import split_over_points
from ..orders.models import Requisition
from ..parties import places
from ..parties.actions import office_day
from ..parties.models import DeliveryPoint, PeopleList
from ..parties.places import MAY_CHANGE_PLACES
from ..programme.selectors import delivery_places
from ..purchase import staff
from .access import note, own_document, own_organisation
from .answers import answer_form, attempt, only_whole_numbers
from .forms import DeliveryPointForm, QuantitiesForm
from .standing_forms import DepartmentsForm, LeaverForm

PARTS = ("name", "address", "contact_name", "phone", "opening_hours", "unloading_note", "region")


@login_required
def delivery_point(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change one place; orders keep what they were placed with."""
    organisation = own_organisation(request, slug)
    point = get_object_or_404(organisation.delivery_points, pk=pk)
    form = DeliveryPointForm(
        request.POST or None,
        organisation=organisation,
        places=delivery_places(organisation.county_code, office_day(timezone.now())),
        initial={part: getattr(point, part) for part in PARTS},
    )

    def again() -> HttpResponse:
        context = {"organisation": organisation, "point": point, "form": form}
        return render(request, "marketplace/workspace/delivery_point.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: places.change_delivery_point(point=point, by=request.user, at=timezone.now(), **cleaned),
        done=_("The place is changed. Orders placed before keep what they were placed with."),
        to=lambda made: reverse("marketplace:delivery_points", args=[slug]),
        again=again,
    )


@login_required
@require_POST
def use_point(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Use a place by default, or no longer."""
    organisation = own_organisation(request, slug)
    point = get_object_or_404(organisation.delivery_points, pk=pk)
    step = places.end_delivery_point if request.POST.get("decision") == "end" else places.make_default_point
    return attempt(
        request,
        lambda: step(point=point, by=request.user, at=timezone.now()),
        done=_("The change holds from now on."),
        to=reverse("marketplace:delivery_points", args=[slug]),
    )


@login_required
def departments(request: HttpRequest, slug: str) -> HttpResponse:
    """The departments in their order, each with its name and place."""
    organisation = own_organisation(request, slug)
    rows = list(organisation.departments.all())
    points = list(organisation.delivery_points.in_use())
    form = DepartmentsForm(request.POST or None, departments=rows, points=points)

    def again() -> HttpResponse:
        may_change = bool({"organiser", "administrator"} & organisation.roles)
        context = {"organisation": organisation, "form": form, "rows": form.rows(), "may_change": may_change}
        return render(request, "marketplace/workspace/departments.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: places.arrange_departments(
            organisation=organisation, rows=form.wanted(), by=request.user, at=timezone.now()
        ),
        done=_("The departments are arranged; lists follow their order from now on."),
        to=lambda made: reverse("marketplace:departments", args=[slug]),
        again=again,
    )


@login_required
def member(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One member of the roll: what is held and ordered for them, and leaving the roll."""
    organisation = own_organisation(request, slug)
    found = get_object_or_404(organisation.members.select_related("organisation"), pk=pk)
    today = office_day(timezone.now())
    form = LeaverForm(request.POST or None, initial={"left_on": today})

    def again() -> HttpResponse:
        note(request, PeopleList.MEMBER, organisation=organisation, rows=1)
        context = {
            "organisation": organisation,
            "member": found,
            "is_on_roll": found.is_on_roll(today),
            "held": still_held(organisation, found),
            "allowances": staff.allowances_of(found),
            "form": form,
            "may_change": bool({"organiser", "administrator"} & organisation.roles),
            "may_see_all": "administrator" in organisation.roles,
        }
        return render(request, "marketplace/workspace/member.html", context)

    if request.method != "POST":
        return again()
    return answer_form(
        request,
        form,
        lambda cleaned: staff.take_off_roll(member=found, by=request.user, at=timezone.now(), **cleaned),
        done=_("Off the roll. What was ordered stays theirs; take them out of open group orders below."),
        to=lambda made: reverse("marketplace:member", args=[slug, pk]),
        again=again,
    )


GROUP_ORDERS = GroupOrder.objects.select_related("organisation__region", "delivery_point")


@login_required
@require_POST
def remove_participant(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take a member out of an open group order."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    participant = get_object_or_404(group_order.participants, pk=pk)
    return attempt(
        request,
        lambda: taking_part.remove_participant(
            participant=participant, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now()
        ),
        done=_("Taken out of the group order; what was held is given back."),
        to=reverse("marketplace:group_order", args=[reference]),
    )


@login_required
@require_POST
def set_point(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Where a member collects."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    participant = get_object_or_404(group_order.participants, pk=pk)
    chosen = whole_number(request.POST.get("point", ""))
    point = next((row for row in points_of(group_order) if row.pk == chosen), group_order.delivery_point)
    return attempt(
        request,
        lambda: taking_part.set_point(
            participant=participant, delivery_point=point, by=request.user, at=timezone.now()
        ),
        done=_("The place to collect is kept."),
        to=reverse("marketplace:choose_for", args=[reference, pk]),
    )


@login_required
def requisition_points(request: HttpRequest, reference: str) -> HttpResponse:
    """Share a direct requisition's lines out over several places."""
    rows = Requisition.objects.select_related("organisation__region", "delivery_point", "group_order")
    requisition = own_document(request, rows, reference=reference)
    lines = list(requisition.lines.select_related("pack__listing").prefetch_related("shares"))
    points = list(requisition.organisation.delivery_points.in_use())
    typed = request.POST if request.method == "POST" else None
    forms = [
        (
            line,
            QuantitiesForm(
                typed, keys=[p.pk for p in points], prefix=f"l{line.pk}p", initial=_shared(line, requisition)
            ),
        )
        for line in lines
    ]
    head = QuantitiesForm(typed, keys=[])

    def again() -> HttpResponse:
        context = {
            "requisition": requisition,
            "organisation": requisition.organisation,
            "points": points,
            "rows": [(line, [(p, form[f"l{line.pk}p{p.pk}"]) for p in points]) for line, form in forms],
            "form": head,
        }
        return render(request, "marketplace/workspace/requisition_points.html", context)

    def step(cleaned: dict[str, Any]) -> Requisition:
        shares = {line.pk: form.quantities() for line, form in forms}
        return split_over_points(requisition=requisition, shares=shares, by=request.user, at=timezone.now())

    if request.method != "POST":
        return again()
    only_whole_numbers(head, [form for _line, form in forms])
    return answer_form(
        request,
        head,
        step,
        done=_("The quantities for each place are kept."),
        to=lambda made: reverse("marketplace:requisition", args=[reference]),
        again=again,
    )


def _shared(line: Any, requisition: Requisition) -> dict[str, int]:
    shares = {share.delivery_point_id: share.quantity for share in line.shares.all()}
    shares = shares or {requisition.delivery_point_id: line.quantity}
    return {f"l{line.pk}p{point}": quantity for point, quantity in shares.items()}


def may_change_places(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may add and change places."""
    return bool({str(role) for role in MAY_CHANGE_PLACES} & roles)


def in_use(points: Any) -> tuple[list[DeliveryPoint], list[DeliveryPoint]]:
    """The places used, the default first, and those used no longer."""
    rows = sorted(points, key=lambda row: (not row.is_default, row.pk))
    return [row for row in rows if row.ended_on is None], [row for row in rows if row.ended_on is not None]

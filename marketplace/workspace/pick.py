"""The member's way: a personal link, no account, no JavaScript, one page to choose on.

The link's token is exchanged for a signed cookie that reaches this path only;
opening a link changes nothing, because chat programs fetch previews.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ..conf import currency
from ..errors import Refused
from ..fields import whole_number
from ..fulfilment.moving import names_now
from ..fulfilment.vouchering import code_for_holder, with_codes
from ..fulfilment.vouchers import Voucher
from ..grouporders import actions, selectors
from ..grouporders.models import GroupOrder, Participant
from ..grouporders.taking_part import set_point
from ..money import total
from ..orders.selectors import freight_shares
from ..parties.actions import office_day
from ..parties.models import DeliveryPoint
from .answers import refused
from .forms import QuantitiesForm
from .vouchers import Row, row_of, sheet_of

COOKIE = "jiedui_pick"
DAYS = 60


def private(response: HttpResponse) -> HttpResponse:
    """The answer with what a page of one member says to browsers and robots."""
    # Not "no-referrer": under it a browser sends "Origin: null" with a form, and the CSRF check refuses the choice.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
def pick_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take a personal link in and go to the page it opens; an invalid one is explained."""
    if selectors.participant_by_token(token, timezone.now()) is None:
        return gone(request)
    response = redirect("marketplace:pick")
    response.set_signed_cookie(
        COOKIE,
        token,
        max_age=DAYS * 24 * 3600,
        path=reverse("marketplace:pick"),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return private(response)


def gone(request: HttpRequest) -> HttpResponse:
    """The page that explains a link which no longer works."""
    return private(render(request, "marketplace/workspace/link_gone.html", status=404))


def participant_of(request: HttpRequest) -> Participant | None:
    """Whose page it is, by the cookie that a personal link was exchanged for."""
    token = request.get_signed_cookie(COOKIE, "")
    return selectors.participant_by_token(token, timezone.now()) if token else None


@never_cache
def pick(request: HttpRequest) -> HttpResponse:
    """Choose within the allowance, until the group order closes."""
    participant = participant_of(request)
    if participant is None:
        return gone(request)
    current = selectors.current_choice(participant)
    own = {line.pack_id: line.quantity for line in current.lines.all()} if current else {}
    views = selectors.offer_views(participant.group_order, own)
    keys = [view.offer.pack_id for view in views]
    form = QuantitiesForm(_posted(request, participant), keys=keys, initial={f"q{pk}": n for pk, n in own.items()})
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, participant, form.quantities())
        except Refused as refusal:
            refused(form, refusal)
        else:
            messages.success(request, _("Your choice is kept. You can change it until the closing time."))
            return private(redirect("marketplace:pick"))
    return _page(request, participant, views, form, own)


@transaction.atomic
def _keep(request: HttpRequest, participant: Participant, quantities: dict[int, int]) -> None:
    """The choice, and where it is collected when that was asked."""
    now = timezone.now()
    chosen = whole_number(request.POST.get("point", ""))
    if chosen is not None and chosen != (participant.delivery_point_id or participant.group_order.delivery_point_id):
        point = get_object_or_404(participant.group_order.organisation.delivery_points, pk=chosen)
        set_point(participant=participant, delivery_point=point, at=now)
    actions.choose(participant=participant, quantities=quantities, at=now)


@never_cache
def show_voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """A member's voucher; pressing the button shows a code, this once, and ends the one that was out before."""
    participant = participant_of(request)
    if participant is None:
        return gone(request)
    rows = with_codes(Voucher.objects.filter(participant=participant, voided_at=None)).select_related("line__order")
    voucher = get_object_or_404(rows.select_related("line__session"), pk=pk)
    sheet = None
    if request.method == "POST":
        try:
            found, code = code_for_holder(voucher=voucher, participant=participant, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            sheet = sheet_of(request, found, code)
    row = row_of(voucher, office_day(timezone.now()))
    context = {"participant": participant, "group_order": participant.group_order, "row": row, "sheet": sheet}
    return private(render(request, "marketplace/workspace/member_voucher.html", context))


def _vouchers(participant: Participant) -> list[Row]:
    """The member's vouchers as they stand today, void ones left out."""
    rows = with_codes(Voucher.objects.filter(participant=participant, voided_at=None)).select_related("line__order")
    return [row_of(voucher, office_day(timezone.now())) for voucher in rows.order_by("valid_until", "pk")]


def _posted(request: HttpRequest, participant: Participant) -> Any:
    """The form's data; pressing the package's button fills the quantities with the package."""
    if request.method != "POST":
        return None
    package = getattr(participant.group_order, "package", None)
    if "package" not in request.POST or package is None:
        return request.POST
    return {f"q{pk}": quantity for pk, quantity in package.items.values_list("offer__pack_id", "quantity")}


def _points(group_order: GroupOrder) -> list[DeliveryPoint]:
    """The places to choose from; none where there is nothing to choose."""
    return selectors.points_of(group_order) if group_order.members_choose_point else []


def _page(request: HttpRequest, participant: Participant, views: Any, form: QuantitiesForm, own: Any) -> HttpResponse:
    group_order = participant.group_order
    package = getattr(group_order, "package", None)
    items = list(package.items.select_related("offer__pack__listing")) if package else []
    context = {
        "participant": participant,
        "group_order": group_order,
        "allowance": participant.allowance,
        "form": form,
        "rows": [(view, form[f"q{view.offer.pack_id}"]) for view in views],
        "has_chosen": bool(own),
        "is_open": group_order.accepts_members_at(timezone.now()),
        "is_before": group_order.state == "open" and timezone.now() < group_order.opens_at,
        "share": freight_shares(group_order).get(participant.pk) if group_order.state == "closed" else None,
        "vouchers": _vouchers(participant) if group_order.state == "closed" else [],
        "moved": names_now(group_order).values() if group_order.state == "closed" else [],
        "points": _points(group_order),
        "point_pk": participant.delivery_point_id or group_order.delivery_point_id,
        "package": package,
        "package_items": items,
        "package_price": total((item.offer.unit_price * item.quantity for item in items), currency()),
    }
    response = render(request, "marketplace/workspace/pick.html", context)
    response.status_code = 422 if form.is_bound and form.errors else 200
    return private(response)

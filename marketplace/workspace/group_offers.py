"""What a group order offers: the packs on sale by words and page, each page saving its own ticks; one more from its page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..catalogue.finding import matching, synonyms
from ..catalogue.models import Listing, Pack
from ..fields import whole_number
from ..grouporders import actions
from ..grouporders.models import GroupOrder
from ..parties.actions import office_day
from .access import own_document
from .answers import answer_form, attempt
from .forms import OffersForm
from .grouporders import GROUP_ORDERS, board_of

PACKS_A_PAGE = 30


@login_required
def offers(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose the packs members may pick from, and one optional package. Each page decides about the packs it shows."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    page = _page(request, group_order)
    packs = list(page) if request.method != "POST" else _shown(request, group_order)
    form = OffersForm(request.POST or None, packs=packs, initial=_offered(group_order))

    def again() -> HttpResponse:
        context = {
            "form": form,
            "rows": form.rows(),
            "page_obj": page,
            "words": _words(request),
            "only_offered": _only_offered(request),
            "offered": group_order.offers.count(),
            "group_order": group_order,
            "organisation": group_order.organisation,
        }
        return render(request, "marketplace/workspace/group_order_offers.html", context)

    def step(cleaned: dict[str, Any]) -> GroupOrder:
        offered, package = form.chosen()
        return actions.set_offers(
            group_order=group_order,
            packs=offered,
            package_name=cleaned["package_name"],
            package=package,
            shown=[pack.pk for pack in packs],
            by=request.user,
            at=timezone.now(),
        )

    if request.method != "POST":
        return again()
    to = _next_address(request, group_order)
    return answer_form(request, form, step, done=_("The offer is saved."), to=lambda made: to, again=again)


def _words(request: HttpRequest) -> str:
    return (request.POST if request.method == "POST" else request.GET).get("q", "").strip()[:100]


def _only_offered(request: HttpRequest) -> bool:
    return bool((request.POST if request.method == "POST" else request.GET).get("offered"))


def _page(request: HttpRequest, group_order: GroupOrder) -> Page[Pack]:
    number = (request.POST if request.method == "POST" else request.GET).get("page")
    packs = _selectable(group_order)
    if words := _words(request):
        packs = packs.filter(listing__in=matching(Listing.objects.all(), words, synonyms()).values("pk"))
    if _only_offered(request):
        packs = packs.filter(pk__in=group_order.offers.values("pack_id"))
    return Paginator(packs, PACKS_A_PAGE).get_page(number)


def _shown(request: HttpRequest, group_order: GroupOrder) -> list[Pack]:
    """The packs that stood on the page when it was filled in, whatever has come or gone since."""
    keys = [key for key in map(whole_number, request.POST.getlist("shown")) if key is not None]
    return list(_selectable(group_order).filter(pk__in=keys))


def _selectable(group_order: GroupOrder) -> QuerySet[Pack]:
    """What is on sale when the group order closes, and what is offered already, so that it can be taken out."""
    month = office_day(group_order.closes_at).month
    listings = Listing.objects.published().in_season(month).in_stock()
    on_sale = Q(listing__in=listings.values("pk"), is_offered=True)
    return (
        Pack.objects.filter(on_sale | Q(pk__in=group_order.offers.values("pack_id")))
        .exclude(session=None, listing__is_by_session=True)  # chosen by their session
        .exclude(session__capacity__is_closed=True)
        .select_related("listing__vendor", "listing__origin__parent", "listing__cover", "stock__capacity", "session")
        .prefetch_related("tiers", "listing__cover__renditions")
        .order_by("listing__product__category__position", "listing_id", "session__starts_on", "sort_order", "pk")
    )


def _offered(group_order: GroupOrder) -> dict[str, Any]:
    initial: dict[str, Any] = {f"offer_{pk}": True for pk in group_order.offers.values_list("pack_id", flat=True)}
    package = getattr(group_order, "package", None)
    if package:
        initial["package_name"] = package.name
        items = package.items.values_list("offer__pack_id", "quantity")
        initial |= {f"package_{pk}": quantity for pk, quantity in items}
    return initial


def _next_address(request: HttpRequest, group_order: GroupOrder) -> str:
    """Where the pressed button leads once the page is saved: a search, another page, or the board."""
    go = request.POST.get("go", "")
    if go != "search" and whole_number(go) is None:
        return board_of(group_order)
    page = {"page": go} if go != "search" else {}
    only = {"offered": "1"} if _only_offered(request) else {}
    address = reverse("marketplace:group_order_offers", args=[group_order.reference])
    return f"{address}?{urlencode({'q': _words(request)} | only | page)}"


@login_required
@require_POST
def add_offer(request: HttpRequest, reference: str) -> HttpResponse:
    """Offer one more pack, from its product page."""
    group_order = own_document(request, GROUP_ORDERS, reference=reference)
    packs = Pack.objects.select_related("listing", "session").filter(
        listing__in=Listing.objects.published(), is_offered=True
    )
    pack = get_object_or_404(packs, pk=whole_number(request.POST.get("pack", "")))
    return attempt(
        request,
        lambda: actions.add_offer(group_order=group_order, pack=pack, by=request.user, at=timezone.now()),
        done=_("“%(pack)s” is offered in “%(title)s”.") % {"pack": pack, "title": group_order.title},
        to=_back_to(request) or board_of(group_order),
    )


def _back_to(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""

"""What everybody may see: a listing, and what the purchases came to. The list stands in ``catalogue``."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext

from ..catalogue.edition import edition
from ..catalogue.models import Stock
from ..catalogue.session_views import SessionView, sessions_to_book
from ..conf import setting, setting_for
from ..files import Kind
from ..grouporders.lifecycle import State as GroupOrderState
from ..grouporders.models import GroupOrder
from ..impact import selectors as impact
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import organisations_where
from ..plots import grouped_bars
from ..programme.models import Campaign
from ..programme.selectors import campaigns_open_on
from . import fragments, linked_data
from .cards import digest, keep
from .conditional import revalidated
from .offers import Offer, PackOffer, pack_offers, published_offer, stocks_of, surroundings
from .published import page_of_campaign

DRAFTS = 10  # group orders being prepared that a page offers


def listing_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One offer with everything there is to tell: two statements when it is kept, and what its reader may do with it."""
    today, shown = office_day(timezone.now()), edition()
    found = keep(shown, f"offer:{slug}:{today}", lambda: published_offer(slug, on=today))
    if found is None:
        raise Http404
    sessions = sessions_to_book(found.listing, today)
    stocks = {} if found.listing.is_by_session else stocks_of(found.listing)
    facts = [
        shown,
        sorted((pk, stock.available, stock.capacity.left if stock.capacity else None) for pk, stock in stocks.items()),
        [row.facts for row in sessions],
    ]

    def make() -> HttpResponse:
        context, reader = _context(request, found, stocks, sessions, today), _reader(request)
        if not any(reader.values()):
            told = digest(json.dumps([facts, fragments.version(fragments.PAGES)], cls=DjangoJSONEncoder))
            piece = keep(shown, f"offer-piece:{slug}:{today}:{told}", lambda: _for_anybody(context))
            context["piece"] = mark_safe(piece)
        return render(request, "marketplace/storefront/listing_detail.html", {**context, **reader})

    return revalidated(request, facts, make=make)


def _context(
    request: HttpRequest, found: Offer, stocks: dict[int, Stock], sessions: list[SessionView], today: date
) -> dict[str, Any]:
    listing, packs = found.listing, pack_offers(found.listing.packs.all(), stocks)
    places = [PackOffer(row.pack, row.left, [], row.least) for s in sessions if s.is_bookable for row in s.packs]
    return {
        "offer": found,
        "packs": packs,
        "sessions": sessions,
        "listing": listing,
        "month": today.month,
        "near": surroundings(listing.origin.code, on=today),
        "takes_orders": listing.takes_orders_on(today),
        "is_early": listing.advance_from is not None and listing.advance_from > today,
        "linked": _linked(found, places if listing.is_by_session else packs, request),
    }


def _for_anybody(context: dict[str, Any]) -> str:
    """The offer as whoever can put it nowhere reads it: rendered without a request, so that nothing of a reader is kept."""
    return render_to_string("marketplace/includes/offer.html", context)


def _reader(request: HttpRequest) -> dict[str, Any]:
    """Whose baskets and which group orders being prepared the reader may put something into."""
    if not request.user.is_authenticated:
        return {"buyers": [], "drafts": [], "organised": []}
    organised = organisations_where(request.user, Role.ORGANISER)
    drafts = GroupOrder.objects.filter(organisation__in=organised, state=GroupOrderState.DRAFT)
    return {
        "buyers": organisations_where(request.user, Role.REQUESTER),
        "drafts": list(drafts[:DRAFTS]) if organised else [],
        "organised": organised,
    }


def _linked(offer: Offer, packs: list[PackOffer], request: HttpRequest) -> list[dict[str, Any]]:
    listing, category = offer.listing, offer.listing.product.category
    pictures = [request.build_absolute_uri(url) for url in offer.images]
    catalogue = reverse("marketplace:catalogue")
    trail = [(catalogue, gettext("Catalogue")), (f"{catalogue}?category={category.slug}", category.label)]
    here = (reverse("marketplace:listing_detail", args=[listing.slug]), listing.title)
    return [linked_data.product(offer, packs, pictures, request), linked_data.breadcrumbs([*trail, here], request)]


def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """A campaign's one address: leads to the page editors wrote about it, or to the figures while there is none."""
    found = get_object_or_404(Campaign, slug=slug)
    return redirect(page_of_campaign(found.pk) or "marketplace:impact")


def public_impact(request: HttpRequest) -> HttpResponse:
    """Completed figures only: the one amount that official totals count."""
    today = office_day(timezone.now())
    counties = impact.table("vendor_county")
    series = impact.by_month("vendor_county", counties[0].key) if counties else impact.Series()
    labels = [f"{month:%Y-%m}" for month in series.months]
    context = {
        "counties": counties,
        "apart": impact.table("vendor_county", everywhere=True),
        "campaigns": [
            (campaign, impact.figures_of("campaign", str(campaign.pk))) for campaign in campaigns_open_on(today)
        ],
        "months": list(zip(labels, series.figures, strict=True)),
        "plot": grouped_bars(labels, [[figures.completed.amount for figures in series.figures]]),
        "tables": [
            (dimension, [row for row in impact.table(dimension) if row.figures.completed])
            for dimension in ("township", "category", "buyer_kind")
        ],
    }
    return render(request, "marketplace/storefront/impact.html", context)


def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, how long, and whom to ask; the times are the operator's settings."""
    kept = [
        (Kind(kind).label, in_years_or_days(setting_for("FILE_DAYS", kind)))
        for kind in Kind.values
        if kind != Kind.LICENCE
    ]
    context = {
        "files": kept,
        "access_log": in_years_or_days(setting("ACCESS_LOG_DAYS")),
        "link_days": setting("LINK_DAYS_AFTER_CLOSING"),
        "contact": setting("PRIVACY_CONTACT"),
        "operator": setting("PAYEE_NAME"),
    }
    return render(request, "marketplace/storefront/privacy.html", context)


def in_years_or_days(days: int) -> str:
    """A time as a person says it: whole years, counted from the end of the year, or days."""
    if days < 366:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    years = days // 366 - (1 if days > 3 * 366 else 0)
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}

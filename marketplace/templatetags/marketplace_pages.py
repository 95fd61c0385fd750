"""What pages of editors need: their body, their picture, what is shown when they are passed on, and the way to help."""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from ..catalogue.session_views import sessions_to_book
from ..parties.actions import office_day
from ..storefront import fragments
from ..storefront.linked_data import label_facts
from ..storefront.offers import offer_of, pack_offers, stocks_of
from ..storefront.published import Topic, help_on

register = template.Library()

PROSE = {"heading", "text", "notice", "picture", "pictures", "quote"}
SHARE, THUMB = "fill-1200x630|format-jpeg", "fill-600x600|format-jpeg"


@register.simple_tag(takes_context=True)
def body(context: dict[str, Any], stream: Any) -> SafeString:
    """The blocks in their order; what is prose is kept as narrow as can be read well."""
    known, parts = {"request": context.get("request")}, []
    for is_prose, run in groupby(stream, lambda block: block.block_type in PROSE):
        text = "\n".join(block.render(known) for block in run)
        parts.append(f'<div class="prose section" lang="zh-CN">{text}</div>' if is_prose else text)
    return mark_safe("\n".join(parts))  # what the blocks' own templates rendered


@register.inclusion_tag("marketplace/includes/page_picture.html")
def page_picture(page: Any) -> dict[str, Any]:
    """The picture at the head of a page, with its words and its credit."""
    return {"page": page}


@register.inclusion_tag("marketplace/includes/share.html", takes_context=True)
def share_page(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """What is shown when the page is passed on: in WeChat, in other messengers, in search results."""
    lead = page.search_description or getattr(page, "lead", "")
    return _share(
        context, page.title, lead, getattr(page, "picture", None), getattr(page, "picture_alt", ""), "article"
    )


@register.inclusion_tag("marketplace/includes/share.html", takes_context=True)
def share_listing(context: dict[str, Any], listing: Any) -> dict[str, Any]:
    """The same for an offer of the catalogue."""
    first = next(iter(listing.pictures.all()), None)
    picture, alt = (first.image, first.alt_text) if first else (None, "")
    return _share(context, listing.title, listing.summary, picture, alt, "product")


@register.inclusion_tag("marketplace/includes/share.html", takes_context=True)
def share_screen(context: dict[str, Any], title: str, lead: str) -> dict[str, Any]:
    """The same for a public screen that is no page; it shows the site's own picture."""
    return _share(context, title, lead, None, "", "website")


def _share(context: dict[str, Any], title: str, lead: str, picture: Any, alt: str, kind: str) -> dict[str, Any]:
    request = context.get("request")
    if request is None:
        return {"title": title, "description": lead, "kind": kind}
    found = {"title": title, "description": lead, "kind": kind, "address": request.build_absolute_uri(request.path)}
    if not picture:
        chrome: Any = context.get("chrome")  # the reference site's; another site's context may have none
        if chrome and chrome.picture:
            return {**found, "image": request.build_absolute_uri(chrome.picture), "image_alt": chrome.picture_alt}
        return found
    made = picture.get_renditions(SHARE, THUMB)
    large, small = made[SHARE], made[THUMB]
    return {
        **found,
        "image": request.build_absolute_uri(large.url),
        "image_width": large.width,
        "image_height": large.height,
        "image_alt": alt,
        "thumb": request.build_absolute_uri(small.url),
    }


@register.simple_tag
def offer_in_preview(listing: Any) -> dict[str, Any]:
    """What a product page shows of a listing that is not published yet: ``offer``, ``packs`` and ``month``."""
    today = office_day(timezone.now())
    return {
        "offer": offer_of(listing, on=today),
        "packs": pack_offers(listing.packs.all(), {} if listing.is_by_session else stocks_of(listing)),
        "sessions": sessions_to_book(listing, today),
        "month": today.month,
    }


@register.simple_tag
def label_of(listing: Any) -> list[tuple[Any, Any]]:
    """What the label says, as (name, value)."""
    return label_facts(listing)


@register.simple_tag
def linked_data(things: Any) -> SafeString:
    """Each thing as a JSON-LD script, escaped so that no text can end it. No browser runs it, so no policy forbids it."""
    scripts = []
    for thing in things or []:
        told = (
            json.dumps(thing, ensure_ascii=False)
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("&", "\\u0026")
        )
        scripts.append(f'<script type="application/ld+json">{told}</script>')
    return mark_safe("".join(scripts))  # escaped above


# Which topic a screen belongs to, by the beginning of its address's name.
TOPICS = {
    Topic.PICKING: ("pick",),
    Topic.ORGANISING: ("group_order", "new_group_order", "roster", "roll", "handout", "links", "choose_for", "people"),
    Topic.APPROVING: ("requisition", "basket"),
    Topic.RECEIVING: (
        "order",
        "receive",
        "accept",
        "certificate",
        "return_goods",
        "purchases",
        "call_off",
        "cancel_order",
    ),
    Topic.PAYING: ("invoice", "payment", "pay_online", "request_refund", "reverse_payment"),
    Topic.PRIVATE: ("own_impact", "sign_up"),
    Topic.BROWSING: ("catalogue", "listing_detail", "impact", "calendar", "place", "vendor"),
}


@register.simple_tag(takes_context=True)
def help_address(context: dict[str, Any]) -> str:
    """The help page about the screen the reader is on; empty where nobody wrote one. Kept, so it costs no statement."""
    match = getattr(context.get("request"), "resolver_match", None)
    topic = topic_of(match.namespace, match.url_name or "") if match else ""
    if not topic:
        return ""
    day = office_day(timezone.now())
    make = lambda: fragments.Piece(help_on(topic))  # noqa: E731  one line says it
    return str(fragments.kept("help", topic, topics=[fragments.PAGES], day=day, make=make))


def topic_of(namespace: str, name: str) -> str:
    """The topic of a screen by its address's name."""
    if namespace == "vendors":
        return str(Topic.VENDING)
    found = next((topic for topic, starts in TOPICS.items() if name.startswith(starts)), "")
    return str(found) if namespace == "marketplace" else ""

"""What stands on every page: identity, menus, a coming change of the rules. Kept, so that it costs no statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from wagtail.models import Site

from marketplace.parties.actions import office_day
from marketplace.storefront import fragments

from .identity import Menus, SiteIdentity

FACTS = (
    "sponsor",
    "operator",
    "icp_number",
    "security_number",
    "government_code",
    "telephone",
    "email",
    "address",
    "hours",
)
SHARE = "fill-1200x630|format-jpeg"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a menu in both languages."""

    title: str
    title_en: str
    address: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the trading rules that is announced: the day it holds from, what changes, where to read it."""

    day: date
    changes: str
    address: str


@dataclass(frozen=True, slots=True)
class Chrome:
    """Everything that ``base.html`` shows beside the page."""

    facts: dict[str, str] = field(default_factory=dict)
    menu: list[Link] = field(default_factory=list)
    foot: list[Link] = field(default_factory=list)
    rules: str = ""
    change: Change | None = None
    picture: str = ""
    picture_alt: str = ""


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The context processor: ``chrome``, asked for only by templates that show it."""
    return {"chrome": SimpleLazyObject(lambda: chrome_of(request))}


def chrome_of(request: HttpRequest) -> Chrome:
    """The kept answer for this host and day."""
    day = office_day(timezone.now())
    found: Chrome = fragments.kept(
        "chrome",
        request.get_host(),
        topics=[fragments.SITE, fragments.PAGES],
        day=day,
        make=lambda: fragments.Piece(_made(request, day)),
    )
    return found


def _made(request: HttpRequest, day: date) -> Chrome:
    site = Site.find_for_request(request)
    if site is None:
        return Chrome()
    identity, menus = SiteIdentity.for_site(site), Menus.for_site(site)
    rules = identity.rules_page if identity.rules_page and identity.rules_page.live else None
    picture = identity.share_picture
    return Chrome(
        facts={name: getattr(identity, name) for name in FACTS},
        menu=_links(menus.main, request),
        foot=_links(menus.foot, request),
        rules=rules.get_url(request) or "" if rules else "",
        change=_change(rules, request, day) if rules else None,
        picture=picture.get_rendition(SHARE).url if picture else "",
        picture_alt=identity.share_alt,
    )


def _links(stream: Any, request: HttpRequest) -> list[Link]:
    links = []
    for block in stream:
        page, address = block.value["page"], block.value["address"]
        if page is not None and not page.live:
            continue
        links.append(Link(block.value["title"], block.value["title_en"], page.get_url(request) if page else address))
    return links


def _change(rules: Any, request: HttpRequest, day: date) -> Change | None:
    coming = rules.standing(day).coming
    if not coming or rules.standing(day).in_force is None:
        return None
    starts, edition = coming[0]
    return Change(starts, edition.what.changes, edition.what.get_url(request) or "")

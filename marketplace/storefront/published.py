"""Questions about the pages editors have published, whatever concrete models a site has made of our page types.

A mixin says its ``kind``; a site's own models inherit it, and are found by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model
from wagtail.models import Page, get_page_models

from ..pictures import TILE, specs


class Category(models.TextChoices):
    """组配分类: the shelves of a government site's disclosure catalogue."""

    POLICY = "policy", _("policies and rules")
    PLAN = "plan", _("plans and summaries")
    NOTICE = "notice", _("notices and announcements")
    PUBLICITY = "publicity", _("public notices before a decision")
    FIGURES = "figures", _("statistics")
    FUNDS = "funds", _("money and procurement")


class Topic(models.TextChoices):
    """What a help page is about; each screen belongs to one of them."""

    BROWSING = "browsing", _("looking around: catalogue, villages, figures")
    PICKING = "picking", _("members: picking by personal link")
    ORGANISING = "organising", _("organisers: group orders, rosters, hand-out lists")
    APPROVING = "approving", _("approvers: requisitions and findings")
    RECEIVING = "receiving", _("receivers: goods and acceptance")
    PAYING = "paying", _("treasurers: invoices, payments, refunds")
    VENDING = "vending", _("vendors: listings, orders, fapiao")
    PRIVATE = "private", _("caring individuals: buying for oneself")


def models_of(kind: str) -> list[Any]:
    """The concrete page models of a kind, such as ``notice``."""
    return [model for model in get_page_models() if getattr(model, "kind", "") == kind]


def pages_of(kind: str) -> list[Any]:
    """The public live pages of a kind, one query set for each concrete model."""
    return [model.objects.live().public() for model in models_of(kind)]


def latest_notices(*, category: str = "", count: int) -> tuple[list[Any], str]:
    """The latest notices, and the address of the list they stand in (empty when there is none)."""
    found: list[Any] = []
    for notices in pages_of("notice"):
        found += narrowed(notices, category=category)[:count]
    found = sorted(found, key=lambda page: (page.issued_on, page.pk), reverse=True)[:count]
    lists = [page.get_url() for pages in pages_of("notice_list") for page in pages[:1]]
    return found, (f"{lists[0]}?category={category}" if category else lists[0]) if lists else ""


def narrowed(notices: QuerySet[Any], *, category: str = "", year: int | None = None) -> QuerySet[Any]:
    """Of these notices those of a category and a year, the latest first."""
    if category:
        notices = notices.filter(category=category)
    if year:
        notices = notices.filter(issued_on__year=year)
    return notices.order_by("-issued_on", "-pk")


def years_of(notices: QuerySet[Any]) -> list[int]:
    """The years notices were issued in, the latest first."""
    years = notices.order_by().annotate(year=ExtractYear("issued_on")).values_list("year", flat=True).distinct()
    return sorted(years, reverse=True)


def page_of_region(code: str) -> str:
    """The address of the place's page, whichever edition of the place it points at; empty when it has none."""
    for pages in pages_of("village"):
        if page := pages.filter(region__code=code).first():
            return str(page.get_url())
    return ""


def page_of_campaign(pk: int) -> str:
    """The address of the campaign's page; empty when it has none."""
    for pages in pages_of("campaign"):
        if page := pages.filter(campaign=pk).first():
            return str(page.get_url())
    return ""


def help_on(topic: str) -> str:
    """The address of the help page about a topic; empty when nobody has written one."""
    for pages in pages_of("help"):
        if page := pages.filter(topic=topic).first():
            return str(page.get_url())
    return ""


def stories(*, count: int, campaign: int | None = None, region_code: str = "") -> list[Any]:
    """Published stories of a campaign or a place, the latest first, ready to be shown as cards."""
    found: list[Any] = []
    for pages in pages_of("story"):
        if campaign:
            pages = pages.filter(campaign=campaign)
        if region_code:
            pages = pages.filter(region__code__startswith=region_code)
        found += pages.order_by("-told_on", "-pk")[:count]
    return with_pictures(sorted(found, key=lambda page: page.told_on or date.min, reverse=True)[:count])


def with_pictures(pages: Sequence[Any]) -> list[Any]:
    """The pages with their pictures and these pictures' card renditions: two statements, however many."""
    wanted = {page.picture_id for page in pages if getattr(page, "picture_id", None)}
    images = get_image_model().objects.filter(pk__in=wanted).prefetch_renditions(*specs(TILE)) if wanted else []
    found = {image.pk: image for image in images}
    for page in pages:
        if getattr(page, "picture_id", None) in found:
            page.picture = found[page.picture_id]
    return list(pages)


def children_as_cards(parent: Page) -> Any:
    """The live public pages below a section, in the editors' order."""
    return parent.get_children().live().public().order_by("path")

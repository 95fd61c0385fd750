"""The pages of this site: one concrete page of each type the marketplace brings, and where each may stand."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import Page

from marketplace.storefront import linked_data
from marketplace.storefront.pages.campaign import CampaignMixin
from marketplace.storefront.pages.help import HelpMixin
from marketplace.storefront.pages.home import HomeMixin, SectionMixin, StandardMixin
from marketplace.storefront.pages.notice import NoticeListMixin, NoticeMixin
from marketplace.storefront.pages.rules import RulesEditionMixin, RulesMixin
from marketplace.storefront.pages.story import StoryMixin
from marketplace.storefront.pages.village import VillageMixin

from .chrome import chrome_of
from .figures import home_figures
from .identity import Menus as Menus
from .identity import SiteIdentity as SiteIdentity

WITHIN = ["pages.HomePage", "pages.SectionPage"]


class HomePage(HomeMixin, Page):
    """What was bought, what is on offer now, and how it works."""

    objects: ClassVar[models.Manager[HomePage]]
    template = "pages/home.html"
    page_description = _("The first page of the site: a sentence, a picture, and sections in your order.")
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, **home_figures(), "linked": [*context["linked"], self._organisation(request)]}

    def _organisation(self, request: HttpRequest) -> dict[str, Any]:
        facts = chrome_of(request).facts
        return linked_data.organisation(
            name=facts.get("sponsor") or self.title,
            url=request.build_absolute_uri("/"),
            operator=facts.get("operator", ""),
            telephone=facts.get("telephone", ""),
            email=facts.get("email", ""),
        )


class SectionPage(SectionMixin, Page):
    """A section, such as the villages or the stories."""

    objects: ClassVar[models.Manager[SectionPage]]
    template = "marketplace/pages/section.html"
    page_description = _("Leads to the pages below it, as cards: villages, stories, campaigns, help.")
    parent_page_types = ["pages.HomePage"]
    subpage_types = [
        "pages.CampaignPage",
        "pages.VillagePage",
        "pages.StoryPage",
        "pages.HelpPage",
        "pages.StandardPage",
    ]

    class Meta:
        verbose_name = _("section")


class CampaignPage(CampaignMixin, Page):
    """The page of a campaign."""

    objects: ClassVar[models.Manager[CampaignPage]]
    template = "marketplace/pages/campaign.html"
    page_description = _("Tells of a campaign; its progress and who takes part come by themselves.")
    parent_page_types = WITHIN
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("campaign page")
        constraints = [models.UniqueConstraint(fields=["campaign"], name="one_page_per_campaign")]


class VillagePage(VillageMixin, Page):
    """The page of a village or township."""

    objects: ClassVar[models.Manager[VillagePage]]
    template = "marketplace/pages/village.html"
    page_description = _("Tells of a village; what it sells and what was bought come by themselves.")
    parent_page_types = WITHIN
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("village page")
        constraints = [models.UniqueConstraint(fields=["region"], name="one_page_per_region")]


class StoryPage(StoryMixin, Page):
    """A typical case."""

    objects: ClassVar[models.Manager[StoryPage]]
    template = "marketplace/pages/story.html"
    page_description = _("One thing that went well, told so that others can do it too.")
    parent_page_types = WITHIN
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = pgettext_lazy("kind of page", "story")


class NoticeListPage(NoticeListMixin, Page):
    """The list of notices."""

    objects: ClassVar[models.Manager[NoticeListPage]]
    template = "marketplace/pages/notice_list.html"
    page_description = _("The list of all notices, by category and year.")
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.NoticePage"]
    max_count = 1

    class Meta:
        verbose_name = _("list of notices")


class NoticePage(NoticeMixin, Page):
    """A policy notice."""

    objects: ClassVar[models.Manager[NoticePage]]
    template = "marketplace/pages/notice.html"
    page_description = _("A notice with the head a government site files it by, and attachments.")
    parent_page_types = ["pages.NoticeListPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("policy notice")


class HelpPage(HelpMixin, Page):
    """Help for a role."""

    objects: ClassVar[models.Manager[HelpPage]]
    template = "marketplace/pages/help.html"
    page_description = _("How something is done; the screens it is about lead here.")
    parent_page_types = ["pages.SectionPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("help page")


class RulesPage(RulesMixin, Page):
    """The trading rules."""

    objects: ClassVar[models.Manager[RulesPage]]
    template = "marketplace/pages/rules.html"
    page_description = _("The trading rules: shows the edition in force and announces the next.")
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.RulesEditionPage"]
    max_count = 1

    class Meta:
        verbose_name = _("trading rules")


class RulesEditionPage(RulesEditionMixin, Page):
    """One edition of the trading rules."""

    objects: ClassVar[models.Manager[RulesEditionPage]]
    template = "marketplace/pages/rules_edition.html"
    page_description = _("An edition of the trading rules with the day it comes into force.")
    parent_page_types = ["pages.RulesPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("edition of the rules")


class StandardPage(StandardMixin, Page):
    """A plain page of text."""

    objects: ClassVar[models.Manager[StandardPage]]
    template = "marketplace/pages/standard.html"
    page_description = _("A page of text, pictures and blocks.")
    parent_page_types = WITHIN
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("plain page")

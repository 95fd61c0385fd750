"""A campaign's page: what it is for, how far it has come, who takes part; once it has ended, what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from ...parties.actions import office_day
from ...programme.models import Campaign
from .. import linked_data, selectors
from ..published import stories
from .prose import PICTURE_PANEL, BodyMixin, PicturedMixin, lead_field


class CampaignMixin(PicturedMixin, BodyMixin):
    """Words and pictures around a campaign; dates, target and figures are the campaign's own."""

    kind = "campaign"

    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("campaign"),
        help_text=_("Dates, target and figures come from it and move by themselves."),
    )
    lead = lead_field()
    outcome = RichTextField(
        _("what came of it"),
        blank=True,
        features=["h3", "bold", "ol", "ul", "link", "document-link"],
        help_text=_("The summing-up. Shown only once the campaign has ended; can be written before."),
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("campaign"), FieldPanel("lead")], heading=_("The campaign")),
        PICTURE_PANEL,
        FieldPanel("body"),
        FieldPanel("outcome"),
    ]
    preview_modes: ClassVar = [("", _("as it is today")), ("ended", _("once the campaign has ended"))]

    class Meta:
        abstract = True

    def words(self) -> list[str]:
        return [*super().words(), self.campaign.name, self.outcome]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        progress = selectors.campaign_progress(self.campaign_id, on=office_day(timezone.now()))
        assert progress is not None  # the key is protected
        found = {
            **context,
            "progress": progress,
            "participants": selectors.participants_of(progress.campaign),
            "cases": stories(count=6, campaign=self.campaign_id),
            "has_ended": progress.has_ended,
        }
        return {**found, "linked": [*context["linked"], linked_data.event(self, progress, request)]}

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(request, mode_name)  # type: ignore[misc]  # a page's
        return {**context, "has_ended": True} if mode_name == "ended" else context

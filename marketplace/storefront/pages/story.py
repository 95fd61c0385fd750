"""A typical case (典型案例): one thing that went well, told so that others can do it too."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from ...programme.models import Campaign, Region
from .prose import PICTURE_PANEL, BodyMixin, PicturedMixin, lead_field


class StoryMixin(PicturedMixin, BodyMixin):
    """A story of a campaign or a place; both show it on their pages."""

    kind = "story"

    lead = lead_field()
    told_on = models.DateField(_("date"))
    source = models.CharField(_("told by"), max_length=60, blank=True, help_text=_("The unit that sent it in."))
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("lead"), FieldPanel("told_on"), FieldPanel("source")], heading=_("The story")),
        MultiFieldPanel(
            [FieldPanel("campaign"), FieldPanel("region")],
            heading=_("Where it belongs"),
            help_text=_("The pages of the campaign and of the place show the story by themselves."),
        ),
        PICTURE_PANEL,
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True

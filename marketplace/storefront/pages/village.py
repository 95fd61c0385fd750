"""A village's page: its story and pictures, what it grows, and what was bought from it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page

from ...programme.models import Region
from .. import selectors
from ..published import stories
from .prose import PICTURE_PANEL, BodyMixin, PicturedMixin, lead_field

SHOWN = 12


class VillageMixin(PicturedMixin, BodyMixin):
    """Words and pictures about a village or township; produce and figures come by themselves."""

    kind = "village"

    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("village or township"),
        help_text=_("What is sold from here and what was bought comes from it and moves by itself."),
    )
    lead = lead_field()

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("region"), FieldPanel("lead")], heading=_("The place")),
        PICTURE_PANEL,
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True

    def words(self) -> list[str]:
        return [*super().words(), self.region.name]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context(request, *args, **kwargs),
            "region": self.region,
            "listings": selectors.listings_from(self.region, limit=SHOWN),
            "effect": selectors.effect_of_region(self.region),
            "stories": stories(count=4, region_code=self.region.code),
        }

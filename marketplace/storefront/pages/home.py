"""The home page, plain pages, and sections that lead to the pages below them."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from ..blocks import PROSE, SHOWCASE
from ..published import children_as_cards, with_pictures
from .prose import PICTURE_PANEL, BodyMixin, PicturedMixin, ProseMixin


class HomeMixin(PicturedMixin, ProseMixin):
    """What a home page holds."""

    kind = "home"

    heading = models.CharField(_("heading"), max_length=80)
    introduction = models.TextField(_("introduction"), max_length=300)
    body = StreamField(
        [*SHOWCASE, *PROSE],
        verbose_name=_("sections"),
        blank=True,
        help_text=_("From top to bottom, below the figures. Drag to change the order."),
    )

    content_panels = [
        *Page.content_panels,
        MultiFieldPanel([FieldPanel("heading"), FieldPanel("introduction")], heading=_("At the head of the page")),
        PICTURE_PANEL,
        FieldPanel("body"),
    ]

    class Meta:
        abstract = True

    @property
    def lead(self) -> str:
        """The sentence that is shown when the page is passed on."""
        return self.introduction


class StandardMixin(BodyMixin):
    """A page of text, pictures and blocks."""

    kind = "standard"

    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        abstract = True


class SectionMixin(ProseMixin):
    """A section: a sentence, and the pages below it as cards, in the editors' order."""

    kind = "section"
    PER_PAGE = 12

    lead = models.TextField(_("introduction"), max_length=240, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        page: Any = self
        found = Paginator(children_as_cards(page).specific(), self.PER_PAGE).get_page(request.GET.get("page"))
        context = super().get_context(request, *args, **kwargs)
        return {**context, "page_obj": found, "cards": with_pictures(list(found.object_list))}

"""Pages that editors write: the home page, and plain pages of text."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import CharBlock, RichTextBlock, TextBlock
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from .figures import home_figures


class HomeMixin(models.Model):
    """What a home page holds; a site of its own can build on it."""

    heading = models.CharField(_("heading"), max_length=80)
    introduction = models.TextField(_("introduction"), max_length=300)
    picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )

    class Meta:
        abstract = True


class HomePage(HomeMixin, Page):
    """What was bought, what is on offer now, and how it works."""

    objects: ClassVar[models.Manager[HomePage]]
    template = "pages/home.html"
    content_panels = [*Page.content_panels, FieldPanel("heading"), FieldPanel("introduction"), FieldPanel("picture")]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context(request, *args, **kwargs), **home_figures()}


class StandardMixin(models.Model):
    """A page of text and pictures; a picture asks for the words of those who cannot see it."""

    body = StreamField(
        [
            ("heading", CharBlock(template="pages/blocks/heading.html")),
            ("text", RichTextBlock()),
            ("notice", TextBlock(template="pages/blocks/notice.html")),
            ("picture", ImageBlock(template="pages/blocks/picture.html")),
        ],
        verbose_name=_("text"),
        blank=True,
    )

    class Meta:
        abstract = True


class StandardPage(StandardMixin, Page):
    """A plain page, such as a policy notice or a story."""

    objects: ClassVar[models.Manager[StandardPage]]
    template = "pages/standard.html"
    content_panels = [*Page.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")

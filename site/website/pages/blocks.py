"""What editors build a page of: words, pictures with alt text, notices, and this season's produce."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from .figures import season_offers

WORDS = ["h3", "bold", "ol", "ul", "link", "document-link"]


class PictureBlock(blocks.StructBlock):
    """A picture, what it shows in words, and where it comes from."""

    image = ImageChooserBlock(label=_("picture"))
    alt_text = blocks.CharBlock(label=_("what the picture shows"), max_length=200)
    caption = blocks.CharBlock(label=_("caption and credit"), max_length=200, required=False)

    class Meta:
        icon = "image"
        label = _("picture")
        template = "pages/blocks/picture.html"


class ProduceBlock(blocks.StructBlock):
    """The produce on sale this month, as cards."""

    heading = blocks.CharBlock(label=_("heading"), max_length=60, required=False)

    class Meta:
        icon = "tag"
        label = _("this season's produce")
        template = "pages/blocks/produce.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds ``offers``: what is on sale this month."""
        context = super().get_context(value, parent_context=parent_context)
        context["offers"] = season_offers(timezone.localdate().month)
        return context


class BodyBlock(blocks.StreamBlock):
    """The body of a standard page."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80, icon="title", template="pages/blocks/heading.html")
    paragraph = blocks.RichTextBlock(label=_("paragraph"), features=WORDS, icon="pilcrow")
    notice = blocks.TextBlock(label=_("notice"), icon="info-circle", template="pages/blocks/notice.html")
    picture = PictureBlock()
    produce = ProduceBlock()

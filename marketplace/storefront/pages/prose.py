"""What every page of prose shares: a body of blocks, words that can be found in Chinese, a picture with its words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail.search import index

from ...catalogue.search import index_text
from .. import linked_data
from ..blocks import PROSE, SHOWCASE
from ..conditional import compare


class ProseMixin(models.Model):
    """A page whose text is found by any two characters of it, and that knows the pages above it."""

    kind = ""

    search_fields = [*Page.search_fields, index.SearchField("search_tokens")]

    class Meta:
        abstract = True

    @property
    def search_tokens(self) -> str:
        """The index tokens of everything a visitor may type to find this page."""
        return index_text(*(strip_tags(text) for text in self.words()))

    def words(self) -> list[str]:
        """The texts of the page."""
        page: Any = self
        body = getattr(page, "body", None)
        streamed = body.stream_block.get_searchable_content(body) if body else []
        return [page.title, page.search_description or "", getattr(page, "lead", ""), *map(str, streamed)]

    def trail(self) -> list[tuple[str, str]]:
        """Address and title of each page above, from the home page down."""
        page: Any = self
        above = page.get_ancestors().filter(depth__gt=1).order_by("depth") if page.pk and page.path else []
        return [(one.get_url() or "", one.title) for one in above]

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or the word that the reader has it already."""
        return compare(request, super().serve(request, *args, **kwargs))  # type: ignore[misc]  # a page's

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        page: Any = self
        trail = self.trail()
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]  # a page's
        here = [*trail, (page.get_url() or "", page.title)]
        return {**context, "trail": trail, "linked": [linked_data.breadcrumbs(here, request)]}


class BodyMixin(ProseMixin):
    """A page with a body of prose and of the marketplace's blocks."""

    body = StreamField([*PROSE, *SHOWCASE], verbose_name=_("text"), blank=True)

    class Meta:
        abstract = True


class PicturedMixin(models.Model):
    """A page with a picture at its head, which is also the one that is shown when somebody passes the page on."""

    picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
    )
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=160,
        blank=True,
        help_text=_("For readers who cannot see it: one plain sentence. Needed as soon as there is a picture."),
    )
    picture_credit = models.CharField(_("credit"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.picture_id and not self.picture_alt.strip():
            raise ValidationError({"picture_alt": _("Say what the picture shows.")})


PICTURE_PANEL = MultiFieldPanel(
    [FieldPanel("picture"), FieldPanel("picture_alt"), FieldPanel("picture_credit")], heading=_("Picture")
)


def lead_field(**options: Any) -> models.TextField[str, str]:
    """One or two sentences under the title; shown on cards, in feeds and when the page is passed on."""
    return models.TextField(
        _("summary"),
        max_length=240,
        help_text=_("One or two sentences: shown under the title, on cards and in search results."),
        **options,
    )

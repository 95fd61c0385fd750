"""The pages editors write: the home page and standard pages. Each is a mixin to build on, and a concrete page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail.search import index

from . import figures
from .blocks import BodyBlock


class HeroMixin(models.Model):
    """A picture with a headline and a few words; what is left empty is the site's own wording."""

    headline = models.CharField(_("headline"), max_length=60, blank=True)
    introduction = models.TextField(_("introduction"), max_length=300, blank=True)
    picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("Without one, a drawn landscape stands here."),
    )
    picture_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def clean(self) -> None:
        """A picture needs words for those who cannot see it (``ValidationError``)."""
        super().clean()
        if self.picture_id and not self.picture_alt.strip():
            raise ValidationError({"picture_alt": _("Say in a few words what the picture shows.")})


class HomePage(HeroMixin, Page):
    """The first page: what was bought, from where, and what can be bought now."""

    template = "pages/home_page.html"
    max_count = 1
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("headline"),
                FieldPanel("introduction"),
                FieldPanel("picture"),
                FieldPanel("picture_alt"),
            ],
            heading=_("First impression"),
        ),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds ``figures`` (or ``None``), ``campaigns`` under way with their measures, and ``offers`` of the season."""
        context = super().get_context(request, *args, **kwargs)
        today = timezone.localdate()
        context["figures"] = figures.figures()
        context["campaigns"] = figures.campaigns(today)
        context["offers"] = figures.season_offers(today.month)
        return context


class BodyMixin(models.Model):
    """A lede and a body of blocks."""

    lede = models.CharField(_("lede"), max_length=200, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)

    class Meta:
        abstract = True


class StandardPage(BodyMixin, Page):
    """A page of prose and pictures: about, how it works, a policy, a village's story."""

    template = "pages/standard_page.html"
    content_panels = [*Page.content_panels, FieldPanel("lede"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("lede"), index.SearchField("body")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

"""Help for a role, written by the office that runs the site; screens lead to the page about them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from ..published import Topic
from .prose import BodyMixin, lead_field


class HelpMixin(BodyMixin):
    """A help page; the screens of its topic link to it."""

    kind = "help"

    topic = models.CharField(
        _("about"), max_length=12, choices=Topic, help_text=_("The screens of this kind lead to this page.")
    )
    lead = lead_field()

    content_panels = [*Page.content_panels, FieldPanel("topic"), FieldPanel("lead"), FieldPanel("body")]

    class Meta:
        abstract = True

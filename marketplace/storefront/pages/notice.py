"""Policy notices with the head that a government site's disclosure catalogue asks for, and the list they stand in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from ..published import Category, narrowed, pages_of, years_of
from .prose import BodyMixin, ProseMixin

PER_PAGE = 20


class AttachmentBlock(blocks.StructBlock):
    """A file with the name people know it by."""

    title = blocks.CharBlock(label=_("name"), max_length=120)
    document = DocumentChooserBlock(label=_("file"))

    class Meta:
        label = _("attachment")
        icon = "doc-full"


class NoticeMixin(BodyMixin):
    """A notice as a government site files it: index number, category, issuer, topic, number, dates, attachments."""

    kind = "notice"

    index_number = models.CharField(
        _("index number"),
        max_length=60,
        help_text=_("As in the disclosure catalogue, such as 11341702003/202611-00021."),
    )
    category = models.CharField(_("category"), max_length=12, choices=Category)
    issuer = models.CharField(_("issued by"), max_length=80)
    topic = models.CharField(
        _("topic"), max_length=60, blank=True, help_text=_("Such as: civil affairs, poverty relief, charity.")
    )
    document_number = models.CharField(
        _("document number"), max_length=60, blank=True, help_text=_("As printed on it; empty where it has none.")
    )
    written_on = models.DateField(_("written on"))
    issued_on = models.DateField(_("issued on"))
    attachments = StreamField([("attachment", AttachmentBlock())], verbose_name=_("attachments"), blank=True)

    search_fields = [*BodyMixin.search_fields, index.FilterField("category"), index.FilterField("issued_on")]
    content_panels = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("index_number"), FieldPanel("category")]),
                FieldRowPanel([FieldPanel("issuer"), FieldPanel("topic")]),
                FieldPanel("document_number"),
                FieldRowPanel([FieldPanel("written_on"), FieldPanel("issued_on")]),
            ],
            heading=_("Head of the document"),
            help_text=_("These stand in a table above the text, as the rules on government information ask."),
        ),
        FieldPanel("body"),
        FieldPanel("attachments"),
    ]

    class Meta:
        abstract = True

    def clean(self) -> None:
        super().clean()
        if self.written_on and self.issued_on and self.issued_on < self.written_on:
            raise ValidationError({"issued_on": _("A notice is issued on the day it was written or later.")})

    def words(self) -> list[str]:
        files = [item.value["title"] for item in self.attachments]
        return [*super().words(), self.index_number, self.document_number, self.issuer, self.topic, *files]


class NoticeListMixin(ProseMixin):
    """The list of notices, by category and year, paged; the address is the state of the list."""

    kind = "notice_list"

    lead = models.TextField(_("introduction"), max_length=240, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        abstract = True

    def notices(self) -> models.QuerySet[Any]:
        """The live notices below this list."""
        page: Any = self
        return pages_of("notice")[0].child_of(page)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        notices = self.notices()
        category, year = _asked(request)
        found = Paginator(narrowed(notices, category=category, year=year), PER_PAGE).get_page(request.GET.get("page"))
        return {
            **super().get_context(request, *args, **kwargs),
            "page_obj": found,
            "notices": found.object_list,
            "categories": Category.choices,
            "years": years_of(notices),
            "category": category,
            "year": year,
        }


def _asked(request: HttpRequest) -> tuple[str, int | None]:
    """What the address asks for; what makes no sense is asked for by nobody."""
    category, year = request.GET.get("category", ""), request.GET.get("year", "")
    is_year = len(year) == 4 and year.isascii() and year.isdigit() and year > "0000"
    return category if category in Category.values else "", int(year) if is_year else None

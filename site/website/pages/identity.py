"""Who stands behind the site and what its menus say: settings that an office fills in by itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, PageChooserPanel
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField
from wagtail.images import get_image_model_string


@register_setting(icon="site", order=10)
class SiteIdentity(BaseSiteSetting):
    """What has to stand at the foot of every page, and what is shown when a page is passed on."""

    sponsor = models.CharField(_("sponsor"), max_length=80, blank=True)
    operator = models.CharField(_("operator"), max_length=80, blank=True)
    icp_number = models.CharField(
        _("ICP number"), max_length=40, blank=True, help_text=_("Such as 皖ICP备00000000号-1.")
    )
    security_number = models.CharField(
        _("public-security number"), max_length=40, blank=True, help_text=_("Such as 皖公网安备34180202000000号.")
    )
    government_code = models.CharField(
        _("government site code"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Za-z]{10}$", _("Ten digits or letters."))],
    )
    telephone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=120, blank=True)
    hours = models.CharField(_("office hours"), max_length=80, blank=True)
    rules_page = models.ForeignKey(
        "pages.RulesPage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("trading rules"),
        help_text=_("Linked at the foot of every page; a coming change is announced at the head of every page."),
    )
    share_picture = models.ForeignKey(
        get_image_model_string(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture when passed on"),
        help_text=_("For pages without a picture of their own; at least 1200 × 630."),
    )
    share_alt = models.CharField(_("what the picture shows"), max_length=160, blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("sponsor"), FieldPanel("operator")], heading=_("Who stands behind the site")),
        MultiFieldPanel(
            [FieldPanel("icp_number"), FieldPanel("security_number"), FieldPanel("government_code")],
            heading=_("Filings"),
            help_text=_("Each stands at the foot of every page as soon as it is filled in."),
        ),
        MultiFieldPanel(
            [FieldPanel("telephone"), FieldPanel("email"), FieldPanel("address"), FieldPanel("hours")],
            heading=_("How to reach us"),
        ),
        PageChooserPanel("rules_page"),
        MultiFieldPanel([FieldPanel("share_picture"), FieldPanel("share_alt")], heading=_("When a page is passed on")),
    ]

    class Meta:
        verbose_name = _("site identity")

    def clean(self) -> None:
        super().clean()
        if self.share_picture_id and not self.share_alt.strip():
            raise ValidationError({"share_alt": _("Say what the picture shows.")})


class LinkBlock(blocks.StructBlock):
    """A link of a menu: a page of this site, or an address."""

    title = blocks.CharBlock(label=_("title"), max_length=20)
    title_en = blocks.CharBlock(label=_("title in English"), max_length=30)
    page = blocks.PageChooserBlock(label=_("page"), required=False)
    address = blocks.CharBlock(
        label=_("or an address"),
        required=False,
        max_length=200,
        validators=[RegexValidator(r"^(/(?!/)|https://)", _("Begins with / or https://"))],
        help_text=_("Such as /catalogue/ for the catalogue."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["address"]):
            problem = ValidationError(_("Choose a page or type an address, one of the two."))
            raise StructBlockValidationError(block_errors={"page": problem})
        return cleaned

    class Meta:
        label = _("link")
        icon = "link"


@register_setting(icon="list-ul", order=20)
class Menus(BaseSiteSetting):
    """The links at the head and at the foot of every page, in the editors' order."""

    main = StreamField(
        [("link", LinkBlock())],
        verbose_name=_("at the head"),
        blank=True,
        max_num=7,
        help_text=_("Beside these stands the way to one's own desk. Empty: catalogue and impact."),
    )
    foot = StreamField([("link", LinkBlock())], verbose_name=_("at the foot"), blank=True, max_num=16)

    panels: ClassVar = [FieldPanel("main"), FieldPanel("foot")]

    class Meta:
        verbose_name = _("menus")

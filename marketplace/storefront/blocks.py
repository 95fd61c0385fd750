"""StreamField blocks for any Wagtail site: shelves, progress, figures, teasers, calls and notices.

A block asks a selector and keeps what it rendered until one of its topics changes (``fragments``). What a block points
at is held as a key, so that a kept piece costs no statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from ..catalogue.models import Category, Listing
from ..catalogue.selectors import Rule, count_from, on_shelf, titles_from
from ..display import is_elder
from ..grouporders.models import GroupOrder
from ..parties.actions import office_day
from ..parties.models import Vendor
from ..programme.models import Campaign, Region
from . import fragments, selectors
from .choosers import CHOOSERS
from .published import Category as NoticeCategory
from .published import latest_notices, page_of_region


class KeyChooserBlock(blocks.ChooserBlock):
    """A chooser whose value is the key of what was chosen: nothing is fetched before somebody asks for it."""

    chooser: ClassVar[str]

    @property
    def widget(self) -> Any:
        return CHOOSERS[self.chooser].widget_class()

    def to_python(self, value: Any) -> Any:
        return value

    def bulk_to_python(self, values: Sequence[Any]) -> list[Any]:
        return list(values)

    def get_prep_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Model) else value

    def value_from_form(self, value: Any) -> Any:
        return self.get_prep_value(value) or None

    def clean(self, value: Any) -> Any:
        return self.get_prep_value(super().clean(value))

    def extract_references(self, value: Any) -> Iterator[tuple[Any, str, str, str]]:
        if value is not None:
            yield self.model_class, str(value), "", ""


class CampaignChooserBlock(KeyChooserBlock):
    target_model, chooser = Campaign, "campaign"


class RegionChooserBlock(KeyChooserBlock):
    target_model, chooser = Region, "region"


class VendorChooserBlock(KeyChooserBlock):
    target_model, chooser = Vendor, "vendor"


class CategoryChooserBlock(KeyChooserBlock):
    target_model, chooser = Category, "category"


class ListingChooserBlock(KeyChooserBlock):
    target_model, chooser = Listing, "listing"


class GroupOrderChooserBlock(KeyChooserBlock):
    target_model, chooser = GroupOrder, "group_order"


class KeptBlock(blocks.StructBlock):
    """A block that keeps what it rendered. ``facts`` answers what its template shows, beside ``value``."""

    topics: ClassVar[tuple[str, ...]] = ()

    def facts(self, value: Any) -> dict[str, Any]:
        """What the template shows; an empty answer renders nothing."""
        raise NotImplementedError

    def seconds(self, facts: dict[str, Any]) -> int:
        """How long the piece may be kept at most."""
        return fragments.A_DAY

    def render(self, value: Any, context: Any = None) -> SafeString:
        """The kept piece, made when there is none; it knows of the reader the language and elder mode, no more."""
        request = (context or {}).get("request")
        elder = request is not None and is_elder(request)
        parts = [self.get_prep_value(value), self.meta.template, elder]
        found = fragments.kept(
            "block", parts, topics=self.topics, day=office_day(timezone.now()), make=lambda: self._make(value, elder)
        )
        return mark_safe(found)  # our own template's rendering

    def _make(self, value: Any, elder: bool) -> fragments.Piece:
        facts = self.facts(value)
        told = {"value": value, "is_elder": elder, **facts}
        text = render_to_string(self.meta.template, told) if facts else ""
        return fragments.Piece(text, self.seconds(facts))

    class Meta:
        group = _("Marketplace")


def _heading(example: Any) -> blocks.CharBlock:
    return blocks.CharBlock(label=_("heading"), max_length=60, required=False, help_text=example)


def _count(default: int, most: int) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=_("how many at most"), default=default, min_value=1, max_value=most)


class ListingShelfBlock(KeptBlock):
    """Cards of the catalogue, by a rule or chosen by hand."""

    topics = (fragments.CATALOGUE,)
    heading = _heading(_("For example: Tea for the festival"))
    rule = blocks.ChoiceBlock(label=_("fill the shelf with"), choices=Rule.choices, default=Rule.NEWEST)
    category = CategoryChooserBlock(label=_("category"), required=False, help_text=_("For the rule “one category”."))
    place = RegionChooserBlock(label=_("place"), required=False, help_text=_("For the rule “one township or village”."))
    listings = blocks.ListBlock(
        ListingChooserBlock(label=_("listing")),
        label=_("listings chosen by hand"),
        default=[],
        help_text=_("For the rule “chosen by hand”, in this order. What is withdrawn disappears by itself."),
    )
    count = _count(4, 12)

    NEEDED: ClassVar = {Rule.CATEGORY: "category", Rule.PLACE: "place", Rule.HAND: "listings"}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        needed = self.NEEDED.get(cleaned["rule"])
        if needed and not cleaned[needed]:
            problem = ValidationError(_("This rule needs a choice here."))
            if needed == "listings":
                raise StructBlockValidationError(non_block_errors=[problem])
            raise StructBlockValidationError(block_errors={needed: problem})
        return cleaned

    def facts(self, value: Any) -> dict[str, Any]:
        listings = on_shelf(
            value["rule"],
            month=office_day(timezone.now()).month,
            count=value["count"],
            category=value["category"] or 0,
            place=value["place"] or 0,
            listings=[pk for pk in value["listings"] if pk],
        )
        return {"listings": listings} if listings else {}

    class Meta:
        label = _("listing shelf")
        icon = "tag"
        template = "marketplace/blocks/shelf.html"
        description = _("Cards from the catalogue: by category, place or season, the newest, or those you choose.")


class SeasonBlock(KeptBlock):
    """What is in season this month, and what comes next month."""

    topics = (fragments.CATALOGUE,)
    heading = _heading(_("Empty: “This season's produce”"))
    count = _count(8, 16)

    def facts(self, value: Any) -> dict[str, Any]:
        month = office_day(timezone.now()).month
        following = month % 12 + 1
        return {
            "listings": on_shelf(Rule.SEASON, month=month, count=value["count"]),
            "month": MONTHS[month],
            "following": MONTHS[following],
            "coming": titles_from(following, count=6),
        }

    class Meta:
        label = _("this season's produce")
        icon = "calendar-alt"
        template = "marketplace/blocks/season.html"
        description = _("What is in season this month, changing by itself, and what comes next month.")


class CampaignProgressBlock(KeptBlock):
    """How far a campaign has come."""

    topics = (fragments.PROGRAMME, fragments.IMPACT)
    campaign = CampaignChooserBlock(label=_("campaign"))

    def facts(self, value: Any) -> dict[str, Any]:
        progress = selectors.campaign_progress(value["campaign"], on=office_day(timezone.now()))
        return {"progress": progress} if progress else {}

    class Meta:
        label = _("campaign progress")
        icon = "order"
        template = "marketplace/blocks/campaign_progress.html"
        description = _("The completed amount of a campaign against its target, and the days that are left.")


class ImpactBlock(KeptBlock):
    """Completed value by month: a figure, a plot, a table and a sentence."""

    topics = (fragments.IMPACT, fragments.PROGRAMME)
    heading = _heading(_("Empty: “What it came to”"))
    of = blocks.ChoiceBlock(
        label=_("figures of"),
        choices=[("all", _("the paired county")), ("campaign", _("one campaign")), ("place", _("one place"))],
        default="all",
    )
    campaign = CampaignChooserBlock(label=_("campaign"), required=False)
    place = RegionChooserBlock(label=_("place"), required=False)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["of"] != "all" and not cleaned[cleaned["of"]]:
            raise StructBlockValidationError(
                block_errors={cleaned["of"]: ValidationError(_("This rule needs a choice here."))}
            )
        return cleaned

    def facts(self, value: Any) -> dict[str, Any]:
        if value["of"] == "campaign":
            campaign = Campaign.objects.filter(pk=value["campaign"]).first()
            return {"effect": selectors.effect_of_campaign(campaign)} if campaign else {}
        if value["of"] == "place":
            region = Region.objects.filter(pk=value["place"]).first()
            return {"effect": selectors.effect_of_region(region)} if region else {}
        return {"effect": selectors.effect_of_everything()}

    class Meta:
        label = _("impact figures")
        icon = "view"
        template = "marketplace/blocks/impact.html"
        description = _("Completed purchases of the county, a campaign or a place: figure, plot by month and table.")


class VillageTeaserBlock(KeptBlock):
    """A place with a picture, a sentence, what it sells and its page."""

    topics = (fragments.CATALOGUE, fragments.IMPACT, fragments.PAGES)
    place = RegionChooserBlock(label=_("village or township"))
    picture = ImageBlock(label=_("picture"), required=False)
    text = blocks.TextBlock(label=_("a sentence or two"), max_length=240)

    def facts(self, value: Any) -> dict[str, Any]:
        region = Region.objects.select_related("parent").filter(pk=value["place"]).first()
        if region is None:
            return {}
        return {
            "region": region,
            "effect": selectors.effect_of_region(region),
            "page": page_of_region(region.code),
            "listings": selectors.listings_from(region, limit=3),
        }

    class Meta:
        label = _("village teaser")
        icon = "site"
        template = "marketplace/blocks/village.html"
        description = _("Introduces a village: a picture, a sentence, what it sells, and the way to its page.")


class VendorTeaserBlock(KeptBlock):
    """A vendor's story and the way to its listings."""

    topics = (fragments.CATALOGUE, fragments.IMPACT)
    vendor = VendorChooserBlock(label=_("vendor"))

    def facts(self, value: Any) -> dict[str, Any]:
        vendor = (
            Vendor.objects.select_related("home__parent").filter(pk=value["vendor"], admitted_at__isnull=False).first()
        )
        if vendor is None:
            return {}
        effect = selectors.effect_of_vendor(vendor)
        return {"vendor": vendor, "count": count_from(vendor=vendor.pk), "completed": effect.completed}

    class Meta:
        label = _("vendor teaser")
        icon = "user"
        template = "marketplace/blocks/vendor.html"
        description = _("Introduces a vendor with its own story, and leads to what it sells.")


class GroupOrderCallBlock(KeptBlock):
    """Calls the members of an organisation to choose, while they can."""

    topics = (fragments.GROUP_ORDERS,)
    group_order = GroupOrderChooserBlock(label=_("group order"))
    text = blocks.TextBlock(label=_("what you want to say"), max_length=240, required=False)

    def facts(self, value: Any) -> dict[str, Any]:
        call = selectors.call_to(value["group_order"], at=timezone.now())
        return {"call": call} if call else {}

    def seconds(self, facts: dict[str, Any]) -> int:
        if not facts:
            return 60  # it may open by the clock alone
        return int((facts["call"].group_order.closes_at - timezone.now()).total_seconds())

    class Meta:
        label = _("call to a group order")
        icon = "group"
        template = "marketplace/blocks/group_order.html"
        description = _("Calls members to choose in a group order; disappears by itself when it closes.")


class NoticeListBlock(KeptBlock):
    """The latest notices."""

    topics = (fragments.PAGES,)
    heading = _heading(_("Empty: “Notices”"))
    category = blocks.ChoiceBlock(label=_("category"), choices=NoticeCategory.choices, required=False)
    count = _count(5, 20)

    def facts(self, value: Any) -> dict[str, Any]:
        notices, more = latest_notices(category=value["category"], count=value["count"])
        return {"notices": notices, "more": more} if notices else {}

    class Meta:
        label = _("notice list")
        icon = "list-ul"
        template = "marketplace/blocks/notices.html"
        description = _("The latest policy notices, of all categories or of one.")


class PictureBlock(blocks.StructBlock):
    """A picture; whoever cannot see it is told what it shows."""

    image = ImageBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), max_length=120, required=False)
    credit = blocks.CharBlock(label=_("credit"), max_length=120, required=False)

    class Meta:
        label = _("picture")
        icon = "image"
        template = "marketplace/blocks/picture.html"
        description = _("One picture in full width, with caption and credit.")


class QuoteBlock(blocks.StructBlock):
    """What somebody said."""

    text = blocks.TextBlock(label=_("words"), max_length=300)
    who = blocks.CharBlock(
        label=_("who says it"), max_length=60, help_text=_("A role or a first name; never a household in full.")
    )

    class Meta:
        label = _("quotation")
        icon = "openquote"
        template = "marketplace/blocks/quote.html"
        description = _("Somebody's own words.")


FEATURES = ["h3", "bold", "ol", "ul", "link", "document-link"]

PROSE: list[tuple[str, blocks.Block]] = [
    (
        "heading",
        blocks.CharBlock(
            label=_("heading"), icon="title", max_length=60, template="marketplace/blocks/heading.html", group=_("Text")
        ),
    ),
    (
        "text",
        blocks.RichTextBlock(
            label=_("text"), features=FEATURES, template="marketplace/blocks/text.html", group=_("Text")
        ),
    ),
    (
        "notice",
        blocks.TextBlock(
            label=_("highlighted note"), icon="warning", template="marketplace/blocks/note.html", group=_("Text")
        ),
    ),
    ("picture", PictureBlock(group=_("Text"))),
    (
        "pictures",
        blocks.ListBlock(
            PictureBlock(),
            label=_("several pictures"),
            icon="image",
            min_num=2,
            max_num=8,
            template="marketplace/blocks/pictures.html",
            group=_("Text"),
        ),
    ),
    ("quote", QuoteBlock(group=_("Text"))),
]

SHOWCASE: list[tuple[str, blocks.Block]] = [
    ("shelf", ListingShelfBlock()),
    ("season", SeasonBlock()),
    ("campaign", CampaignProgressBlock()),
    ("impact", ImpactBlock()),
    ("village", VillageTeaserBlock()),
    ("vendor", VendorTeaserBlock()),
    ("group_order", GroupOrderCallBlock()),
    ("notices", NoticeListBlock()),
]

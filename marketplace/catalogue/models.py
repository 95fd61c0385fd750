"""What is sold: categories, products, and each vendor's listing with packs, tiers, pictures and stock.

A listing is a Wagtail snippet: drafts, revisions, review and locking are
Wagtail's. Stock stands on a row of its own, because publishing a revision
writes the whole listing.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.contrib.contenttypes.fields import GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.images import get_image_model_string
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
    WorkflowState,
)
from wagtail.search import index

from ..fields import MoneyField
from ..money import Money
from ..parties.models import Vendor
from ..programme.models import Region
from .capacity import SharedCapacity
from .facts import JIN, KILOGRAM, LabelFacts, price_per
from .harvests import HarvestPlan
from .pricing import Tier
from .search import index_text
from .sessions import ServiceSession
from .tax import EXEMPT

if TYPE_CHECKING:
    from django.db.models import Model as ClusterableModel  # untyped itself; it is a model all the same
else:
    from modelcluster.models import ClusterableModel


class TaxRate(models.TextChoices):
    """The value-added tax in a listing's prices; a vendor's statement, which its fapiao must bear out."""

    EXEMPT = EXEMPT, _("exempt")
    ONE = "1", "1%"
    THREE = "3", "3%"
    SIX = "6", "6%"
    NINE = "9", "9%"
    THIRTEEN = "13", "13%"


class Category(models.Model):
    """A shelf of the catalogue."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("category above"),
    )
    is_service = models.BooleanField(_("services"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Product(models.Model):
    """A kind of produce, shared by the listings of several vendors."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["category", "slug"]

    def __str__(self) -> str:
        return self.name


class ListingQuerySet(models.QuerySet["Listing"]):
    def search(self, *args: Any, **kwargs: Any) -> Any:
        """Search the index with this query set's filters (Wagtail's search backends)."""
        from wagtail.search.backends import get_search_backend

        return get_search_backend().search(args[0], self, **kwargs)

    def published(self) -> ListingQuerySet:
        """What can be bought: live listings of admitted vendors that are not paused."""
        return self.shown().filter(paused_at=None)

    def shown(self) -> ListingQuerySet:
        """What has a page of its own: what can be bought, and what is paused."""
        return self.filter(live=True, vendor__admitted_at__isnull=False)

    def in_county(self, county_code: str) -> ListingQuerySet:
        """Listings that officers of this county review."""
        return self.filter(vendor__home__code__startswith=county_code)

    def in_season(self, month: int) -> ListingQuerySet:
        """Listings on offer in ``month`` (1–12); those without a season are always so."""
        return self.filter(Q(season="") | Q(season__contains=f",{month},"))

    def in_stock(self) -> ListingQuerySet:
        """Listings with at least one offered pack that has stock left."""
        left = Stock.objects.left().filter(pack__listing=OuterRef("pk"), pack__is_offered=True)
        return self.filter(Exists(left))

    def with_review(self) -> ListingQuerySet:
        """Annotated with ``review_status`` of the latest review and ``is_delisted``, so that ``state`` costs no query."""
        latest = WorkflowState.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Listing),
            object_id=Cast(OuterRef("pk"), CharField()),
        ).order_by("-created_at", "-pk")
        delisted = apps.get_model("marketplace", "Delisting").objects.filter(listing=OuterRef("pk"), readmitted_at=None)
        return self.annotate(review_status=Subquery(latest.values("status")[:1]), is_delisted=Exists(delisted))


class Listing(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    LabelFacts,
    HarvestPlan,
    ClusterableModel,
):
    """One vendor's offer of a product: what it is, from which place, in which season, in which packs."""

    class State(models.TextChoices):
        """Where the offer stands; derived from Wagtail's draft and review facts, never stored."""

        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("in review")
        RETURNED = "returned", _("returned")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")
        PAUSED = "paused", _("paused")
        DELISTED = "delisted", _("delisted")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="listings", verbose_name=_("vendor"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="listings", verbose_name=_("product"))
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=80)
    summary = models.CharField(_("summary"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="listings", verbose_name=_("origin"))
    season = models.CharField(
        _("season"), max_length=40, blank=True, help_text=_("Months on offer, such as ,3,4,5, ; empty: all year.")
    )
    tax_rate = models.CharField(_("tax rate"), max_length=6, choices=TaxRate, default=TaxRate.EXEMPT)
    # Derived when published, for lists: the lowest base price and the first picture.
    price_from = MoneyField(_("price from"), null=True, blank=True, editable=False)
    cover = models.ForeignKey(
        get_image_model_string(), on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    cover_alt = models.CharField(max_length=200, blank=True, editable=False)
    # For want of a certificate: no new orders, while those under way go on. Kept when a revision is published.
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True, editable=False)
    # A service that has sessions is sold by session only. Kept when a revision is published.
    is_by_session = models.BooleanField(_("sold by session"), default=False, editable=False)

    _revisions = GenericRelation(Revision, related_query_name="listing")
    workflow_states = GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="listing",
        for_concrete_model=False,
    )

    objects = ListingQuerySet.as_manager()
    _default_manager: ClassVar[models.Manager[Listing]]

    search_fields = [
        index.SearchField("search_text"),
        index.FilterField("live"),
    ]

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["-first_published_at", "-pk"]
        indexes = [
            models.Index(fields=["live", "-first_published_at", "-id"], name="listing_newest_first"),
            models.Index(fields=["live", "price_from", "id"], name="listing_cheapest_first"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        return self._revisions

    @property
    def search_text(self) -> str:
        """The index tokens of everything a buyer may type to find this listing."""
        category = self.product.category.name
        names = (self.title, self.product.name, category, self.vendor.name, self.origin.name)
        return index_text(*names, self.summary, self.description, spoken=names)

    @property
    def months(self) -> list[int]:
        """The months on offer, 1–12; empty means all year."""
        return [int(month) for month in self.season.split(",") if month]

    @property
    def state(self) -> Listing.State:
        """Where the offer stands (no query when fetched ``with_review()``)."""
        status = self.review_status if hasattr(self, "review_status") else self._review_status()
        if status == WorkflowState.STATUS_IN_PROGRESS:
            return self.State.SUBMITTED
        if self.live:
            return self.State.PAUSED if self.paused_at else self.State.PUBLISHED
        if self.is_delisted if hasattr(self, "is_delisted") else self._is_delisted():
            return self.State.DELISTED
        if status == WorkflowState.STATUS_NEEDS_CHANGES:
            return self.State.RETURNED
        return self.State.WITHDRAWN if self.first_published_at else self.State.DRAFT

    def get_state_display(self) -> str:
        return str(self.state.label)

    def _review_status(self) -> str | None:
        latest = self.workflow_states.order_by("-created_at", "-pk").first()
        return latest.status if latest else None

    def _is_delisted(self) -> bool:
        return self.delistings.filter(readmitted_at=None).exists()

    def with_content_json(self, content: Any) -> Listing:
        """A revision as it would be published: a pause is no part of what was written, nor are sessions."""
        found: Listing = super().with_content_json(content)
        found.paused_at = self.paused_at
        found.is_by_session = self.is_by_session
        return found

    def takes_orders_on(self, day: date) -> bool:
        """Whether new orders are taken on ``day``: neither paused, nor outside the window for advance orders."""
        return self.paused_at is None and super().takes_orders_on(day)

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "marketplace/storefront/listing_detail.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        return {"listing": self, "request": request, "is_preview": True}


class ListingPicture(Orderable):
    """A picture of a listing, with the words for those who cannot see it."""

    listing = ParentalKey(Listing, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey(get_image_model_string(), on_delete=models.PROTECT, related_name="+")
    alt_text = models.CharField(_("what the picture shows"), max_length=200)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    _default_manager: ClassVar[models.Manager[ListingPicture]]

    class Meta(Orderable.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.alt_text


class WrittenPacks(models.Manager["Pack"]):
    """The packs a vendor writes: those of one session are made of them, and no revision knows of them."""

    def get_queryset(self) -> models.QuerySet[Pack]:
        return super().get_queryset().filter(session=None)


class Pack(Orderable, ClusterableModel):
    """How a listing is sold: "5 kg box", its unit, price, minimum and multiple. Withdrawn, never deleted.

    A service with sessions is sold by packs of a session: each is a copy of a written pack for one day, with its name,
    so that whatever knows packs knows which session is meant. ``listing.packs`` are the written ones.
    """

    listing = ParentalKey(Listing, on_delete=models.PROTECT, related_name="packs")
    session = models.ForeignKey(
        ServiceSession, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="packs"
    )
    written = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="of_sessions"
    )
    name = models.CharField(_("pack"), max_length=80)
    unit = models.CharField(_("unit of measure"), max_length=10)
    unit_price = MoneyField(_("unit price"))
    minimum_quantity = models.PositiveIntegerField(
        _("minimum order quantity"), default=1, validators=[MinValueValidator(1)]
    )
    multiple = models.PositiveIntegerField(_("sold in multiples of"), default=1, validators=[MinValueValidator(1)])
    initial_stock = models.PositiveIntegerField(_("stock at publication"), default=0)
    weight_grams = models.PositiveIntegerField(
        _("weight (g)"), default=0, help_text=_("With packaging, as it is sent; services weigh nothing.")
    )
    net_grams = models.PositiveIntegerField(
        _("net weight (g)"), default=0, help_text=_("Without packaging; prices are compared by it.")
    )
    persons = models.PositiveSmallIntegerField(
        _("persons for each"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("How many places of a session one of it takes."),
    )
    is_redeemed = models.BooleanField(
        _("redeemed at the vendor's place"),
        default=False,
        help_text=_("Collected with a voucher for each; nothing is sent, so no freight."),
    )
    is_offered = models.BooleanField(_("on offer"), default=True)

    objects = models.Manager["Pack"]()
    of_listing = WrittenPacks()

    class Meta(Orderable.Meta):
        verbose_name = _("pack")
        verbose_name_plural = _("packs")
        default_manager_name = "of_listing"
        constraints = [
            models.UniqueConstraint(
                fields=["session", "written"], condition=Q(session__isnull=False), name="pack_once_per_session"
            ),
            models.CheckConstraint(
                condition=Q(session=None, written=None) | Q(session__isnull=False, written__isnull=False),
                name="pack_of_session_is_made_of_a_written_one",
            ),
            models.CheckConstraint(condition=Q(persons__gte=1), name="pack_persons_are_positive"),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="pack_price_is_positive"),
            models.CheckConstraint(
                condition=Q(minimum_quantity__gte=1) & Q(multiple__gte=1), name="pack_minimum_and_multiple_are_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listing.title} · {self.name}"

    @property
    def grams_to_send(self) -> int:
        """What freight is reckoned by: nothing for what is collected."""
        return 0 if self.is_redeemed else self.weight_grams

    @property
    def ladder(self) -> list[Tier]:
        """The price tiers, lowest quantity first, as plain values."""
        tiers = sorted(self.tiers.all(), key=lambda tier: tier.from_quantity)
        return [Tier(tier.from_quantity, tier.unit_price) for tier in tiers]

    @property
    def price_per_jin(self) -> Money | None:
        """What 500 g of it cost; ``None`` without a net weight."""
        return price_per(self.unit_price, self.net_grams, JIN)

    @property
    def price_per_kilogram(self) -> Money | None:
        """What a kilogram of it costs; ``None`` without a net weight."""
        return price_per(self.unit_price, self.net_grams, KILOGRAM)


class PriceTier(models.Model):
    """A better unit price from a quantity on."""

    pack = ParentalKey(Pack, on_delete=models.CASCADE, related_name="tiers")
    from_quantity = models.PositiveIntegerField(_("from quantity"))
    unit_price = MoneyField(_("unit price"))

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        ordering = ["from_quantity"]
        constraints = [models.CheckConstraint(condition=Q(unit_price__gt=0), name="tier_price_is_positive")]

    def __str__(self) -> str:
        return f"≥{self.from_quantity}: {self.unit_price}"


class StockQuerySet(models.QuerySet["Stock"]):
    def left(self) -> StockQuerySet:
        """Stocks of which something can still be sold."""
        taken = F("capacity__promised") + F("capacity__spent") + F("draws")
        return self.filter(
            Q(capacity=None) | Q(capacity__amount__gte=taken, capacity__is_closed=False), on_hand__gt=F("reserved")
        )


class Stock(models.Model):
    """How many of a pack are there, and how many of those are promised to orders.

    What is sold in advance draws on its harvest besides, what is sold by session on the session's places: ``draws`` for each pack.
    """

    pack = models.OneToOneField(Pack, on_delete=models.PROTECT, related_name="stock")
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    capacity = models.ForeignKey(
        SharedCapacity, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="stocks"
    )
    draws = models.PositiveIntegerField(default=0, editable=False)

    objects = StockQuerySet.as_manager()
    _default_manager: ClassVar[models.Manager[Stock]]

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.available}"

    @property
    def available(self) -> int:
        """What can still be sold."""
        in_store = self.on_hand - self.reserved
        if self.capacity is None or not self.draws:
            return in_store
        return min(in_store, self.capacity.left // self.draws)


def lowest_price(packs: Any) -> Money | None:
    """The lowest base price among the offered packs."""
    return min((pack.unit_price for pack in packs if pack.is_offered), default=None)

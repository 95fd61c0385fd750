"""From a wish to a promise: baskets, requisitions with their findings and approvals, and one purchase order per vendor.

Names, prices and the attribution are copied onto an order when it is placed;
what later happens to the catalogue does not touch it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..allowances.models import FundSource, Purpose, RulePack
from ..catalogue.freight_rules import FreightRule
from ..catalogue.models import Category, Listing, Pack, TaxRate
from ..catalogue.pricing import unit_price
from ..catalogue.sessions import ServiceSession
from ..fields import MoneyField
from ..grouporders.models import GroupOrder
from ..money import Money
from ..parties.models import BuyerOrganisation, DeliveryPoint, Member, Vendor
from ..programme.models import Campaign, Pairing, Region
from .lifecycle import State


class BasketLine(models.Model):
    """So many of a pack an organisation means to buy directly; nothing is promised yet."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="basket")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("basket line")
        verbose_name_plural = _("basket lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "pack"], name="basket_line_once_per_pack"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="basket_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} × {self.quantity}"

    @property
    def unit_price(self) -> Money:
        """The price of each at this quantity's tier."""
        return unit_price(self.pack.unit_price, self.pack.ladder, self.quantity)

    @property
    def amount(self) -> Money:
        """Price times quantity."""
        return self.unit_price * self.quantity


class Requisition(models.Model):
    """An internal wish to buy, checked against the rules and approved by somebody else than its requester."""

    class Mode(models.TextChoices):
        """Who the goods are bought from, for the books of the programme."""

        DIRECT = "direct", _("direct purchase")
        HELPED = "helped", _("helped sale")

    class Channel(models.TextChoices):
        PLATFORM = "platform", _("this platform")

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="requisitions")
    group_order = models.ForeignKey(
        GroupOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="requisitions"
    )
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="requisitions",
        verbose_name=_("campaign"),
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.DIRECT)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.PLATFORM)
    delivery_point = models.ForeignKey(
        DeliveryPoint, on_delete=models.PROTECT, related_name="+", verbose_name=_("delivery point")
    )
    note = models.CharField(_("note to the approver"), max_length=300, blank=True)
    fapiao_wanted = models.BooleanField(_("fapiao wanted"), default=True)
    fapiao_title = models.CharField(_("fapiao title"), max_length=120, blank=True)  # another than the buyer's own
    amount = MoneyField(_("amount"))  # goods
    freight = MoneyField(_("freight"), default=Money(0))  # roll-up of what the vendors quote
    rule_pack = models.ForeignKey(RulePack, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted at"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"), null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField(_("placed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("requisition")
        verbose_name_plural = _("requisitions")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group_order"],
                condition=Q(group_order__isnull=False) & ~Q(state="cancelled"),
                name="one_standing_requisition_per_group_order",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount_asked(self) -> Money:
        """Goods and freight: what placing will make due."""
        return self.amount + self.freight

    @property
    def title(self) -> str:
        """What people call it: the group order's title, else the purpose."""
        return self.group_order.title if self.group_order else self.get_purpose_display()


class RequisitionLine(models.Model):
    """So many of a pack at the price that was approved."""

    requisition = models.ForeignKey(Requisition, on_delete=models.PROTECT, related_name="lines")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    weight_grams = models.PositiveIntegerField(_("weight (g)"), default=0)

    class Meta:
        verbose_name = _("requisition line")
        verbose_name_plural = _("requisition lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["requisition", "pack"], name="requisition_line_once_per_pack"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="requisition_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.pack} × {self.quantity}"

    @property
    def amount(self) -> Money:
        """Price times quantity."""
        return self.unit_price * self.quantity


class RequisitionFreight(models.Model):
    """What one vendor asks for delivering its part, by the edition of its rule in force when it was asked for."""

    requisition = models.ForeignKey(Requisition, on_delete=models.PROTECT, related_name="freights")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(FreightRule, on_delete=models.PROTECT, null=True, related_name="+")
    region_code = models.CharField(_("region code"), max_length=12)
    weight_grams = models.PositiveIntegerField(_("weight (g)"))
    amount = MoneyField(_("freight"))

    class Meta:
        verbose_name = _("freight of a requisition")
        verbose_name_plural = _("freight of requisitions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["requisition", "vendor"], name="freight_once_per_requisition_and_vendor"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="quoted_freight_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.amount}"


class RequisitionShare(models.Model):
    """So many of a direct requisition's line for one place; a line without shares goes to the requisition's own."""

    line = models.ForeignKey(RequisitionLine, on_delete=models.PROTECT, related_name="shares")
    delivery_point = models.ForeignKey(DeliveryPoint, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("share of a requisition line")
        verbose_name_plural = _("shares of requisition lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["line", "delivery_point"], name="share_once_per_point"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="share_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line} · {self.delivery_point}"


class RequisitionFinding(models.Model):
    """What the rule pack had to say about one member when the requisition was submitted."""

    requisition = models.ForeignKey(Requisition, on_delete=models.PROTECT, related_name="findings")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("rule"), max_length=30)
    level = models.CharField(_("level"), max_length=8)
    grade = models.CharField(_("grade of the source"), max_length=1)
    basis = models.TextField(_("legal basis"), blank=True)
    cap = MoneyField(_("cap"))
    after = MoneyField(_("the year's total with this purchase"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.member} {self.level}"

    @property
    def over(self) -> Money:
        """How far beyond the cap."""
        return self.after - self.cap


class Approval(models.Model):
    """One decision about a requisition."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")

    requisition = models.ForeignKey(Requisition, on_delete=models.PROTECT, related_name="approvals")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["decided_at", "pk"]

    def __str__(self) -> str:
        return f"{self.requisition} {self.decision}"


class Override(models.Model):
    """A blocking finding set aside by a second person, with a reason."""

    finding = models.OneToOneField(RequisitionFinding, on_delete=models.PROTECT, related_name="override")
    reason = models.CharField(_("reason"), max_length=300)
    overridden_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    overridden_at = models.DateTimeField(_("overridden at"))

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")

    def __str__(self) -> str:
        return self.reason


class PurchaseOrder(models.Model):
    """What one vendor is asked to deliver; the attribution is fixed here. [UBL Order]"""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    requisition = models.ForeignKey(Requisition, on_delete=models.PROTECT, related_name="orders")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="orders", verbose_name=_("vendor"))
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="orders")
    vendor_name = models.CharField(_("vendor"), max_length=120)
    buyer_name = models.CharField(_("buyer"), max_length=120)
    buyer_kind = models.CharField(_("buyer's kind"), max_length=20)
    buyer_county = models.CharField(_("buyer's county"), max_length=6)
    fapiao_wanted = models.BooleanField(_("fapiao wanted"), default=True)
    fapiao_title = models.CharField(_("fapiao title"), max_length=120)
    counted_for = models.ForeignKey(
        BuyerOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("counted for"),
    )
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="orders")
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="orders")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    mode = models.CharField(_("mode"), max_length=10, choices=Requisition.Mode)
    channel = models.CharField(_("channel"), max_length=10, choices=Requisition.Channel)
    delivery_name = models.CharField(_("delivery point"), max_length=60)
    delivery_address = models.CharField(_("address"), max_length=200)
    delivery_contact = models.CharField(_("contact"), max_length=60)
    delivery_phone = models.CharField(_("phone"), max_length=20)
    amount = MoneyField(_("amount ordered"))  # goods
    freight_rule = models.ForeignKey(FreightRule, on_delete=models.PROTECT, null=True, related_name="+")
    delivery_code = models.CharField(_("region code"), max_length=12, blank=True)
    freight_quoted = MoneyField(_("freight quoted"), default=Money(0))
    freight = MoneyField(_("freight"), default=Money(0))  # what counts now: frozen by the vendor's answer
    placed_at = models.DateTimeField(_("placed at"))
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(_("reason"), max_length=300, blank=True)
    placed_lines: list[OrderLine]  # in hand, only while the order is being placed

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["requisition", "vendor"], name="one_order_per_requisition_and_vendor"),
            models.CheckConstraint(
                condition=Q(freight__gte=0) & Q(freight__lte=F("freight_quoted")), name="freight_never_above_the_quote"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount_placed(self) -> Money:
        """Goods and the freight quoted: what the order made due when it was placed."""
        return self.amount + self.freight_quoted

    @property
    def pays_first(self) -> bool:
        """Whether the vendor waits for the money: an individual's order."""
        return self.buyer_kind == BuyerOrganisation.Kind.INDIVIDUAL


class OrderLine(models.Model):
    """One line of an order as it was agreed; the vendor's answer stands beside it. [UBL OrderLine]"""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="order_lines")
    # What requisition and choices say, once the booking was moved to another session; empty while it is ``pack``.
    chosen_pack = models.ForeignKey(Pack, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="order_lines")
    title = models.CharField(_("title"), max_length=80)
    pack_name = models.CharField(_("pack"), max_length=80)
    unit = models.CharField(_("unit of measure"), max_length=10)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    category_name = models.CharField(_("category"), max_length=40)
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    origin_code = models.CharField(_("origin code"), max_length=12)
    origin_name = models.CharField(_("origin"), max_length=60)
    township_name = models.CharField(_("township"), max_length=60)
    unit_price = MoneyField(_("unit price"))
    quantity_ordered = models.PositiveIntegerField(_("quantity ordered"))
    quantity_declined = models.PositiveIntegerField(_("quantity declined"), default=0)
    quantity_cancelled = models.PositiveIntegerField(_("quantity cancelled"), default=0)
    promised_on = models.DateField(_("delivered by"), null=True, blank=True)
    decline_reason = models.CharField(_("reason"), max_length=200, blank=True)
    tax_rate = models.CharField(_("tax rate"), max_length=6, choices=TaxRate, default=TaxRate.EXEMPT)
    weight_grams = models.PositiveIntegerField(_("weight (g)"), default=0)
    session = models.ForeignKey(
        ServiceSession, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines"
    )
    is_redeemed = models.BooleanField(_("at the vendor's place"), default=False)  # attended or collected, never sent

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "pack"], name="order_line_once_per_pack"),
            models.CheckConstraint(condition=Q(quantity_ordered__gt=0), name="order_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(quantity_ordered__gte=F("quantity_declined") + F("quantity_cancelled")),
                name="given_up_within_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.pack_name}"

    @property
    def asked_pack_id(self) -> int:
        """The pack by which requisition and members' choices know this line, wherever it was moved since."""
        return self.chosen_pack_id or self.pack_id

    @property
    def quantity_confirmed(self) -> int:
        """What the vendor has not declined, and nobody has cancelled since."""
        return self.quantity_ordered - self.quantity_declined - self.quantity_cancelled

    @property
    def amount_ordered(self) -> Money:
        return self.unit_price * self.quantity_ordered

    @property
    def amount_confirmed(self) -> Money:
        return self.unit_price * self.quantity_confirmed


class OrderDelivery(models.Model):
    """One place an order is delivered to, frozen when it was placed; an order has at least one."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="deliveries")
    delivery_point = models.ForeignKey(DeliveryPoint, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("delivery point"), max_length=60)
    address = models.CharField(_("address"), max_length=200)
    contact_name = models.CharField(_("contact"), max_length=60)
    phone = models.CharField(_("phone"), max_length=20)
    opening_hours = models.CharField(_("opening hours"), max_length=100, blank=True)
    unloading_note = models.CharField(_("note on unloading"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "delivery_point"], name="delivery_once_per_order_and_point")
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryLine(models.Model):
    """So many of one order line for one place; ``quantity_released`` is what will not come there after all."""

    delivery = models.ForeignKey(OrderDelivery, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="deliveries")
    quantity = models.PositiveIntegerField(_("quantity"))
    quantity_released = models.PositiveIntegerField(_("quantity released"), default=0)

    class Meta:
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        ordering = ["delivery_id", "line_id"]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "line"], name="delivery_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivered_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(quantity_released__lte=F("quantity")), name="delivery_released_within_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line} → {self.delivery}"

    @property
    def quantity_due(self) -> int:
        """What is still to come there, or came."""
        return self.quantity - self.quantity_released


class StockReservation(models.Model):
    """The promise behind an order line: reserved, then partly released, partly taken from the store."""

    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="reservation")
    quantity = models.PositiveIntegerField(_("quantity"))
    quantity_released = models.PositiveIntegerField(_("released"), default=0)
    quantity_consumed = models.PositiveIntegerField(_("taken from store"), default=0)

    class Meta:
        verbose_name = _("stock reservation")
        verbose_name_plural = _("stock reservations")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=F("quantity_released") + F("quantity_consumed")),
                name="reservation_never_overdrawn",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"

"""What purchases came to: entries that are only added, and their totals by month, written with them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..allowances.models import FundSource, Purpose
from ..catalogue.models import Category
from ..fields import MoneyField
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder, Requisition
from ..parties.models import BuyerOrganisation, Vendor
from ..programme.models import Campaign
from .attribution import ELSEWHERE, PLATFORM
from .elsewhere.models import ElsewhereLine, ElsewherePurchase


class Measure(models.TextChoices):
    """What is counted. *Completed* is paid, accepted and fapiao matched: the only official figure."""

    ORDERED = "ordered", _("ordered")
    PAID = "paid", _("paid")
    ACCEPTED = "accepted", _("accepted")
    COMPLETED = "completed", _("completed")


class ImpactEntry(models.Model):
    """One line's movement under one measure, with its attribution; a return posts a negative one.

    The line is an order's, or that of a purchase made elsewhere, which moves *completed* alone.
    """

    class Reason(models.TextChoices):
        PLACED = "placed", _("order placed")
        DECLINED = "declined", _("declined by the vendor")
        CANCELLED = "cancelled", _("cancelled")
        ACCEPTED = "accepted", _("goods accepted")
        SETTLED = "settled", _("invoice settled")
        MISSING = "missing", _("short or damaged")
        COMPLETED = "completed", _("paid, accepted and fapiao matched")
        RETURNED = "returned", _("returned")
        REVERSED = "reversed", _("payment reversed")
        VOIDED = "voided", _("fapiao voided")
        CORRECTED = "corrected", _("attribution corrected")
        CONFIRMED = "confirmed", _("bought elsewhere, confirmed by an officer")
        UNCONFIRMED = "undone", _("bought elsewhere, voided")

    CHANNELS = (*Requisition.Channel.choices, *ElsewherePurchase.Channel.choices)

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="impact_entries")
    elsewhere_line = models.ForeignKey(
        ElsewhereLine, on_delete=models.PROTECT, null=True, blank=True, related_name="impact_entries"
    )
    measure = models.CharField(_("measure"), max_length=10, choices=Measure)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    amount = MoneyField(_("amount"))
    quantity = models.IntegerField(_("quantity"))
    posted_on = models.DateField(_("posted on"))
    posted_at = models.DateTimeField(_("posted at"))
    mode = models.CharField(_("mode"), max_length=10, choices=Requisition.Mode, default=Requisition.Mode.DIRECT)
    channel = models.CharField(_("channel"), max_length=20, choices=CHANNELS, default=PLATFORM)
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="+")
    buyer_kind = models.CharField(_("buyer's kind"), max_length=20)
    buyer_county = models.CharField(_("buyer's county"), max_length=6)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    vendor_county = models.CharField(_("vendor's county"), max_length=6)
    origin_code = models.CharField(_("origin code"), max_length=12)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    counted_for = models.ForeignKey(
        BuyerOrganisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("impact entry")
        verbose_name_plural = _("impact entries")
        ordering = ["posted_on", "pk"]
        indexes = [models.Index(fields=["measure", "posted_on"], name="impact_by_measure_and_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(line=None, elsewhere_line__isnull=False) | Q(line__isnull=False, elsewhere_line=None),
                name="impact_of_one_line",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line or self.elsewhere_line} {self.measure} {self.amount}"

    @property
    def seller_name(self) -> str:
        """Who sold: the vendor, or the name on a receipt from elsewhere."""
        if self.elsewhere_line:
            return self.elsewhere_line.purchase.seller_name
        return self.vendor.name if self.vendor else ""


class ImpactTotal(models.Model):
    """The sum of entries under one key of one dimension in one month (its first day), by measure.

    What was bought on this platform, what was bought elsewhere and what was helped to sell have rows of their own.
    """

    dimension = models.CharField(max_length=20)
    key = models.CharField(max_length=40)
    month = models.DateField()
    measure = models.CharField(max_length=10, choices=Measure)
    mode = models.CharField(max_length=10, choices=Requisition.Mode, default=Requisition.Mode.DIRECT)
    channel = models.CharField(max_length=10, choices=[(PLATFORM, PLATFORM), (ELSEWHERE, ELSEWHERE)], default=PLATFORM)
    amount = MoneyField(default=Money(0))
    quantity = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("impact total")
        verbose_name_plural = _("impact totals")
        ordering = ["dimension", "key", "month", "measure", "mode", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["dimension", "key", "month", "measure", "mode", "channel"], name="impact_total_once_per_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dimension}:{self.key} {self.month:%Y-%m} {self.measure} {self.amount}"


class AttributionCorrection(models.Model):
    """What an order was bought for, put right after the fact: asked for with a reason, decided by an officer."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="corrections")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    old_campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    old_purpose = models.CharField(_("purpose before"), max_length=20, choices=Purpose)
    old_fund_source = models.CharField(_("fund source before"), max_length=20, choices=FundSource)
    reason = models.CharField(_("reason"), max_length=300)
    proposed_at = models.DateTimeField(_("asked at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("correction of attribution")
        verbose_name_plural = _("corrections of attribution")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(agreed_at=None, refused_at=None), name="one_open_correction_per_order"
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether an officer still has to decide."""
        return self.agreed_at is None and self.refused_at is None

    @property
    def status(self) -> str:
        """Where it stands, in a word or two."""
        return str(_("agreed") if self.agreed_at else _("refused") if self.refused_at else _("waiting for an officer"))

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return "done" if self.agreed_at else "progress" if self.is_open else "neutral"

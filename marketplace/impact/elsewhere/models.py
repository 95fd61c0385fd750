"""What a buyer bought, or helped to sell, outside this platform: the document, its lines, vouchers and sheets."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ...allowances.models import FundSource, Purpose
from ...catalogue.models import Category
from ...fields import MoneyField
from ...files import PrivateFile
from ...orders.models import Requisition
from ...parties import identifiers
from ...parties.models import BuyerOrganisation, Vendor
from ...programme.models import Campaign, Region
from .lifecycle import MENDABLE, STANDING, State


class ElsewhereImport(models.Model):
    """One uploaded sheet of purchases: its rows as read, previewed first and then entered whole or not at all."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="elsewhere_imports")
    filename = models.CharField(_("file name"), max_length=200)
    rows = models.JSONField()
    voucher = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"))
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("import of purchases made elsewhere")
        verbose_name_plural = _("imports of purchases made elsewhere")
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.filename


class ElsewherePurchase(models.Model):
    """One purchase outside this platform, with what proves it; counted once an officer has confirmed it.

    Amounts are what was paid, tax included. Buyer's kind and county are those of the day it was submitted.
    """

    class Channel(models.TextChoices):
        """Where it was bought."""

        PLATFORM_832 = "832", _("832 Platform")
        OTHER_PLATFORM = "other_platform", _("another platform")
        MARKET = "market", _("market or stall")
        PHONE = "phone", _("by phone or message")

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="elsewhere_purchases")
    buyer_kind = models.CharField(_("buyer's kind"), max_length=20)
    buyer_county = models.CharField(_("buyer's county"), max_length=6)
    mode = models.CharField(_("mode"), max_length=10, choices=Requisition.Mode)
    channel = models.CharField(_("channel"), max_length=20, choices=Channel)
    helped_buyer = models.CharField(_("who bought"), max_length=120, blank=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seller_name = models.CharField(_("seller"), max_length=120)
    seller_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("campaign")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    bought_on = models.DateField(_("bought on"))
    external_reference = models.CharField(_("order number elsewhere"), max_length=60, blank=True)
    reference_key = models.CharField(max_length=200, blank=True)  # what makes an order number unique
    fapiao_number = models.CharField(_("fapiao number"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    amount = MoneyField(_("amount"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    submissions = models.PositiveSmallIntegerField(default=0)
    sheet = models.ForeignKey(
        ElsewhereImport, on_delete=models.PROTECT, null=True, blank=True, related_name="purchases"
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField(_("reason"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("purchase made elsewhere")
        verbose_name_plural = _("purchases made elsewhere")
        ordering = ["-bought_on", "-pk"]
        indexes = [models.Index(fields=["state", "submitted_at"], name="elsewhere_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="elsewhere_amount_is_positive"),
            models.UniqueConstraint(
                fields=["reference_key"],
                condition=Q(state__in=STANDING) & ~Q(reference_key=""),
                name="elsewhere_order_number_once",
            ),
            models.UniqueConstraint(
                fields=["fapiao_number"],
                condition=Q(state__in=STANDING) & ~Q(fapiao_number=""),
                name="elsewhere_fapiao_once",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_mendable(self) -> bool:
        """Whether its buyer may still change it."""
        return self.state in MENDABLE

    @property
    def is_helped(self) -> bool:
        """Whether others bought, and this organisation helped to sell."""
        return self.mode == Requisition.Mode.HELPED

    @property
    def has_doubtful_code(self) -> bool:
        """Whether the seller's credit code has a wrong check digit: it is kept, and both sides are warned."""
        return bool(self.seller_code) and not identifiers.is_valid(self.seller_code)

    @property
    def open_voiding(self) -> Any:
        """The voiding that waits for a second person, if there is one."""
        return next((row for row in self.voidings.all() if row.is_open), None)


class ElsewhereLine(models.Model):
    """What was bought: one kind of produce from one place. The place's code and names are copied."""

    purchase = models.ForeignKey(ElsewherePurchase, on_delete=models.PROTECT, related_name="lines")
    what = models.CharField(_("what was bought"), max_length=80)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("origin"))
    origin_code = models.CharField(_("origin code"), max_length=12)
    origin_name = models.CharField(_("origin"), max_length=60)
    township_name = models.CharField(_("township"), max_length=60)
    amount = MoneyField(_("amount"))
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("line of a purchase made elsewhere")
        verbose_name_plural = _("lines of purchases made elsewhere")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="elsewhere_line_amount_is_positive")]

    def __str__(self) -> str:
        return self.what


class ElsewhereVoucher(models.Model):
    """A scan or photo that proves the purchase (or all of a sheet's); one taken back before submitting stays on file."""

    purchase = models.ForeignKey(ElsewherePurchase, on_delete=models.PROTECT, related_name="vouchers")
    file = models.ForeignKey(PrivateFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("voucher"))
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("voucher of a purchase made elsewhere")
        verbose_name_plural = _("vouchers of purchases made elsewhere")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


class ElsewhereVoiding(models.Model):
    """A confirmed purchase should no longer count: asked for by an officer, decided by a second one or the operator."""

    purchase = models.ForeignKey(ElsewherePurchase, on_delete=models.PROTECT, related_name="voidings")
    reason = models.CharField(_("reason"), max_length=300)
    proposed_at = models.DateTimeField(_("asked at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refusal = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("voiding of a purchase made elsewhere")
        verbose_name_plural = _("voidings of purchases made elsewhere")
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(agreed_at=None, refused_at=None), name="one_open_voiding_per_purchase"
            )
        ]

    def __str__(self) -> str:
        return f"{self.purchase} {self.proposed_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether a second person still has to decide."""
        return self.agreed_at is None and self.refused_at is None

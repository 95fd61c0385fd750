"""Goods move, are received and accepted, may go back, and are handed out to members."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField
from ..grouporders.models import GroupOrder, Participant
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder
from ..payments.models import private_storage


class Consignment(models.Model):
    """One parcel or load of an order. [UBL DespatchAdvice]"""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="consignments")
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    waybill_number = models.CharField(_("waybill number"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    dispatched_at = models.DateTimeField(_("dispatched at"))
    dispatched_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("consignment")
        verbose_name_plural = _("consignments")
        ordering = ["dispatched_at", "pk"]

    def __str__(self) -> str:
        return self.reference


class ConsignmentLine(models.Model):
    """So many of one order line in a consignment."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="consigned")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("consignment line")
        verbose_name_plural = _("consignment lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["consignment", "line"], name="consignment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="consigned_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"


class GoodsReceipt(models.Model):
    """What the receiver found in one consignment. [UBL ReceiptAdvice]"""

    consignment = models.OneToOneField(Consignment, on_delete=models.PROTECT, related_name="receipt")
    note = models.CharField(_("note"), max_length=300, blank=True)
    photo = models.FileField(_("photo"), storage=private_storage, upload_to="receipts/%Y/%m", blank=True)
    received_at = models.DateTimeField(_("received at"))
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("goods receipt")
        verbose_name_plural = _("goods receipts")

    def __str__(self) -> str:
        return str(self.consignment)


class GoodsReceiptLine(models.Model):
    """Received whole, short and damaged: together what was sent."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    consigned = models.OneToOneField(ConsignmentLine, on_delete=models.PROTECT, related_name="received")
    quantity_received = models.PositiveIntegerField(_("arrived whole"))
    quantity_short = models.PositiveIntegerField(_("short"), default=0)
    quantity_damaged = models.PositiveIntegerField(_("damaged"), default=0)

    class Meta:
        verbose_name = _("goods receipt line")
        verbose_name_plural = _("goods receipt lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.consigned} ✓{self.quantity_received}"


class Acceptance(models.Model):
    """The certificate that an order's goods are taken; numbers have no gaps."""

    number = models.CharField(_("number"), max_length=24, unique=True)
    order = models.OneToOneField(PurchaseOrder, on_delete=models.PROTECT, related_name="acceptance")
    note = models.CharField(_("note"), max_length=300, blank=True)
    amount = MoneyField(_("accepted amount"))
    accepted_at = models.DateTimeField(_("accepted at"))
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("acceptance certificate")
        verbose_name_plural = _("acceptance certificates")

    def __str__(self) -> str:
        return self.number


class AcceptanceLine(models.Model):
    """How many of an order line were accepted."""

    acceptance = models.ForeignKey(Acceptance, on_delete=models.PROTECT, related_name="lines")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="accepted")
    quantity = models.PositiveIntegerField(_("quantity accepted"))
    quantity_returned = models.PositiveIntegerField(_("quantity returned"), default=0)

    class Meta:
        verbose_name = _("acceptance line")
        verbose_name_plural = _("acceptance lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity_returned__lte=F("quantity")), name="returned_within_accepted")
        ]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"

    @property
    def amount(self) -> Money:
        """What was accepted, at the order's price."""
        return self.line.unit_price * self.quantity


class GoodsReturn(models.Model):
    """Accepted goods that went back later, dated on their own day."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(_("reason"), max_length=300)
    amount = MoneyField(_("amount"))
    returned_at = models.DateTimeField(_("returned at"))
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("goods return")
        verbose_name_plural = _("goods returns")
        ordering = ["returned_at", "pk"]

    def __str__(self) -> str:
        return self.reference


class GoodsReturnLine(models.Model):
    """So many of one order line that went back."""

    goods_return = models.ForeignKey(GoodsReturn, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returned")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("goods return line")
        verbose_name_plural = _("goods return lines")
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="returned_quantity_is_positive")]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"


class HandoutList(models.Model):
    """Who gets what of a group order, by department; printed and ticked."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    group_order = models.OneToOneField(GroupOrder, on_delete=models.PROTECT, related_name="handout_list")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("hand-out list")
        verbose_name_plural = _("hand-out lists")

    def __str__(self) -> str:
        return self.reference


class HandoutRow(models.Model):
    """One member's goods; what they are is what their choice came to."""

    handout_list = models.ForeignKey(HandoutList, on_delete=models.PROTECT, related_name="rows")
    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="handout")
    department = models.CharField(_("department"), max_length=80, blank=True)
    handed_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("hand-out row")
        verbose_name_plural = _("hand-out rows")
        ordering = ["department", "participant__member__name", "pk"]

    def __str__(self) -> str:
        return str(self.participant)

"""Money in: one invoice per requisition with what lowers it and what was paid, and the vendors' fapiao."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..conf import setting
from ..fields import MoneyField
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder, Requisition
from ..parties.models import BuyerOrganisation


def private_storage() -> Storage:
    """Where files lie that only a checked view serves."""
    return storages[setting("PRIVATE_STORAGE")]


class Invoice(models.Model):
    """What an organisation is asked to pay for one requisition, by one transfer. Numbers have no gaps. [UBL Invoice]"""

    number = models.CharField(_("number"), max_length=24, unique=True)
    remittance_reference = models.CharField(_("remittance reference"), max_length=24, unique=True)
    requisition = models.OneToOneField(Requisition, on_delete=models.PROTECT, related_name="invoice")
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="invoices")
    issued_at = models.DateTimeField(_("issued at"))
    due_on = models.DateField(_("to be paid by"))
    # Roll-ups of lines, adjustments and payments, written with them under the invoice's lock.
    amount_invoiced = MoneyField(_("amount invoiced"))
    amount_adjusted = MoneyField(_("adjustments"), default=Money(0))
    amount_paid = MoneyField(_("amount paid"), default=Money(0))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return self.number

    @property
    def amount_due(self) -> Money:
        """What is owed in all, after declined, short and damaged goods."""
        return self.amount_invoiced + self.amount_adjusted

    @property
    def amount_open(self) -> Money:
        """What is still to be paid; never negative."""
        rest = self.amount_due - self.amount_paid
        return rest if rest.amount > 0 else rest - rest

    @property
    def amount_overpaid(self) -> Money:
        """What was paid beyond what is owed; it is held for the buyer."""
        rest = self.amount_paid - self.amount_due
        return rest if rest.amount > 0 else rest - rest

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None


class InvoiceLine(models.Model):
    """One order's part of an invoice."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    order = models.OneToOneField(PurchaseOrder, on_delete=models.PROTECT, related_name="invoice_line")
    amount = MoneyField(_("amount"))

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.order}"


class InvoiceAdjustment(models.Model):
    """Goods that need not be paid after all: declined, missing or returned. Never edited. [UBL CreditNote]"""

    class Reason(models.TextChoices):
        DECLINED = "declined", _("declined by the vendor")
        CANCELLED = "cancelled", _("cancelled by the buyer")
        MISSING = "missing", _("short or damaged")
        RETURNED = "returned", _("returned")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="adjustments")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="adjustments")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = MoneyField(_("amount"))
    adjusted_at = models.DateTimeField(_("adjusted at"))
    adjusted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering = ["adjusted_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="adjustment_quantity_is_positive"),
            models.CheckConstraint(condition=Q(amount__lte=0), name="adjustment_lowers_what_is_due"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} {self.amount}"


class Payment(models.Model):
    """Money that arrived for an invoice, by a bank's serial number once. [UBL PaymentMeans]"""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(_("way of payment"), max_length=20)
    transaction_number = models.CharField(_("bank serial number"), max_length=60)
    amount = MoneyField(_("amount"))
    paid_on = models.DateField(_("paid on"))
    payer_name = models.CharField(_("payer"), max_length=120, blank=True)
    voucher = models.FileField(_("voucher"), storage=private_storage, upload_to="vouchers/%Y/%m", blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "transaction_number"], name="payment_recorded_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_number} {self.amount}"


class Fapiao(models.Model):
    """A vendor's tax document for one order: entered only when title and accepted amount agree."""

    order = models.OneToOneField(PurchaseOrder, on_delete=models.PROTECT, related_name="fapiao")
    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    amount = MoneyField(_("amount"))
    issued_on = models.DateField(_("issued on"))
    matched_at = models.DateTimeField(_("matched at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("fapiao")
        verbose_name_plural = _("fapiao")

    def __str__(self) -> str:
        return self.number

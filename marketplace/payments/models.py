"""Money in: one invoice per requisition with what lowers it and what was paid, and the vendors' fapiao."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField
from ..files import PrivateFile
from ..money import Money
from ..orders.models import OrderLine, PurchaseOrder, Requisition
from ..parties.models import BuyerOrganisation


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
    amount_refunded = MoneyField(_("amount refunded"), default=Money(0))  # on its way back, or back
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
        rest = self.amount_due - self.amount_kept
        return rest if rest.amount > 0 else rest - rest

    @property
    def amount_kept(self) -> Money:
        """What was paid and has not gone back."""
        return self.amount_paid - self.amount_refunded

    @property
    def amount_overpaid(self) -> Money:
        """What was paid beyond what is owed and has not gone back; it is held for the buyer."""
        rest = self.amount_kept - self.amount_due
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
    """Goods or freight that need not be paid after all. Never edited. [UBL CreditNote]"""

    class Reason(models.TextChoices):
        DECLINED = "declined", _("declined by the vendor")
        CANCELLED = "cancelled", _("cancelled")
        MISSING = "missing", _("short or damaged")
        RETURNED = "returned", _("returned")
        FREIGHT = "freight", _("less freight")

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="adjustments")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="adjustments")
    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, null=True, related_name="freight_adjustments"
    )  # whose freight it is
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
            models.CheckConstraint(
                condition=Q(line__isnull=False, order=None, quantity__gt=0)
                | Q(line=None, order__isnull=False, quantity=0, reason="freight"),
                name="adjustment_is_of_goods_or_of_freight",
            ),
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
    voucher = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("voucher")
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    amount_refunded = MoneyField(_("amount refunded"), default=Money(0))  # roll-up of the refunds that did not fail
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)
    reversed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reversal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "transaction_number"], condition=Q(reversed_at=None), name="payment_recorded_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(amount_refunded__gte=0) & Q(amount_refunded__lte=F("amount")), name="refunded_within_paid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transaction_number} {self.amount}"


class Refund(models.Model):
    """Held money on its way back to the buyer, by the way it was paid or as a payment of another invoice.

    It is asked for (``requested_at``), then either done (``done_at``) or failed, and held again.
    """

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    gateway = models.CharField(_("way of payment"), max_length=20)
    amount = MoneyField(_("amount"))
    payee_name = models.CharField(_("payee"), max_length=120, blank=True)
    payee_bank = models.CharField(_("bank"), max_length=120, blank=True)
    payee_account = models.CharField(_("account"), max_length=60, blank=True)
    requested_at = models.DateTimeField(_("requested at"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    transaction_number = models.CharField(_("bank serial number"), max_length=80, blank=True)
    done_at = models.DateTimeField(_("paid back at"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    failure = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
            models.CheckConstraint(condition=Q(done_at=None) | Q(failed_at=None), name="refund_ends_one_way"),
            models.UniqueConstraint(
                fields=["gateway", "transaction_number"],
                condition=~Q(transaction_number=""),
                name="refund_recorded_once",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether the money is still on its way."""
        return self.done_at is None and self.failed_at is None


class Checkout(models.Model):
    """One visit to a payment service's page for what was open on an invoice; its reference travels with the money."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="checkouts")
    gateway = models.CharField(_("way of payment"), max_length=20)
    amount = MoneyField(_("amount"))
    session = models.CharField(_("session"), max_length=120, blank=True)
    url = models.TextField(_("address"), blank=True)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires at"))
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="checkout", verbose_name=_("payment")
    )
    ended_at = models.DateTimeField(_("ended unpaid at"), null=True, blank=True)
    mismatch = models.CharField(_("disagreement"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("checkout")
        verbose_name_plural = _("checkouts")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "session"], condition=~Q(session=""), name="checkout_session_once"
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(payment__isnull=False), name="completed_checkout_has_a_payment"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether it may still be paid."""
        return self.completed_at is None and self.ended_at is None


class GatewayEvent(models.Model):
    """What a payment service told us, once per its own event number, kept in the transaction of its effect."""

    class Outcome(models.TextChoices):
        SETTLED = "settled", _("payment recorded")
        WAITING = "waiting", _("not paid yet")
        ENDED = "ended", _("ended unpaid")
        MISMATCH = "mismatch", _("does not agree with our records")
        REFUNDED = "refunded", _("refund followed up")
        UNKNOWN = "unknown", _("not about anything of ours")

    gateway = models.CharField(_("way of payment"), max_length=20)
    event = models.CharField(_("event"), max_length=120)
    kind = models.CharField(_("kind"), max_length=80)
    subject = models.CharField(_("about"), max_length=120, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("gateway event")
        verbose_name_plural = _("gateway events")
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="gateway_event_once")]

    def __str__(self) -> str:
        return self.event


class FapiaoQuerySet(models.QuerySet["Fapiao"]):
    def standing(self) -> FapiaoQuerySet:
        """Those that were not voided."""
        return self.filter(voided_at=None)


class Fapiao(models.Model):
    """A vendor's tax document for one order: entered only when title and accepted amount agree.

    A wrong one is voided with the number of its red-letter fapiao, and another may be entered.
    """

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="fapiao_history")
    number = models.CharField(_("number"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    amount = MoneyField(_("amount"))
    tax = MoneyField(_("tax"), default=Money(0))
    issued_on = models.DateField(_("issued on"))
    matched_at = models.DateTimeField(_("matched at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField(_("reason"), max_length=300, blank=True)
    red_number = models.CharField(_("red-letter fapiao"), max_length=20, blank=True)

    objects = FapiaoQuerySet.as_manager()

    class Meta:
        verbose_name = _("fapiao")
        verbose_name_plural = _("fapiao")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(voided_at=None), name="one_standing_fapiao_per_order")
        ]

    def __str__(self) -> str:
        return self.number

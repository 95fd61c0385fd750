"""Goods move, are received and accepted, may go back, and are handed out to members."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..fields import MoneyField
from ..files import PrivateFile
from ..grouporders.models import GroupOrder, Participant
from ..money import Money
from ..orders.models import OrderDelivery, OrderLine, PurchaseOrder


class Consignment(models.Model):
    """One parcel or load of an order. [UBL DespatchAdvice]"""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="consignments")
    delivery = models.ForeignKey(
        OrderDelivery, on_delete=models.PROTECT, related_name="consignments", verbose_name=_("delivery point")
    )
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    waybill_number = models.CharField(_("waybill number"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_attendance = models.BooleanField(_("carried out"), default=False)  # nothing was sent: people came
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
    photo = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
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
    amount = MoneyField(_("accepted amount"))  # goods
    freight = MoneyField(_("freight"), default=Money(0))  # as it was then
    accepted_at = models.DateTimeField(_("accepted at"))
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("acceptance certificate")
        verbose_name_plural = _("acceptance certificates")

    def __str__(self) -> str:
        return self.number

    @property
    def amount_with_freight(self) -> Money:
        """What the accepted order costs in all."""
        return self.amount + self.freight


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


class Side(models.TextChoices):
    BUYER = "buyer", _("buyer")
    VENDOR = "vendor", _("vendor")


class Fault(models.TextChoices):
    """Whose doing it is that a purchase goes back. [Hunan's e-market: cancellations state the party at fault]"""

    BUYER = "buyer", _("the buyer")
    VENDOR = "vendor", _("the vendor")
    BOTH = "both", _("both sides")
    POLICY = "policy", _("a change of policy")
    FORCE_MAJEURE = "force_majeure", _("force majeure")


class Question(models.Model):
    """What one side asks of the other about an order; it takes effect when the other side agrees."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    side = models.CharField(_("asked by"), max_length=6, choices=Side)
    reason = models.CharField(_("reason"), max_length=300)
    proposed_at = models.DateTimeField(_("asked at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.CharField(_("reason of the refusal"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True
        ordering = ["proposed_at", "pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        """Whether the other side still has to answer."""
        return self.agreed_at is None and self.refused_at is None and self.withdrawn_at is None

    @property
    def status(self) -> str:
        """Where it stands, in a word or two."""
        if self.agreed_at:
            return str(_("agreed"))
        if self.refused_at:
            return str(_("refused"))
        return str(pgettext_lazy("proposal", "withdrawn") if self.withdrawn_at else _("waiting for an answer"))

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return "done" if self.agreed_at else "progress" if self.is_open else "neutral"


class Proposal(Question):
    """A question about going back: whose doing it is, and what shows it."""

    fault = models.CharField(_("at fault"), max_length=14, choices=Fault)
    evidence = models.OneToOneField(
        PrivateFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )

    class Meta(Question.Meta):
        abstract = True


OPEN = Q(agreed_at=None, refused_at=None, withdrawn_at=None)


class Cancellation(Proposal):
    """Confirmed goods that are not to be sent any more, whole order or part. Unanswered orders need no consent."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="cancellations")

    class Meta(Proposal.Meta):
        verbose_name = _("cancellation")
        verbose_name_plural = _("cancellations")
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=OPEN, name="one_open_cancellation_per_order")
        ]


class CancellationLine(models.Model):
    """So many of one order line that are cancelled."""

    cancellation = models.ForeignKey(Cancellation, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("cancellation line")
        verbose_name_plural = _("cancellation lines")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="cancelled_quantity_is_positive")]

    def __str__(self) -> str:
        return f"{self.line} × {self.quantity}"


class GoodsReturn(Proposal):
    """Accepted goods that go back with the vendor's consent, for their money or for others in their place.

    For money it takes effect on the day of the consent (``returned_at``). A replacement leaves money and totals alone;
    one that does not come is turned into a return for money.
    """

    class Remedy(models.TextChoices):
        REFUND = "refund", _("money back")
        REPLACEMENT = "replacement", _("replacement")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="returns")
    remedy = models.CharField(_("wanted"), max_length=12, choices=Remedy)
    amount = MoneyField(_("amount"))
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replacement sent at"), null=True, blank=True)
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    carrier = models.CharField(_("carrier"), max_length=60, blank=True)
    waybill_number = models.CharField(_("waybill number"), max_length=40, blank=True)
    arrived_at = models.DateTimeField(_("replacement arrived at"), null=True, blank=True)
    arrived_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(Proposal.Meta):
        verbose_name = _("goods return")
        verbose_name_plural = _("goods returns")
        constraints = [models.UniqueConstraint(fields=["order"], condition=OPEN, name="one_open_return_per_order")]

    @property
    def waits_for_replacement(self) -> bool:
        """Whether goods in their place are promised and have neither come nor been given up."""
        return self.agreed_at is not None and self.returned_at is None and self.arrived_at is None

    @property
    def status(self) -> str:
        """Where it stands, in a word or two."""
        if self.returned_at:
            return str(_("money back"))
        if self.arrived_at:
            return str(_("replaced"))
        if self.waits_for_replacement:
            return str(_("replacement under way") if self.replaced_at else _("replacement promised"))
        return super().status


class GoodsReturnLine(models.Model):
    """So many of one order line that went back."""

    goods_return = models.ForeignKey(GoodsReturn, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="returned")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("goods return line")
        verbose_name_plural = _("goods return lines")
        ordering = ["pk"]
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


class SignedSheet(models.Model):
    """One scan of the printed list with the members' signatures; a list of many pages has several."""

    handout_list = models.ForeignKey(HandoutList, on_delete=models.PROTECT, related_name="signed_sheets")
    file = models.OneToOneField(PrivateFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added at"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("signed sheet")
        verbose_name_plural = _("signed sheets")
        ordering = ["added_at", "pk"]

    def __str__(self) -> str:
        return f"{self.handout_list} · {self.file}"


class HandoutRow(models.Model):
    """One member's goods; what they are is what their choice came to."""

    handout_list = models.ForeignKey(HandoutList, on_delete=models.PROTECT, related_name="rows")
    participant = models.OneToOneField(Participant, on_delete=models.PROTECT, related_name="handout")
    place = models.CharField(_("delivery point"), max_length=60, blank=True)  # empty where there is only one
    department = models.CharField(_("department"), max_length=80, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    handed_at = models.DateTimeField(_("handed out at"), null=True, blank=True)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("hand-out row")
        verbose_name_plural = _("hand-out rows")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.participant)

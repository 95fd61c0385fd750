"""Vouchers: one for each unit that is attended or collected at the vendor's, for that item at that vendor, used once.

Never a sum of money: the item, the vendor and the last day are what a voucher says [Quanzhou's rules for union funds: vouchers
only for a named item at a named merchant]. Its code is random and kept as a hash; a new code ends the old one.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..grouporders.models import Participant
from ..orders.models import OrderLine, PurchaseOrder


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """Vouchers by where they stand; what is left once a day is over has expired."""

    def standing(self) -> VoucherQuerySet:
        """Neither used nor void."""
        return self.filter(redeemed_at=None, voided_at=None)

    def usable_on(self, day: date) -> VoucherQuerySet:
        return self.standing().filter(valid_until__gte=day)

    def expired_on(self, day: date) -> VoucherQuerySet:
        return self.standing().filter(valid_until__lt=day)


class Voucher(models.Model):
    """One unit of an order line, to be had once at its vendor's."""

    class State(models.TextChoices):
        """Where it stands on a day; derived, never stored."""

        UNISSUED = "unissued", _("not given out")
        VALID = "valid", _("valid")
        REDEEMED = "redeemed", _("used")
        EXPIRED = "expired", _("expired")
        VOID = "void", _("void")

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="vouchers")
    number = models.PositiveIntegerField(_("number"))
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="vouchers"
    )
    valid_until = models.DateField(_("valid until"))
    made_at = models.DateTimeField(_("made at"))
    redeemed_at = models.DateTimeField(_("used at"), null=True, blank=True)
    redeemed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("void since"), null=True, blank=True)

    code_issued_at: datetime | None  # attached by ``with_codes``

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to redeem", "voucher")
        verbose_name_plural = pgettext_lazy("to redeem", "vouchers")
        ordering = ["line_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="voucher_number_once_per_line"),
            models.CheckConstraint(
                condition=Q(redeemed_at=None) | Q(voided_at=None), name="voucher_is_not_used_and_void"
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], name="voucher_last_day")]

    def __str__(self) -> str:
        return f"{self.line} #{self.number}"

    def state_on(self, day: date, *, is_issued: bool = True) -> State:
        """Where it stands on ``day``."""
        if self.redeemed_at is not None:
            return self.State.REDEEMED
        if self.voided_at is not None:
            return self.State.VOID
        if day > self.valid_until:
            return self.State.EXPIRED
        return self.State.VALID if is_issued else self.State.UNISSUED


class VoucherCode(models.Model):
    """A code that opens a voucher, as a hash; ``issued_by`` is empty when its holder asked for it."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="codes")
    code_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("voucher code")
        verbose_name_plural = _("voucher codes")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher"], condition=Q(revoked_at=None), name="one_living_code_per_voucher"
            )
        ]

    def __str__(self) -> str:
        return str(self.voucher)


class VoucherNotice(models.Model):
    """That an order's organiser was told so many days before vouchers end; 0 when they had ended."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="voucher_notices")
    valid_until = models.DateField(_("valid until"))
    days = models.PositiveSmallIntegerField(_("days before"))
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("notice of a voucher's last day")
        verbose_name_plural = _("notices of vouchers' last days")
        constraints = [models.UniqueConstraint(fields=["order", "valid_until", "days"], name="voucher_notice_once")]

    def __str__(self) -> str:
        return f"{self.order} {self.valid_until} −{self.days}"

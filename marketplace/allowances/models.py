"""What may be spent: rule packs as data, and each member's allowance kept as a ledger."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField
from ..money import Money
from ..parties.models import BuyerOrganisation, Member
from ..programme.models import Region


class Purpose(models.TextChoices):
    """What the purchase is for; caps differ by it."""

    HOLIDAY_GIFTS = "holiday_gifts", _("holiday gifts")
    STAFF_WELFARE = "staff_welfare", _("staff welfare")
    ACTIVITY = "activity", _("activities")
    CANTEEN = "canteen", _("canteen")
    CHARITY = "charity", _("charity and visits")
    OTHER = "other", _("other")
    PRIVATE = "private", _("own use")


class FundSource(models.TextChoices):
    """Whose money it is."""

    UNION = "union", _("union funds")
    ORGANISATION = "organisation", _("the organisation's own funds")
    CANTEEN = "canteen", _("canteen funds")
    ADMINISTRATIVE = "administrative", _("administrative funds")
    PRIVATE = "private", _("private money")


class RulePack(models.Model):
    """One edition of the spending rules of a region: dated, with its legal basis; rules are data."""

    code = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="rule_packs", verbose_name=_("region"))
    year = models.PositiveSmallIntegerField(_("year"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), help_text=_("exclusive"))
    legal_basis = models.TextField(_("legal basis"))
    source = models.TextField(_("source"), blank=True)
    rules = models.JSONField(_("rules"))

    class Meta:
        verbose_name = _("rule pack")
        verbose_name_plural = _("rule packs")
        ordering = ["region", "-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="rule_pack_has_days"),
        ]

    def __str__(self) -> str:
        return self.title


class Allowance(models.Model):
    """What one member may spend on one occasion: granted, of it held by choices and committed by orders.

    ``occasion`` is the reference of whatever granted it (a group order). The
    three amounts are roll-ups of the entries, written with them.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="allowances")
    occasion = models.CharField(_("occasion"), max_length=40)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    year = models.PositiveSmallIntegerField(_("year"))
    granted = MoneyField(_("granted"))
    held = MoneyField(_("held"), default=Money(0))
    committed = MoneyField(_("committed"), default=Money(0))

    class Meta:
        verbose_name = _("allowance")
        verbose_name_plural = _("allowances")
        constraints = [
            models.UniqueConstraint(fields=["member", "occasion"], name="allowance_once_per_member_and_occasion"),
            models.CheckConstraint(
                condition=Q(held__gte=0) & Q(committed__gte=0), name="allowance_amounts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(granted__gte=F("held") + F("committed")), name="allowance_not_overspent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.occasion}"

    @property
    def remaining(self) -> Money:
        """What is left to choose."""
        return self.granted - self.held - self.committed


class AllowanceEntry(models.Model):
    """One movement: grant → hold → commit → release. Never edited."""

    class Kind(models.TextChoices):
        GRANT = "grant", _("granted")
        HOLD = "hold", _("held")
        COMMIT = "commit", _("committed")
        RELEASE = "release", _("released")

    allowance = models.ForeignKey(Allowance, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    # What the movement adds to each of the allowance's three amounts.
    granted_change = MoneyField(default=Money(0))
    held_change = MoneyField(default=Money(0))
    committed_change = MoneyField(default=Money(0))
    source = models.CharField(_("source"), max_length=60)
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("allowance entry")
        verbose_name_plural = _("allowance entries")

    def __str__(self) -> str:
        return f"{self.allowance} {self.kind}"


class ReservedShare(models.Model):
    """What an organisation has undertaken to spend in a year on produce of the aided counties."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="reserved_shares")
    year = models.PositiveSmallIntegerField(_("year"))
    amount = MoneyField(_("reserved share"))
    declared_at = models.DateTimeField(_("declared at"))
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("reserved share")
        verbose_name_plural = _("reserved shares")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year"], name="one_reserved_share_per_year"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="reserved_share_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.year}"

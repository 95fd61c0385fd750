"""One organisation's collective purchase: what is offered, who takes part, and what each member chose."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..allowances.models import Allowance, AllowanceEntry, FundSource, Purpose
from ..catalogue.models import Pack
from ..fields import MoneyField
from ..parties.models import BuyerOrganisation, DeliveryPoint, Member
from ..programme.models import Campaign
from .lifecycle import State


class FreightSharing(models.TextChoices):
    """By what freight is divided among members; the organisation bears it, no allowance does."""

    VALUE = "value", _("by value")
    WEIGHT = "weight", _("by weight")


class GroupOrder(models.Model):
    """A group order in a campaign: members pick within their allowance until it closes."""

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="group_orders")
    title = models.CharField(_("title"), max_length=80)
    message = models.TextField(_("message to members"), blank=True)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="group_orders", verbose_name=_("campaign")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    fund_source = models.CharField(_("fund source"), max_length=20, choices=FundSource)
    allowance_per_member = MoneyField(_("allowance per member"))
    delivery_point = models.ForeignKey(
        DeliveryPoint, on_delete=models.PROTECT, related_name="+", verbose_name=_("delivery point")
    )
    freight_shared_by = models.CharField(
        _("freight shared"), max_length=6, choices=FreightSharing, default=FreightSharing.VALUE
    )
    members_choose_point = models.BooleanField(_("members choose where they collect"), default=False)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"), help_text=_("Members choose before this moment."))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("group order")
        verbose_name_plural = _("group orders")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="group_order_has_time"),
            models.CheckConstraint(condition=Q(allowance_per_member__gt=0), name="group_order_allowance_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.reference})"

    def accepts_members_at(self, at: datetime) -> bool:
        """Whether members may choose at this moment."""
        return self.state == State.OPEN and self.opens_at <= at < self.closes_at


class GroupOrderPoint(models.Model):
    """Another place a group order is delivered to, beside its own delivery point."""

    group_order = models.ForeignKey(GroupOrder, on_delete=models.PROTECT, related_name="further_points")
    delivery_point = models.ForeignKey(DeliveryPoint, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("further delivery point")
        verbose_name_plural = _("further delivery points")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["group_order", "delivery_point"], name="point_once_per_group_order")
        ]

    def __str__(self) -> str:
        return str(self.delivery_point)


class GroupOrderOffer(models.Model):
    """A pack members may choose, with how many all of them together have chosen (a roll-up)."""

    group_order = models.ForeignKey(GroupOrder, on_delete=models.PROTECT, related_name="offers")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    unit_price = MoneyField(_("unit price"))
    quantity_chosen = models.PositiveIntegerField(_("quantity chosen"), default=0)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["group_order", "pack"], name="offer_once_per_group_order")]

    def __str__(self) -> str:
        return f"{self.group_order.reference} {self.pack_id}"


class Package(models.Model):
    """A ready-made set a member can take with one tap; its items are offers of the same group order."""

    group_order = models.OneToOneField(GroupOrder, on_delete=models.PROTECT, related_name="package")
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")

    def __str__(self) -> str:
        return self.name


class PackageItem(models.Model):
    """So many of one offer in a package."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="items")
    offer = models.ForeignKey(GroupOrderOffer, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("package item")
        verbose_name_plural = _("package items")
        constraints = [
            models.UniqueConstraint(fields=["package", "offer"], name="package_item_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="package_item_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.offer} × {self.quantity}"


class Participant(models.Model):
    """A member who takes part, with the allowance for this occasion."""

    group_order = models.ForeignKey(GroupOrder, on_delete=models.PROTECT, related_name="participants")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="participations")
    allowance = models.OneToOneField(Allowance, on_delete=models.PROTECT, related_name="participant")
    delivery_point = models.ForeignKey(
        DeliveryPoint,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty: the group order's own"),
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    removal_reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [models.UniqueConstraint(fields=["group_order", "member"], name="participant_once")]

    def __str__(self) -> str:
        return f"{self.member} · {self.group_order.reference}"


class PersonalLink(models.Model):
    """A member's way in without an account: a random token, stored hashed, revocable, expiring."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")

    def __str__(self) -> str:
        return str(self.participant)


class MemberChoice(models.Model):
    """What one member chose, once; a change makes a new choice and marks the old one replaced."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="choices")
    chosen_at = models.DateTimeField(_("chosen at"))
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("empty: the member; else the organiser on the member's behalf"),
    )
    amount = MoneyField(_("amount"))
    allowance_entry = models.ForeignKey(AllowanceEntry, on_delete=models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member's choice")
        verbose_name_plural = _("members' choices")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(replaced_at=None), name="one_current_choice_per_participant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.participant} {self.amount}"


class ChoiceLine(models.Model):
    """So many of one pack in a choice; ``quantity_released`` is what could not be had in the end."""

    choice = models.ForeignKey(MemberChoice, on_delete=models.PROTECT, related_name="lines")
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = MoneyField(_("unit price"))
    quantity_released = models.PositiveIntegerField(_("quantity released"), default=0)

    class Meta:
        verbose_name = _("choice line")
        verbose_name_plural = _("choice lines")
        constraints = [
            models.UniqueConstraint(fields=["choice", "pack"], name="choice_line_once_per_pack"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="choice_line_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(quantity_released__lte=F("quantity")), name="choice_line_released_within_quantity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} × {self.quantity}"

    @property
    def quantity_served(self) -> int:
        """What the member will get."""
        return self.quantity - self.quantity_released

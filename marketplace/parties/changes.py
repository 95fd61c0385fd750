"""How organisations and those who act for them change: who stands under whom, names, hand-overs, mergers, recoveries.

Each change is a document of its own with its day and its persons; what was written before it stays as it was.
"""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .models import BuyerOrganisation, Invitation, Role


class Subordination(models.Model):
    """One organisation stands under an upper union from a day on, once that union agrees and until it ends."""

    lower = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="uppers")
    upper = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="lowers")
    begins_on = models.DateField(_("from"))
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subordination")
        verbose_name_plural = _("subordinations")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["lower"], condition=Q(ended_at=None), name="one_upper_union_at_a_time"),
            models.CheckConstraint(condition=~Q(lower=F("upper")), name="nobody_stands_under_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.lower} · {self.upper}"


class OrganisationName(models.Model):
    """One edition of an organisation's name, code and fapiao title, valid from a day up to and without another."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(_("name"), max_length=120)
    social_credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    fapiao_title = models.CharField(_("fapiao title"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("exclusive"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("organisation's name")
        verbose_name_plural = _("organisations' names")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(valid_to=None), name="one_latest_name"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="name_has_time"),
        ]

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """Somebody's roles pass to a successor on a day: to a colleague, or to whoever takes up the invitation."""

    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="hand_overs")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    invitation = models.OneToOneField(Invitation, on_delete=models.PROTECT, null=True, related_name="hand_over")
    roles = models.JSONField(_("roles"))
    begins_on = models.DateField(_("from"))
    arranged_at = models.DateTimeField(_("arranged at"))
    arranged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["arranged_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "giver"],
                condition=Q(done_at=None, cancelled_at=None),
                name="one_open_hand_over_per_giver",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=False) | Q(invitation__isnull=False), name="hand_over_has_a_successor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} · {self.organisation}"

    @property
    def successor_name(self) -> str:
        """What people call the successor, who may not have joined yet."""
        if self.successor is not None:
            return str(self.successor.get_full_name() or self.successor.get_username())
        return self.invitation.invitee_name if self.invitation is not None else ""

    @property
    def role_labels(self) -> list[str]:
        """The roles in the reader's language."""
        return [str(Role(role).label) for role in self.roles]


class Merger(models.Model):
    """One organisation goes over into another on a day; proposed by one person, confirmed by another."""

    absorbed = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="mergers")
    into = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="absorptions")
    takes_effect_on = models.DateField(_("takes effect on"))
    reason = models.CharField(_("reason"), max_length=300)
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("merger")
        verbose_name_plural = _("mergers")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(withdrawn_at=None), name="merged_once_per_organisation"
            ),
            models.CheckConstraint(condition=~Q(absorbed=F("into")), name="nobody_merges_into_themselves"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")), name="merger_takes_two_persons"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.into}"


class AccountRecovery(models.Model):
    """A way back into an account whose password is lost: asked for by one person, confirmed by another, used once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(BuyerOrganisation, on_delete=models.PROTECT, related_name="recoveries")
    reason = models.CharField(_("reason"), max_length=300)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    identity_check = models.CharField(_("how the identity was checked"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, null=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)  # refused, withdrawn or replaced
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("account recovery")
        verbose_name_plural = _("account recoveries")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(used_at=None, closed_at=None), name="one_open_recovery_per_person"
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person"))
                & (Q(confirmed_by=None) | (~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("person")))),
                name="recovery_takes_two_other_persons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"

    def is_usable(self, at: datetime) -> bool:
        """Whether the link still works at this moment."""
        is_open = self.confirmed_at is not None and self.used_at is None and self.closed_at is None
        return is_open and self.expires_at is not None and self.expires_at > at


def in_force(day: date) -> Q:
    """Of subordinations: those that hold on ``day``."""
    return Q(agreed_at__isnull=False, begins_on__lte=day, ended_at=None)

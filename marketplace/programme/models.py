"""Who helps whom, where and when: dated regions, pairings, campaigns and their targets."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField


class RegionQuerySet(models.QuerySet["Region"]):
    def within(self, county_code: str) -> RegionQuerySet:
        """The region with this code and everything below it (statistical codes nest by prefix)."""
        return self.filter(code__startswith=county_code.rstrip("0") if len(county_code) < 6 else county_code)

    def valid_on(self, day: date) -> RegionQuerySet:
        """The editions in force on ``day``."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))


class Region(models.Model):
    """A place by its statistical code; names and codes change, so each row is one dated edition."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("province")
        CITY = "city", _("city")
        COUNTY = "county", _("county or district")
        TOWNSHIP = "township", _("township or street")
        VILLAGE = "village", _("village")

    class Designation(models.TextChoices):
        NONE = "", _("none")
        LIFTED_COUNTY = "lifted_county", _("county lifted out of poverty")
        KEY_COUNTY = "key_county", _("key county for rural revitalisation assistance")

    code = models.CharField(_("code"), max_length=12)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    designation = models.CharField(_("designation"), max_length=20, choices=Designation, blank=True, default="")
    edition = models.CharField(_("edition"), max_length=20)
    is_provisional = models.BooleanField(_("provisional code"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True, help_text=_("exclusive"))

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="region_code_once_per_edition"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="region_validity_is_an_interval"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def county_code(self) -> str:
        """The six digits of the county this place lies in (empty above county level)."""
        return self.code[:6] if len(self.code) >= 6 else ""

    @property
    def township_code(self) -> str:
        """The nine digits of the township this place lies in (empty above township level)."""
        return self.code[:9] if len(self.code) >= 9 else ""


class Pairing(models.Model):
    """A supporting region bound to an aided one, such as 宣州区 to 舒城县."""

    class Kind(models.TextChoices):
        PAIRED = "paired", _("paired assistance")
        DESIGNATED = "designated", _("designated assistance")
        EAST_WEST = "east_west", _("east–west collaboration")
        COUNTERPART = "counterpart", _("counterpart support")

    supporting = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="pairings_given", verbose_name=_("supporting region")
    )
    aided = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="pairings_received", verbose_name=_("aided region")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PAIRED)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("exclusive"))

    class Meta:
        verbose_name = _("pairing")
        verbose_name_plural = _("pairings")
        constraints = [
            models.UniqueConstraint(fields=["supporting", "aided", "starts_on"], name="pairing_once_per_start"),
            models.CheckConstraint(condition=~Q(supporting=F("aided")), name="pairing_joins_two_regions"),
        ]

    def __str__(self) -> str:
        return f"{self.supporting} – {self.aided}"


class Campaign(models.Model):
    """A dated drive with a target, such as an autumn drive; group orders and orders count towards it."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    pairing = models.ForeignKey(Pairing, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("pairing"))
    summary = models.TextField(_("summary"), blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), help_text=_("exclusive"))

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="campaign_has_days"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class CampaignTarget(models.Model):
    """What a campaign means to reach, in completed value."""

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, related_name="target", verbose_name=_("campaign")
    )
    amount = MoneyField(_("target"))

    class Meta:
        verbose_name = _("campaign target")
        verbose_name_plural = _("campaign targets")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="campaign_target_is_positive")]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.amount}"

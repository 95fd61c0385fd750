"""A vendor's freight rule as dated editions: a new one supersedes the one before, none is ever changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..fields import MoneyField
from ..money import Money
from ..parties.models import Vendor
from .freight import Zone, zone_for
from .weights import weight_words


class FreightRuleQuerySet(models.QuerySet["FreightRule"]):
    def in_force(self) -> FreightRuleQuerySet:
        """The latest edition of each vendor, with its areas; two statements."""
        newer = FreightRule.objects.filter(vendor=OuterRef("vendor"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer)).prefetch_related("zones")


class FreightRule(models.Model):
    """One edition of what a vendor asks for delivery; without areas it delivers free everywhere."""

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="freight_rules", verbose_name=_("vendor"))
    made_at = models.DateTimeField(_("in force from"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = FreightRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("freight rule")
        verbose_name_plural = _("freight rules")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.vendor} · {self.made_at:%Y-%m-%d}"

    @property
    def areas(self) -> list[Zone]:
        """The areas as plain values."""
        return [zone.value for zone in self.zones.all()]

    @property
    def sentences(self) -> list[str]:
        """What delivery costs, area by area, in words."""
        zones = list(self.zones.all())
        if len(zones) == 1 and not zones[0].region_code:
            return [gettext("Everywhere: %(terms)s") % {"terms": zones[0].terms}]
        return [zone.words for zone in zones] or [gettext("Free delivery everywhere.")]

    def zone_at(self, code: str) -> FreightZone | None:
        """The area that holds this place."""
        found = zone_for(self.areas, code)
        return next((zone for zone in self.zones.all() if found and zone.region_code == found.code), None)


class FreightZone(models.Model):
    """An area of an edition: a region, or everywhere else; its fee by weight, or that nothing is delivered there."""

    rule = models.ForeignKey(FreightRule, on_delete=models.PROTECT, related_name="zones")
    region_code = models.CharField(_("region code"), max_length=12, blank=True)
    region_name = models.CharField(_("region"), max_length=60, blank=True)
    is_delivered = models.BooleanField(_("delivered there"), default=True)
    first_grams = models.PositiveIntegerField(_("first weight (g)"), default=1000)
    first_fee = MoneyField(_("fee for the first weight"), default=Money(0))
    next_grams = models.PositiveIntegerField(_("continued weight (g)"), default=1000)
    next_fee = MoneyField(_("fee for each continued weight"), default=Money(0))
    free_from = MoneyField(
        _("free from"), null=True, blank=True, help_text=_("Goods of one order with tax, without freight.")
    )

    class Meta:
        verbose_name = _("freight area")
        verbose_name_plural = _("freight areas")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "region_code"], name="freight_area_once_per_rule"),
            models.CheckConstraint(
                condition=Q(first_grams__gt=0, next_grams__gt=0), name="freight_weights_are_positive"
            ),
            models.CheckConstraint(condition=Q(first_fee__gte=0, next_fee__gte=0), name="freight_fees_not_negative"),
            models.CheckConstraint(condition=Q(free_from=None) | Q(free_from__gt=0), name="free_from_is_positive"),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def value(self) -> Zone:
        """The area as a plain value."""
        names = ("is_delivered", "first_grams", "first_fee", "next_grams", "next_fee", "free_from")
        return Zone(self.region_code, *(getattr(self, name) for name in names))

    @property
    def place(self) -> str:
        """The area's name, in the reader's language when it is everywhere else."""
        return self.region_name or gettext("Everywhere else")

    @property
    def words(self) -> str:
        """The area and its fees in one sentence."""
        return gettext("%(place)s: %(terms)s") % {"place": self.place, "terms": self.terms}

    @property
    def terms(self) -> str:
        """The fees in words."""
        if not self.is_delivered:
            return gettext("not delivered there")
        if not self.first_fee and not self.next_fee:
            return gettext("free delivery")
        values = {
            "first": weight_words(self.first_grams),
            "fee": trim(self.first_fee),
            "next": weight_words(self.next_grams),
            "more": trim(self.next_fee),
        }
        said = gettext("first %(first)s %(fee)s, each further %(next)s %(more)s") % values
        if self.free_from is None:
            return said
        return gettext("%(said)s; free from %(amount)s of goods") % {"said": said, "amount": trim(self.free_from)}


def trim(amount: Money) -> str:
    """An amount without needless decimals: ¥8, ¥8.50."""
    return str(amount).removesuffix(".00")

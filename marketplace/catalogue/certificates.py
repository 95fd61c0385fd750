"""Certificates of what is sold: entered by the vendor with a photograph, confirmed by an officer, shown while they hold.

A certificate is of one listing, or of everything its vendor sells. What holds on a day is asked, never stored: a badge goes
by itself. A renewed certificate is a new row; while any of its kind holds, its listings are covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model_string

from ..conf import setting_for
from ..files import PrivateFile
from ..parties.models import Vendor
from .models import Listing
from .sc_numbers import has_check_digit, sc_class


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def confirmed(self) -> CertificateQuerySet:
        """An officer has confirmed them, and nobody has taken them back; whether they still hold is another question."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at=None)

    def waiting(self) -> CertificateQuerySet:
        """Nobody has looked at them yet."""
        return self.filter(confirmed_at=None, refused_at=None, withdrawn_at=None)

    def valid_on(self, day: date) -> CertificateQuerySet:
        """Confirmed ones that hold on ``day``, the last day included."""
        return self.confirmed().filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)

    def about(self, listing: Listing) -> CertificateQuerySet:
        """Those of the listing and those of everything its vendor sells."""
        return self.filter(Q(listing=listing.pk) | Q(listing=None), vendor=listing.vendor_id)


class Certificate(models.Model):
    """One paper that vouches for a listing, or for everything of its vendor."""

    class Kind(models.TextChoices):
        """What is certified. A geographical indication says its system besides: there are three."""

        GREEN = "green", _("green food")
        ORGANIC = "organic", _("organic product")
        GI_MARK = "gi_mark", _("geographical indication")
        SC_LICENCE = "sc_licence", _("food production licence (SC)")
        CONFORMITY = "conformity", _("certificate of conformity of farm produce")
        RECOGNISED_PRODUCT = "recognised_product", _("recognised assistance product")

    class System(models.TextChoices):
        """The three systems of geographical indications, which are not the same thing."""

        PRODUCT = "product", _("geographical indication product")
        AGRICULTURAL = "agricultural", _("agro-product geographical indication")
        MARK = "mark", _("certification trade mark")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="certificates", verbose_name=_("vendor"))
    listing = models.ForeignKey(
        Listing,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="certificates",
        verbose_name=_("listing"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    system = models.CharField(_("system"), max_length=14, choices=System, blank=True)
    number = models.CharField(_("number"), max_length=60)
    issuer = models.CharField(_("issued by"), max_length=100)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    scan = models.ForeignKey(PrivateFile, on_delete=models.PROTECT, related_name="+", verbose_name=_("scan"))
    picture = models.ForeignKey(
        get_image_model_string(), on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ["kind", "-valid_to", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="certificate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(refused_at=None), name="certificate_answered_one_way"
            ),
        ]
        indexes = [models.Index(fields=["valid_to"], name="certificates_by_last_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def about(self) -> str:
        """What it vouches for: the listing, or the vendor."""
        return self.listing.title if self.listing else self.vendor.name

    @property
    def sc_class(self) -> str:
        """The class of food of a production licence, such as 114 for tea; '' for everything else."""
        return sc_class(self.number) if self.kind == self.Kind.SC_LICENCE else ""

    @property
    def has_odd_number(self) -> bool:
        """Whether a production licence's number should be read once more."""
        return self.kind == self.Kind.SC_LICENCE and not has_check_digit(self.number)

    @property
    def makes_pause(self) -> bool:
        """Whether its listings pause when it ends."""
        return pauses(self.kind)

    @property
    def is_waiting(self) -> bool:
        """Whether an officer has still to look."""
        return not (self.confirmed_at or self.refused_at or self.withdrawn_at)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None and self.withdrawn_at is None

    def has_expired(self, on: date) -> bool:
        """Whether its last day is over."""
        return self.valid_to is not None and self.valid_to < on

    def holds(self, on: date) -> bool:
        """Whether its badge may be shown on a day."""
        return self.is_confirmed and self.valid_from <= on and not self.has_expired(on)

    def covers(self, listing: Listing) -> bool:
        """Whether it vouches for this listing."""
        return self.vendor_id == listing.vendor_id and self.listing_id in (None, listing.pk)


class CertificateNotice(models.Model):
    """The vendor has been told so many days before that a certificate ends; 0: that it has ended. Once each."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="notices")
    days = models.PositiveSmallIntegerField(_("days before"))
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("notice of expiry")
        verbose_name_plural = _("notices of expiry")
        ordering = ["certificate", "-days"]
        constraints = [models.UniqueConstraint(fields=["certificate", "days"], name="told_once")]

    def __str__(self) -> str:
        return f"{self.certificate}: {self.days}"


DAYS_BEFORE = (30, 7, 1)
ENDED = 0


def due_notice(valid_to: date | None, on: date) -> int | None:
    """Which notice a last day asks for on a day: the nearest of 30, 7, 1; 0 once it has ended; ``None`` for none yet."""
    if valid_to is None:
        return None
    left = (valid_to - on).days
    if left < 0:
        return ENDED
    return min((days for days in DAYS_BEFORE if left <= days), default=None)


def pauses(kind: str) -> bool:
    """Whether a listing pauses when its last certificate of this kind has ended: an operator's rule."""
    return bool(setting_for("CERTIFICATE_PAUSES", kind))


def lacking(listing: Listing, certificates: Iterable[Certificate], on: date) -> list[Certificate]:
    """The certificates that have ended, or were taken back, and for want of which the listing pauses: the latest of each kind."""
    mine = [row for row in certificates if row.confirmed_at and row.covers(listing) and pauses(row.kind)]
    covered = {row.kind for row in mine if row.holds(on)}
    ended = [row for row in mine if row.withdrawn_at or row.has_expired(on)]
    ended.sort(key=lambda row: row.valid_to or date.max)
    return list({row.kind: row for row in ended if row.kind not in covered}.values())


def renews(other: Certificate, certificate: Certificate) -> bool:
    """Whether another certificate vouches for the same beyond the last day of this one, once it is confirmed."""
    if other.pk == certificate.pk or other.refused_at or other.withdrawn_at or certificate.valid_to is None:
        return False
    is_about_it = other.vendor_id == certificate.vendor_id and other.listing_id in (None, certificate.listing_id)
    is_later = other.valid_to is None or other.valid_to > certificate.valid_to
    return other.kind == certificate.kind and is_about_it and is_later


def to_renew(certificates: Sequence[Certificate], on: date) -> list[Certificate]:
    """Those that have ended or soon will, and that nothing renews yet; the first to end first."""
    ending = [row for row in certificates if row.is_confirmed and row.valid_to and row.valid_to <= soon(on)]
    waiting = [row for row in ending if not any(renews(other, row) for other in certificates)]
    return sorted(waiting, key=lambda row: row.valid_to or on)


def to_mend(certificates: Sequence[Certificate]) -> list[Certificate]:
    """Those an officer sent back, and that nothing entered since takes the place of."""
    return [row for row in certificates if row.refused_at and not any(_takes_place(o, row) for o in certificates)]


def _takes_place(other: Certificate, certificate: Certificate) -> bool:
    is_same = (other.kind, other.vendor_id, other.listing_id) == (
        certificate.kind, certificate.vendor_id, certificate.listing_id
    )  # fmt: skip
    return is_same and other.entered_at > certificate.entered_at


def soon(on: date) -> date:
    """Up to this last day a certificate is said to run out soon."""
    return on + timedelta(days=DAYS_BEFORE[0])

"""The life of a certificate: entered, confirmed or refused, taken back; and what its end means for its listings.

Who at the vendor may call these is the vendors' side's business; here only the officer's rights are checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from wagtail.images import get_image_model

from .. import audit, signals
from ..errands.actions import tell
from ..files import Given, Kind, keep
from ..parties.errors import AnotherCounty
from ..parties.models import Vendor
from ..parties.selectors import is_officer_of
from .certificates import ENDED, Certificate, CertificateNotice, due_notice, lacking, renews
from .edition import new_edition
from .errors import CertificateAnswered, ReasonMissing, SystemMissing, ValidityBackwards
from .locks import lock_certificate, lock_listings_of
from .models import Listing


@transaction.atomic
def enter_certificate(*, certificate: Certificate, vendor: Vendor, scan: Given, by: Any, at: datetime) -> Certificate:
    """Keep a certificate (of a listing, or of everything the vendor sells) with its photograph until an officer answers.

    ``ValidityBackwards``, ``SystemMissing``, ``FileUnfit``.
    """
    if certificate.valid_to and certificate.valid_to < certificate.valid_from:
        raise ValidityBackwards()
    if certificate.kind != Certificate.Kind.GI_MARK:
        certificate.system = ""
    elif not certificate.system:
        raise SystemMissing()
    kept = keep(kind=Kind.CERTIFICATE, upload=scan, by=by, at=at)
    if kept is None:
        raise ReasonMissing()
    certificate.vendor, certificate.scan = vendor, kept
    certificate.entered_at, certificate.entered_by = at, by
    certificate.save()
    audit.record("marketplace.enter_certificate", [certificate], by=by, at=at)
    return certificate


def _waiting(certificate: Certificate, by: Any) -> Certificate:
    locked = lock_certificate(certificate.pk)
    if not is_officer_of(by, locked.vendor.county_code):
        raise AnotherCounty(county=locked.vendor.county_code)
    if not locked.is_waiting:
        raise CertificateAnswered(certificate=str(locked))
    return locked


@transaction.atomic
def confirm_certificate(*, certificate: Certificate, on: date, by: Any, at: datetime) -> Certificate:
    """The officer has seen that it is genuine: its photograph becomes public, and what was paused for want of it comes back."""
    locked = _waiting(certificate, by)
    locked.confirmed_at, locked.confirmed_by = at, by
    locked.picture = get_image_model().objects.create(
        title=str(locked)[:100], file=ImageFile(ContentFile(locked.scan.content), name=locked.scan.name)
    )
    locked.save(update_fields=["confirmed_at", "confirmed_by", "picture"])
    audit.record("marketplace.confirm_certificate", [locked], by=by, at=at)
    settle_pauses(certificate=locked, on=on, by=by, at=at)
    new_edition()
    return locked


@transaction.atomic
def refuse_certificate(*, certificate: Certificate, reason: str, by: Any, at: datetime) -> Certificate:
    """Send it back with a reason; the vendor enters another."""
    locked = _waiting(certificate, by)
    if not reason.strip():
        raise ReasonMissing()
    locked.refused_at, locked.refused_by, locked.reason = at, by, reason.strip()
    locked.save(update_fields=["refused_at", "refused_by", "reason"])
    audit.record("marketplace.refuse_certificate", [locked], by=by, at=at, reason=locked.reason)
    return locked


@transaction.atomic
def withdraw_certificate(*, certificate: Certificate, on: date, by: Any, at: datetime) -> Certificate:
    """The vendor takes it back, because it was wrong or was revoked; its badge goes at once."""
    locked = lock_certificate(certificate.pk)
    if locked.withdrawn_at:
        raise CertificateAnswered(certificate=str(locked))
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    audit.record("marketplace.withdraw_certificate", [locked], by=by, at=at)
    settle_pauses(certificate=locked, on=on, by=by, at=at)
    new_edition()
    return locked


@transaction.atomic
def note_expiry(*, certificate: Certificate, on: date, at: datetime) -> str:
    """What a certificate's last day asks for: tell the vendor once, and after its end let listings pause. By the clock.

    Answers what was done ('' for nothing). A certificate that has been renewed is not spoken of.
    """
    locked = lock_certificate(certificate.pk)
    days = due_notice(locked.valid_to, on)
    if days is None or not locked.is_confirmed or locked.notices.filter(days__lte=days).exists():
        return ""
    CertificateNotice.objects.create(certificate=locked, days=days, told_at=at)
    others = Certificate.objects.confirmed().filter(vendor=locked.vendor_id, kind=locked.kind)
    is_renewed = any(renews(other, locked) for other in others)
    if not is_renewed:
        tell(("certificate_ended" if days == ENDED else "certificate_ending", str(locked.pk)), at=at)
    if days != ENDED:
        return "" if is_renewed else "announced"
    changed = settle_pauses(certificate=locked, on=on, by=None, at=at)
    new_edition()
    return "paused" if any(listing.paused_at for listing in changed) else "ended"


@transaction.atomic
def settle_pauses(*, certificate: Certificate, on: date, by: Any, at: datetime) -> list[Listing]:
    """Pause what now lacks a certificate it must have, and bring back what no longer does; the listings that changed.

    New orders stop; open group orders and placed orders go on.
    """
    listings = lock_listings_of(certificate)
    vouching = list(Certificate.objects.filter(vendor=certificate.vendor_id, confirmed_at__isnull=False))
    changed = [listing for listing in listings if _settle(listing, vouching, on, at)]
    if changed:
        Listing.objects.bulk_update(changed, ["paused_at"])
        _announce(changed, by, at)
        new_edition()
    return changed


def is_lacking(listing: Listing, on: date) -> bool:
    """Whether a listing that is being published has to pause from the beginning."""
    return bool(lacking(listing, Certificate.objects.about(listing).filter(confirmed_at__isnull=False), on))


def _settle(listing: Listing, vouching: Iterable[Certificate], on: date, at: datetime) -> bool:
    lacks = bool(lacking(listing, vouching, on))
    if lacks == bool(listing.paused_at):
        return False
    listing.paused_at = at if lacks else None
    return True


def _announce(changed: list[Listing], by: Any, at: datetime) -> None:
    for action, signal, is_paused in (
        ("marketplace.pause_listing", signals.listing_withdrawn, True),
        ("marketplace.resume_listing", signals.listing_published, False),
    ):
        moved = [listing for listing in changed if bool(listing.paused_at) == is_paused]
        if moved:
            audit.record(action, moved, by=by, at=at)
        for listing in moved:
            signals.announce(signal, sender=Listing, listing=listing)

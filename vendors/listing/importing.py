"""Many listings at once from a sheet: taken in with its pictures, shown as a plan, and applied whole or not at all.

What it would do is reckoned in ``planning``; ``publishing`` puts small changes on sale, ``undoing`` takes all of it back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Collection

from marketplace import audit
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue import bulk
from marketplace.catalogue.evidence import require_evidence
from marketplace.catalogue.models import Listing
from marketplace.conf import setting
from marketplace.errands.actions import schedule
from marketplace.errors import NotPermitted
from marketplace.files import Given, Kind, keep
from marketplace.models import Vendor
from marketplace.parties.errors import VendorNotAdmitted
from marketplace.parties.imports import Unreadable
from marketplace.uploads import Unfit, picture_names, unpacked

from ..people.models import VendorMembership
from . import sheet as sheets
from .errors import (
    ImportApplied,
    ImportHasRefusedRows,
    ImportMovedOn,
    NothingToImport,
    PictureUnfit,
    SheetUnreadable,
)
from .locks import lock_import
from .models import ListingImport
from .planning import Plan, Planned, import_plan
from .publishing import ERRAND
from .reasons import UNREADABLE

PICTURE_BYTES = 8 * 1024 * 1024


def require_importer(user: Any, vendor: Vendor) -> None:
    """Raise ``NotPermitted`` unless somebody is seated at the vendor now, or is the operator."""
    seated = VendorMembership.objects.filter(user=user, vendor=vendor, ended_at=None).exists()
    if not (seated or user.is_superuser):
        raise NotPermitted()


@transaction.atomic
def upload_listings(*, vendor: Vendor, sheet: Given, pictures: Given = None, by: Any, at: datetime) -> ListingImport:
    """Read a sheet and the names of its pictures, and keep both for the preview. ``SheetUnreadable``, ``FileUnfit``."""
    require_importer(by, vendor)
    file = keep(kind=Kind.LISTINGS, upload=sheet, by=by, at=at)
    if file is None:
        raise SheetUnreadable(reason=UNREADABLE["not_xlsx"])
    try:
        rows = sheets.read_listings(file.content, limit=setting("LISTINGS_MAX_ROWS"))
    except Unreadable as problem:
        raise SheetUnreadable(reason=UNREADABLE[problem.reason]) from problem
    packed = keep(kind=Kind.PICTURES, upload=pictures, by=by, at=at)
    return ListingImport.objects.create(
        vendor=vendor,
        filename=file.name,
        rows=rows,
        sheet=file,
        pictures=packed,
        picture_names=picture_names(packed.content) if packed else [],
        uploaded_at=at,
        uploaded_by=by,
    )


@transaction.atomic
def apply_import(*, document: ListingImport, digest: str, submit: bool, by: Any, at: datetime) -> Plan:
    """Write exactly what the preview with this ``digest`` showed, whole or not at all; with ``submit``, hand it in.

    Handed in, risky changes and new listings go to the officers, small changes are put on sale by an errand.
    """
    document = lock_import(document.pk)
    require_importer(by, document.vendor)
    if document.applied_at is not None:
        raise ImportApplied()
    plan = import_plan(document, at=at)
    if refused := plan.of("refused"):
        raise ImportHasRefusedRows(count=len(refused))
    if plan.digest != digest:
        raise ImportMovedOn()
    touched = [row for row in plan.listings if row.outcome in ("new", "changed")]
    if not touched:
        raise NothingToImport()
    document.images = _make_images(document, touched, by, at)
    before = {row.draft.listing.pk: row.draft.listing for row in touched if row.draft and row.draft.listing.pk}
    latest = dict(Listing.objects.filter(pk__in=before).values_list("pk", "latest_revision"))
    revisions = bulk.write_drafts([row.draft for row in touched if row.draft], by=by, at=at)
    document.entries = [
        {"listing": pk, "before": latest.get(pk), "after": revision} for pk, revision in revisions.items()
    ]
    document.applied_at, document.applied_by, document.is_submitted = at, by, submit
    if submit:
        _hand_in(document, touched, revisions, by, at)
    document.save()
    audit.record("marketplace.import_listings", [document], by=by, at=at, **plan.counts)
    return plan


def _make_images(document: ListingImport, touched: Sequence[Planned], by: Any, at: datetime) -> list[int]:
    wanted = {name for row in touched for _picture, name in row.new_pictures}
    if not wanted or document.pictures is None:
        return []
    root, made = Collection.get_first_root_node(), {}
    try:
        for name, found in unpacked(document.pictures.content, wanted, most_bytes=PICTURE_BYTES):
            made[name] = get_image_model()(
                title=name[:100],
                file=ContentFile(found.content, name=name),
                collection=root,
                uploaded_by_user=by,
                file_size=len(found.content),
                created_at=at,
            )
    except Unfit as problem:
        raise PictureUnfit(name=sorted(wanted - made.keys())[0]) from problem
    images = get_image_model().objects.bulk_create(made.values())
    for row in touched:
        for picture, name in row.new_pictures:
            picture.image = made[name]
    return [image.pk for image in images]


def _hand_in(
    document: ListingImport, touched: Sequence[Planned], revisions: Mapping[int, int], by: Any, at: datetime
) -> None:
    drafts = [(row, row.draft.listing) for row in touched if row.draft]
    delisted = set(
        Listing.objects.filter(
            pk__in=list(revisions), delistings__readmitted_at=None, delistings__isnull=False
        ).values_list("pk", flat=True)
    )
    if document.vendor.admitted_at is None:
        raise VendorNotAdmitted(vendor=document.vendor.name)
    for _row, listing in drafts:
        catalogue.require_complete(listing)
    require_evidence(listing for _row, listing in drafts)
    bulk.hand_in(
        [listing for row, listing in drafts if not row.is_small and listing.pk not in delisted], revisions, by=by, at=at
    )
    document.to_publish = [listing.pk for row, listing in drafts if row.is_small]
    document.left_to_publish = len(document.to_publish)
    if document.to_publish:
        schedule(ERRAND, [str(document.pk)], at=at)

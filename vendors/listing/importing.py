"""Many listings at once from a sheet: read, planned without writing anything, applied whole or not at all, undone as a whole.

What a preview shows is what applying does: both ask ``plan``, and applying refuses a plan with another digest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from django.utils.crypto import get_random_string
from wagtail.images import get_image_model
from wagtail.models import Collection

from marketplace import audit
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue import bulk
from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.decisions import AfterLook, ListingDecision
from marketplace.catalogue.differences import Difference, differences, needs_review, remembered
from marketplace.catalogue.evidence import require_evidence
from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier, Product, TaxRate
from marketplace.catalogue.pricing import Tier, ladder_problem
from marketplace.catalogue.sessions import ServiceSession
from marketplace.conf import currency, setting
from marketplace.errands.actions import schedule
from marketplace.errors import NotPermitted, Refused
from marketplace.files import Given, Kind, keep
from marketplace.models import Region, Vendor
from marketplace.parties.actions import office_day
from marketplace.parties.errors import VendorNotAdmitted
from marketplace.parties.imports import Unreadable, tidy
from marketplace.programme.selectors import villages_and_townships
from marketplace.uploads import Unfit, picture_names, unpacked

from ..people.models import VendorMembership
from . import sheet as sheets
from .errors import (
    ImportApplied,
    ImportHasRefusedRows,
    ImportMovedOn,
    ImportNotApplied,
    NothingToImport,
    PictureUnfit,
    SheetUnreadable,
    UndoImpossible,
)
from .locks import lock_document, lock_import
from .models import ListingImport
from .reasons import ROW, UNREADABLE
from .sheet import PackRow, Wrong

ERRAND = "publish_import"
ERRAND_BACK = "publish_undone_import"  # an errand is done once: the way back is another
AT_ONCE = 100  # small changes put on sale in one go of the errand
SLUG_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PICTURE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Planned:
    """One listing of the sheet: its rows, what becomes of it, and the draft to write (or why it cannot be taken)."""

    rows: Sequence[Mapping[str, Any]]
    outcome: str
    changes: Sequence[Difference] = ()
    column: str = ""
    problem: str = ""
    draft: bulk.Draft | None = None
    is_small: bool = False
    new_pictures: Sequence[tuple[ListingPicture, str]] = ()
    known_title: str = ""

    @property
    def line(self) -> int:
        """The sheet's row number of the first row."""
        return int(self.rows[0]["line"])

    @property
    def title(self) -> str:
        """As the sheet or the listing has it."""
        said = next((row["title"] for row in self.rows if row["title"]), "")
        return str(said or self.known_title or (self.draft.listing.title if self.draft else self.rows[0]["slug"]))

    @property
    def packs(self) -> list[Pack]:
        """The packs it will have."""
        return [pack for pack, _tiers in self.draft.packs] if self.draft else []

    @property
    def why(self) -> str:
        """The sentence of the problem, with its column."""
        if not self.problem:
            return ""
        column = sheets.COLUMNS[self.column][0] + "：" if self.column else ""
        return f"{column}{ROW[self.problem]}"


@dataclass(frozen=True)
class Plan:
    """What a sheet would do to the vendor's listings."""

    listings: Sequence[Planned]

    def of(self, outcome: str) -> list[Planned]:
        """The listings with this outcome."""
        return [row for row in self.listings if row.outcome == outcome]

    @property
    def counts(self) -> dict[str, int]:
        """How many listings of each outcome."""
        tally = Counter(row.outcome for row in self.listings)
        return {name: tally[name] for name in ("new", "changed", "unchanged", "refused")}

    @cached_property
    def digest(self) -> str:
        """A fingerprint: the same digest means the same effect."""
        rows = [
            [
                row.outcome,
                list(map(dict, row.rows)),
                [[c.path, c.of, str(c.old), str(c.new)] for c in row.changes],
                row.problem,
            ]
            for row in self.listings
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


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


class _Known:
    """All a plan needs to know, in a fixed number of statements."""

    def __init__(self, document: ListingImport, slugs: set[str], day: Any) -> None:
        vendor = document.vendor
        self.vendor, self.zipped = vendor, set(document.picture_names)
        rows = Listing.objects.filter(vendor=vendor).select_related("latest_revision")
        self.by_slug = {row.slug: row for row in rows.filter(slug__in=slugs)}
        self.titles = set(rows.values_list("title", flat=True))
        pks = [row.pk for row in self.by_slug.values()]
        self.in_review = bulk.in_review(pks)
        self.reviewed = _reviewed(pks)
        places = villages_and_townships(vendor.county_code, day)
        parents = {place.pk: place for place in places}
        self.regions = Region.objects.in_bulk({row.origin_id for row in self.by_slug.values()}) | parents
        self.origins = _places(places, parents)
        self.products = {tidy(row.name): row for row in Product.objects.select_related("category")}
        self.rates = _rates()
        self.versions = {
            row.slug: remembered(row.latest_revision) for row in self.by_slug.values() if row.latest_revision
        }
        wanted = {picture.image_id for version in self.versions.values() for picture in version.pictures.all()}
        self.images = get_image_model().objects.in_bulk(wanted)
        self.stocked = set(Pack.objects.filter(listing__in=pks, stock__isnull=False).values_list("pk", flat=True))


def _reviewed(pks: Sequence[int]) -> dict[int, Listing]:
    rows = ListingDecision.objects.filter(listing__in=pks, is_approved=True).select_related("revision")
    return {row.listing_id: remembered(row.revision) for row in rows.order_by("decided_at", "pk")}


def _places(places: Sequence[Region], parents: Mapping[int, Region]) -> dict[str, Region]:
    once = Counter(tidy(place.name) for place in places)
    found = {tidy(place.name): place for place in places if once[tidy(place.name)] == 1}
    return found | {
        tidy(f"{parents[place.parent_id].name}{place.name}"): place
        for place in places
        if place.parent_id and place.parent_id in parents
    }


def _rates() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            found |= {tidy(str(label)): value for value, label in TaxRate.choices}
    return found


def import_plan(document: ListingImport, *, at: datetime) -> Plan:
    """What applying this import would do now. Statements do not grow with its rows."""
    rows = document.rows
    known = _Known(document, {row["slug"] for row in rows if row["slug"]}, office_day(at))
    return Plan([_planned([rows[place] for place in places], known) for places in sheets.together(rows)])


def _planned(rows: Sequence[Mapping[str, Any]], known: _Known) -> Planned:
    try:
        return _draft(rows, known)
    except Wrong as wrong:
        standing = known.by_slug.get(rows[0]["slug"])
        title = standing.title if standing else ""
        return Planned(rows, "refused", column=wrong.column, problem=wrong.code, known_title=title)


def _draft(rows: Sequence[Mapping[str, Any]], known: _Known) -> Planned:
    for row in rows:
        if row["problem"]:
            raise Wrong("", row["problem"])
    said = {name: sheets.of_listing(rows, name) for name in sheets.OF_LISTING}
    before = _standing(said, known)
    draft = bulk.draft_of(known_version(before, known)) if before else bulk.Draft(_fresh(known.vendor))
    _fill(draft.listing, said, known, is_new=before is None)
    _fill_packs(draft, [sheets.pack_row(row, currency()) for row in rows], known)
    pictures = _fill_pictures(draft, said, known)
    if before is None:
        return Planned(rows, "new", draft=draft, new_pictures=pictures)
    old, new = known_version(before, known), draft.assemble()
    changes = differences(old, new)
    is_small = before.live and not needs_review(known.reviewed.get(before.pk), new)
    outcome = "changed" if changes else "unchanged"
    return Planned(rows, outcome, changes, draft=draft, is_small=is_small, new_pictures=pictures)


def _standing(said: Mapping[str, str], known: _Known) -> Listing | None:
    """The listing the rows are about; ``None`` for a new one."""
    if not said["slug"]:
        if said["title"] in known.titles:
            raise Wrong("title", "title_taken")
        return None
    found = known.by_slug.get(said["slug"])
    if found is None or found.slug not in known.versions:
        raise Wrong("slug", "unknown_listing")
    if found.pk in known.in_review:
        raise Wrong("slug", "in_review")
    return found


def known_version(listing: Listing, known: _Known) -> Listing:
    """The latest version in memory, what it points at included, so that comparing it costs no statement."""
    version = remembered(listing.latest_revision) if listing.latest_revision else listing
    version.live, version.first_published_at = listing.live, listing.first_published_at
    version.vendor, version.product = known.vendor, _product(version, known)
    version.origin = known.regions[version.origin_id]
    for picture in version.pictures.all():
        picture.image = known.images.get(picture.image_id) or picture.image
    return version


def _product(version: Listing, known: _Known) -> Product:
    return next(row for row in known.products.values() if row.pk == version.product_id)


def _fresh(vendor: Vendor) -> Listing:
    slug = f"{vendor.slug[:60]}-{get_random_string(8, SLUG_LETTERS)}"
    return Listing(vendor=vendor, slug=slug, live=False)


def _fill(listing: Listing, said: Mapping[str, str], known: _Known, *, is_new: bool) -> None:
    for name in ("title", "summary", "description"):
        if said[name] and sheets.prose(getattr(listing, name)) != said[name]:
            setattr(listing, name, said[name])
        if is_new and not said[name]:
            raise Wrong(name, "needed")
    words: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("product", known.products), ("origin", known.origins), ("tax_rate", known.rates),
    )  # fmt: skip
    for name, meant in words:
        if said[name]:
            if tidy(said[name]) not in meant:
                raise Wrong(name, "word")
            setattr(listing, name, meant[tidy(said[name])])
        elif is_new:
            raise Wrong(name, "needed")
    season = sheets.months(said["season"])
    if season is not None:
        listing.season = season


def _fill_packs(draft: bulk.Draft, rows: Sequence[PackRow], known: _Known) -> None:
    by_name = {pack.name: place for place, (pack, _tiers) in enumerate(draft.packs)}
    seen: set[str] = set()
    for row in rows:
        if row.name in seen:
            raise Wrong("pack", "repeated_pack")
        seen.add(row.name)
        if row.name in by_name:
            place = by_name[row.name]
            draft.packs[place] = _changed_pack(*draft.packs[place], row, known)
        elif row.name or row.values:
            draft.packs.append(_new_pack(row, len(draft.packs)))
    for pack, tiers in draft.packs:
        ladder = sorted(
            (Tier(tier.from_quantity, tier.unit_price) for tier in tiers), key=lambda tier: tier.from_quantity
        )
        if ladder_problem(pack.unit_price, ladder):
            raise Wrong("from_1", "ladder")


def _changed_pack(pack: Pack, tiers: list[PriceTier], row: PackRow, known: _Known) -> tuple[Pack, list[PriceTier]]:
    for name, value in row.values.items():
        if name == "initial_stock" and pack.pk in known.stocked:
            raise Wrong("initial_stock", "stock_on_sale")
        setattr(pack, name, value)
    _weigh(pack)
    standing = [(tier.from_quantity, tier.unit_price) for tier in tiers]
    if row.tiers is not None and [(tier.from_quantity, tier.unit_price) for tier in row.tiers] != standing:
        tiers = _tiers(row)
    return pack, tiers


def _new_pack(row: PackRow, place: int) -> tuple[Pack, list[PriceTier]]:
    if not row.name:
        raise Wrong("pack", "needed_pack")
    for name in ("unit", "unit_price", "weight_grams"):
        if name not in row.values:
            raise Wrong(name, "needed_pack")
    pack = Pack(name=row.name, sort_order=place, **row.values)
    _weigh(pack)
    return pack, _tiers(row)


def _weigh(pack: Pack) -> None:
    if pack.net_grams > pack.weight_grams:
        raise Wrong("net_grams", "net_weight")


def _tiers(row: PackRow) -> list[PriceTier]:
    return [PriceTier(from_quantity=tier.from_quantity, unit_price=tier.unit_price) for tier in row.tiers or ()]


def picture_name(image: Any) -> str:
    """What a picture is called in a sheet."""
    return PurePosixPath(image.file.name).name


def _fill_pictures(draft: bulk.Draft, said: Mapping[str, str], known: _Known) -> list[tuple[ListingPicture, str]]:
    """Put the named pictures in their order; those out of the ZIP come back with the name they have there."""
    wanted, words = sheets.names(said["pictures"]), sheets.names(said["alt_texts"])
    standing = {picture_name(row.image).casefold(): row for row in draft.pictures if row.image_id in known.images}
    if not wanted:
        if draft.listing.pk is None:
            raise Wrong("pictures", "needed")
        return []
    made, new = [], []
    for place, name in enumerate(wanted):
        alt = words[place][:200] if place < len(words) else ""
        picture = standing.get(name.casefold())
        if name.casefold() in known.zipped:
            if not alt:
                raise Wrong("alt_texts", "no_alt")
            picture = ListingPicture(alt_text=alt)
            new.append((picture, name.casefold()))
        elif picture is None:
            raise Wrong("pictures", "no_picture")
        picture.alt_text = alt or picture.alt_text
        made.append(picture)
    if made != draft.pictures:
        for place, picture in enumerate(made):
            picture.sort_order = place
    draft.pictures = made
    return new


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


def publish_small(key: str, at: datetime) -> timedelta | None:
    """The errand: put the next small changes of an import on sale (of one undone, what was on sale before); comes again
    while some are left. May run twice."""
    for _turn in range(AT_ONCE):
        if not _publish_next(int(key), at):
            return None
    return timedelta(seconds=1)


@transaction.atomic
def _publish_next(pk: int, at: datetime) -> bool:
    """The next of them; says whether more are left. An undoing waits until it is done, and is seen by the one after."""
    document = lock_document(pk)
    if not document.left_to_publish:
        return False
    listing = document.to_publish[document.published]
    _publish_one(listing, document.undone_by if document.undone_at else document.applied_by, at)
    document.left_to_publish -= 1
    document.save(update_fields=["left_to_publish"])
    return document.left_to_publish > 0


def _publish_one(pk: int, by: Any, at: datetime) -> None:
    """One small change goes on sale; where somebody was faster, or it is no longer small, the usual rules answer."""
    try:
        catalogue.submit_listing(listing=Listing(pk=pk), by=by, at=at)
    except Refused:
        return  # published, in review or delisted meanwhile: its page says which


def in_the_way(document: ListingImport) -> list[str]:
    """What keeps an applied import from being undone: listings changed, answered, certified or given sessions since, by title.

    A small change that went on sale does not, unless it took an unpublished draft along: nothing brings that apart.
    """
    entries = document.entries
    after = {entry["listing"]: entry["after"] for entry in entries}
    found = Listing.objects.filter(pk__in=list(after)).order_by("pk")
    revisions = list(after.values())
    decided = set(ListingDecision.objects.filter(revision__in=revisions).values_list("listing_id", flat=True))
    earlier = {(entry["listing"], entry["before"]) for entry in entries}
    on_sale = set(AfterLook.objects.filter(after__in=revisions).values_list("listing_id", "before_id"))
    mixed = {pk for pk, _before in on_sale} - {pk for pk, _before in on_sale & earlier}
    new = [entry["listing"] for entry in entries if entry["before"] is None]
    certified = set(Certificate.objects.filter(listing__in=new).values_list("listing_id", flat=True))
    opened = set(ServiceSession.objects.filter(listing__in=new).values_list("listing_id", flat=True))
    kept = decided | mixed | certified | opened
    return [row.title for row in found if row.latest_revision_id != after[row.pk] or row.pk in kept]


@transaction.atomic
def undo_import(*, document: ListingImport, by: Any, at: datetime) -> ListingImport:
    """Everything as it was before, while nothing of it was answered or changed since. ``UndoImpossible``.

    Where a small change is on sale already, the version before goes on sale by the errand, as another small change.
    """
    document = lock_import(document.pk)
    require_importer(by, document.vendor)
    if document.applied_at is None or document.undone_at is not None:
        raise ImportNotApplied()
    if titles := in_the_way(document):
        shown = "、".join(titles[:5])
        raise UndoImpossible(titles=f"{shown} (+{len(titles) - 5})" if len(titles) > 5 else shown)
    on_sale = set(
        AfterLook.objects.filter(after__in=[entry["after"] for entry in document.entries]).values_list(
            "listing_id", flat=True
        )
    )
    new = [entry["listing"] for entry in document.entries if entry["before"] is None]
    changed = {entry["listing"]: entry["before"] for entry in document.entries if entry["before"] is not None}
    bulk.take_back_reviews([*new, *changed], by=by, at=at)
    bulk.forget_new(new)
    bulk.restore({pk: before for pk, before in changed.items() if pk not in on_sale})
    bulk.write_again({pk: before for pk, before in changed.items() if pk in on_sale}, by=by, at=at)
    document.to_publish, document.left_to_publish = sorted(on_sale), len(on_sale)
    if on_sale:
        schedule(ERRAND_BACK, [str(document.pk)], at=at)
    get_image_model().objects.filter(pk__in=document.images).delete()
    document.undone_at, document.undone_by = at, by
    document.save(update_fields=["undone_at", "undone_by", "to_publish", "left_to_publish"])
    audit.record("marketplace.undo_import", [document], by=by, at=at)
    return document

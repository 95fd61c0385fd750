"""What an import would do to the vendor's listings, reckoned without writing anything.

What a preview shows is what applying does: both ask ``import_plan``, and applying refuses a plan with another digest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.crypto import get_random_string

from marketplace.catalogue import bulk
from marketplace.catalogue.differences import Difference, differences, needs_review
from marketplace.catalogue.models import Listing, ListingPicture, Pack
from marketplace.conf import currency
from marketplace.models import Vendor
from marketplace.parties.actions import office_day

from . import sheet as sheets
from .filling import fill, fill_packs, fill_pictures
from .known import Known, known_version
from .models import ListingImport
from .reasons import ROW
from .sheet import Wrong

SLUG_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


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


def import_plan(document: ListingImport, *, at: datetime) -> Plan:
    """What applying this import would do now. Statements do not grow with its rows."""
    rows = document.rows
    known = Known(document, {row["slug"] for row in rows if row["slug"]}, office_day(at))
    return Plan([_planned([rows[place] for place in places], known) for places in sheets.together(rows)])


def _planned(rows: Sequence[Mapping[str, Any]], known: Known) -> Planned:
    try:
        return _draft(rows, known)
    except Wrong as wrong:
        standing = known.by_slug.get(rows[0]["slug"])
        title = standing.title if standing else ""
        return Planned(rows, "refused", column=wrong.column, problem=wrong.code, known_title=title)


def _draft(rows: Sequence[Mapping[str, Any]], known: Known) -> Planned:
    for row in rows:
        if row["problem"]:
            raise Wrong("", row["problem"])
    said = {name: sheets.of_listing(rows, name) for name in sheets.OF_LISTING}
    before = _standing(said, known)
    draft = bulk.draft_of(known_version(before, known)) if before else bulk.Draft(_fresh(known.vendor))
    fill(draft.listing, said, known, is_new=before is None)
    fill_packs(draft, [sheets.pack_row(row, currency()) for row in rows], known)
    pictures = fill_pictures(draft, said, known)
    if before is None:
        return Planned(rows, "new", draft=draft, new_pictures=pictures)
    old, new = known_version(before, known), draft.assemble()
    changes = differences(old, new)
    is_small = before.live and not needs_review(known.reviewed.get(before.pk), new)
    outcome = "changed" if changes else "unchanged"
    return Planned(rows, outcome, changes, draft=draft, is_small=is_small, new_pictures=pictures)


def _standing(said: Mapping[str, str], known: Known) -> Listing | None:
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


def _fresh(vendor: Vendor) -> Listing:
    slug = f"{vendor.slug[:60]}-{get_random_string(8, SLUG_LETTERS)}"
    return Listing(vendor=vendor, slug=slug, live=False)

"""What differs between two versions of a listing, field by field, and which of it needs an officer's eyes first.

Fields and children are read off the models, so a field added later is compared as well. Which differences are risky stands in
the setting ``RISKY_CHANGES``; a price is risky beyond ``RISKY_PRICE_PERCENT`` of the price that was reviewed last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.models import get_all_child_relations
from wagtail.models import Revision

from ..conf import setting
from ..money import Money
from .facts import allergen_names
from .linkage import FarmerLinkage
from .models import Listing, ListingPicture, Pack
from .pricing import unit_price
from .weights import weight_words

# What Wagtail keeps about drafts, what is derived, and where a child hangs: no statement of the vendor's.
SILENT = {
    "id", "pk", "live", "has_unpublished_changes", "first_published_at", "last_published_at", "go_live_at", "expire_at",
    "expired", "locked", "locked_at", "locked_by", "latest_revision", "live_revision", "price_from", "cover", "cover_alt",
    "vendor", "slug", "listing", "pack", "paused_at", "is_by_session", "session", "written",
}  # fmt: skip
NAMES = {
    "packs": _("pack"),
    "packs.tiers": _("price tiers"),
    "pictures": _("picture"),
    "pictures.image": _("picture"),
    "pictures.sort_order": _("order of the pictures"),
    "packs.sort_order": _("order of the packs"),
    "linkages": _("farmer linkage"),
    "linkages.sort_order": _("order of the farmer linkages"),
}
ADDED, TAKEN_OUT = pgettext_lazy("pack or picture", "added"), pgettext_lazy("pack or picture", "taken out")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: ``path`` names it for the settings; ``of`` the pack or picture; old and new as people read them."""

    path: str
    label: str
    of: str
    old: Any
    new: Any
    is_risky: bool
    percent: int | None = None
    old_image: int | None = None
    new_image: int | None = None


def remembered(revision: Revision) -> Listing:
    """The listing as a revision has it; no statements (what it points at is fetched when asked for)."""
    found: Listing = Listing.from_serializable_data(revision.content, check_fks=False, strict_fks=False)
    return found


def differences(old: Listing, new: Listing) -> list[Difference]:
    """Everything in which ``new`` differs from ``old``, in the order of the form."""
    return [*_fields("", "", old, new), *_children("", old, new)]


def needs_review(old: Listing | None, new: Listing) -> bool:
    """Whether ``new`` may not be published before an officer has seen it; ``old`` is what was reviewed last."""
    return old is None or any(row.is_risky for row in differences(old, new))


def _risky(path: str) -> bool:
    return path in setting("RISKY_CHANGES")


def written_fields() -> list[str]:
    """The names of a listing's own fields that its vendor writes."""
    return [field.name for field in Listing._meta.concrete_fields if not _silent(field)]


def _silent(field: Any) -> bool:
    return field.name in SILENT or field.name.endswith("_ptr") or not hasattr(field, "attname")


def _fields(prefix: str, of: str, old: models.Model, new: models.Model) -> Iterator[Difference]:
    for field in new._meta.concrete_fields:
        path = f"{prefix}{field.name}"
        before, after = getattr(old, field.attname), getattr(new, field.attname)
        if _silent(field) or before == after:
            continue
        if isinstance(before, Money) and isinstance(after, Money):
            yield _price(path, _label(path, field), of, before, after)
            continue
        images = (before, after) if path == "pictures.image" else (None, None)
        shown = (_shown(field, old), _shown(field, new))
        yield Difference(path, _label(path, field), of, *shown, _risky(path), None, *images)


def _label(path: str, field: Any = None) -> str:
    found = str(NAMES.get(path) or (field.verbose_name if field is not None else path))
    return found[:1].upper() + found[1:]


def path_label(path: str) -> str:
    """What a path is called in the reader's language; '' where there is no such field."""
    model: Any = Listing
    *parents, name = path.split(".")
    for parent in parents:
        model = model._meta.get_field(parent).related_model
    field = next((row for row in model._meta.get_fields() if row.name == name), None)
    if field is None:
        return ""
    return _label(path, field if isinstance(field, models.Field) else None)


def percent_change(before: Money, after: Money) -> int | None:
    """By how many of a hundred a price rose (or fell, below zero), away from zero; ``None`` where there was none."""
    if not before.amount:
        return None
    change, sign = abs(after.amount - before.amount) * 100, 1 if after.amount >= before.amount else -1
    return sign * -(-change // before.amount)


def _too_far(before: Money, after: Money) -> bool:
    return abs(after.amount - before.amount) * 100 > before.amount * int(setting("RISKY_PRICE_PERCENT"))


def _price(path: str, label: str, of: str, before: Money, after: Money) -> Difference:
    is_risky = _risky(path) and _too_far(before, after)
    return Difference(path, label, of, before, after, is_risky, percent_change(before, after))


def _shown(field: Any, row: models.Model) -> str:
    value = getattr(row, field.name) if field.is_relation else getattr(row, field.attname)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if field.name == "season":
        return "、".join(month for month in str(value).split(",") if month) or str(_("all year"))
    if field.name.endswith("_grams"):
        return weight_words(value or 0)
    if field.name == "allergens":
        return "、".join(allergen_names(str(value))) or str(value and _("none"))
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return "" if value is None else str(value)


def _children(prefix: str, old: Any, new: Any) -> Iterator[Difference]:
    for relation in get_all_child_relations(type(new)):
        name = relation.get_accessor_name()
        path = f"{prefix}{name}"
        if path == "packs.tiers":
            yield from _ladder(path, old, new)
            continue
        before, after = (
            {row.pk or -place: row for place, row in enumerate(getattr(one, name).all(), 1)} for one in (old, new)
        )
        yield from _matched(path, before, after)


def _matched(path: str, before: Mapping[int, Any], after: Mapping[int, Any]) -> Iterator[Difference]:
    for key, row in after.items():
        if key in before:
            yield from _fields(f"{path}.", str(_named(row)), before[key], row)
            yield from _children(f"{path}.", before[key], row)
        else:
            image = row.image_id if isinstance(row, ListingPicture) else None
            yield Difference(path, _label(path), _named(row), "", _added(row), _risky(path), None, None, image)
    for key, row in before.items():
        if key not in after:
            image = row.image_id if isinstance(row, ListingPicture) else None
            yield Difference(path, _label(path), _named(row), _named(row), str(TAKEN_OUT), False, None, image)


def _added(row: Any) -> str:
    if isinstance(row, FarmerLinkage):
        return " · ".join(part for part in (f"{ADDED} · {row.households}", row.statement) if part)
    return f"{ADDED} · {row.unit_price}" if isinstance(row, Pack) else str(ADDED)


def _named(row: Any) -> str:
    return row.name if isinstance(row, Pack) else str(row)


def _ladder(path: str, old: Pack, new: Pack) -> Iterator[Difference]:
    """The tiers of a pack as one difference; risky where any quantity costs too much more or less than reviewed."""
    if old.ladder == new.ladder:
        return
    quantities = {1, *(tier.from_quantity for tier in (*old.ladder, *new.ladder))}
    was, now = (partial(unit_price, pack.unit_price, pack.ladder) for pack in (old, new))
    far = any(_too_far(was(quantity), now(quantity)) for quantity in quantities)
    yield Difference(path, _label(path), new.name, _steps(old), _steps(new), _risky(path) and far)


def _steps(pack: Pack) -> str:
    return "；".join(f"≥{tier.from_quantity}: {tier.unit_price}" for tier in pack.ladder) or "—"

"""What the rows about one listing say, put into its draft; what cannot be taken is ``Wrong``, with its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.catalogue import bulk
from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier
from marketplace.catalogue.pricing import Tier, ladder_problem
from marketplace.parties.imports import tidy

from . import sheet as sheets
from .known import Known
from .sheet import PackRow, Wrong


def fill(listing: Listing, said: Mapping[str, str], known: Known, *, is_new: bool) -> None:
    """Put what is said of the listing itself in its place; nothing said keeps what stands."""
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


def fill_packs(draft: bulk.Draft, rows: Sequence[PackRow], known: Known) -> None:
    """Change the packs the rows name and add the new ones; the ladder of each has to fall."""
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
        _require_ladder(pack, tiers)


def _require_ladder(pack: Pack, tiers: Sequence[PriceTier]) -> None:
    ladder = sorted((Tier(tier.from_quantity, tier.unit_price) for tier in tiers), key=lambda tier: tier.from_quantity)
    if ladder_problem(pack.unit_price, ladder):
        raise Wrong("from_1", "ladder")


def _changed_pack(pack: Pack, tiers: list[PriceTier], row: PackRow, known: Known) -> tuple[Pack, list[PriceTier]]:
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


def fill_pictures(draft: bulk.Draft, said: Mapping[str, str], known: Known) -> list[tuple[ListingPicture, str]]:
    """Put the named pictures in their order; those out of the ZIP come back with the name they have there."""
    wanted, words = sheets.names(said["pictures"]), sheets.names(said["alt_texts"])
    standing = {
        sheets.picture_name(row.image).casefold(): row for row in draft.pictures if row.image_id in known.images
    }
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

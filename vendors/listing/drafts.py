"""From the form to a listing in memory: its packs, tiers and pictures, ready to be saved as a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.crypto import get_random_string
from wagtail.images import get_image_model

from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier
from marketplace.parties.models import Vendor

from .forms import ListingForm, PackForm, PictureForm


def fill(
    listing: Listing | None,
    vendor: Vendor,
    form: ListingForm,
    packs: Sequence[PackForm],
    pictures: Sequence[PictureForm],
) -> Listing:
    """The listing as typed. Packs once published are taken off offer, never dropped."""
    listing = listing or Listing(vendor=vendor, slug=_slug(vendor), live=False)
    for name in ("product", "title", "summary", "description", "origin", "tax_rate"):
        setattr(listing, name, form.cleaned_data[name])
    listing.season = form.season()
    listing.packs.set(_packs(listing, packs))
    listing.pictures.set(_pictures(listing, pictures))
    return listing


def _slug(vendor: Vendor) -> str:
    return f"{vendor.slug[:60]}-{get_random_string(8, 'abcdefghjkmnpqrstuvwxyz23456789')}"


def _packs(listing: Listing, forms: Sequence[PackForm]) -> list[Pack]:
    standing = {pack.pk: pack for pack in listing.packs.all() if pack.pk} if listing.pk else {}
    made = []
    for position, form in enumerate(forms):
        if not form.is_filled:
            continue
        cleaned = form.cleaned_data
        pack = standing.pop(cleaned.get("pk") or 0, None) or Pack()
        for name in ("name", "unit", "unit_price", "weight_grams"):
            setattr(pack, name, cleaned[name])
        pack.initial_stock = cleaned.get("initial_stock") or 0
        pack.minimum_quantity = cleaned.get("minimum_quantity") or 1
        pack.multiple = cleaned.get("multiple") or 1
        pack.is_offered = cleaned.get("is_offered", True)
        pack.sort_order = position
        pack.tiers.set(PriceTier(from_quantity=tier.from_quantity, unit_price=tier.unit_price) for tier in form.tiers())
        made.append(pack)
    for pack in standing.values():
        pack.is_offered = False
        made.append(pack)
    return made


def _pictures(listing: Listing, forms: Sequence[PictureForm]) -> list[ListingPicture]:
    standing = {picture.pk: picture for picture in listing.pictures.all() if picture.pk} if listing.pk else {}
    made: list[ListingPicture] = []
    for form in forms:
        cleaned: dict[str, Any] = form.cleaned_data
        picture = standing.get(cleaned.get("pk") or 0)
        if cleaned.get("remove") or not (cleaned.get("file") or picture):
            continue
        picture = picture or ListingPicture()
        if cleaned.get("file"):
            picture.image = get_image_model().objects.create(title=cleaned["alt_text"][:100], file=cleaned["file"])
        picture.alt_text = cleaned["alt_text"]
        picture.sort_order = len(made)
        made.append(picture)
    return made

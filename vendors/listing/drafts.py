"""From the parts of the form to a listing in memory, ready to be saved as a draft: each part fills its own and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.crypto import get_random_string
from wagtail.images import get_image_model

from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier
from marketplace.parties.models import Vendor

from .fact_forms import LABEL, PLAN, LabelForm, LinkageForm, SeasonForm
from .forms import PRODUCE, PackForm, PictureForm, ProduceForm


def new_draft(vendor: Vendor) -> Listing:
    """A listing nobody has written anything in yet."""
    return Listing(vendor=vendor, slug=_slug(vendor), live=False)


def fill_produce(listing: Listing, form: ProduceForm) -> None:
    """What it is."""
    for name in PRODUCE:
        setattr(listing, name, form.cleaned_data[name])


def fill_packs(listing: Listing, forms: Sequence[PackForm]) -> None:
    """How it is sold. Packs once published are taken off offer, never dropped."""
    listing.packs.set(_packs(listing, forms))


def fill_season(listing: Listing, form: SeasonForm) -> None:
    """When there is any, and the coming harvest."""
    listing.season = form.season()
    for name in PLAN:
        setattr(listing, name, form.cleaned_data[name])


def fill_label(listing: Listing, form: LabelForm) -> None:
    """What the label says."""
    for name in (*LABEL, "allergens"):
        setattr(listing, name, form.cleaned_data[name])


def fill_linkages(listing: Listing, forms: Sequence[LinkageForm]) -> None:
    """How farming households benefit."""
    standing = {row.pk: row for row in listing.linkages.all() if row.pk}
    made: list[FarmerLinkage] = []
    for form in forms:
        if not form.cleaned_data.get("mode"):
            continue
        row = standing.get(form.cleaned_data.get("pk") or 0) or FarmerLinkage()
        for name in ("mode", "households", "year", "statement"):
            setattr(row, name, form.cleaned_data[name])
        row.sort_order = len(made)
        made.append(row)
    listing.linkages.set(made)


def fill_pictures(listing: Listing, forms: Sequence[PictureForm]) -> None:
    """Its gallery, in the order asked for."""
    listing.pictures.set(_pictures(listing, forms))


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
        pack.net_grams = cleaned.get("net_grams") or 0
        pack.persons = cleaned.get("persons") or 1
        pack.is_redeemed = bool(cleaned.get("is_redeemed"))
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
    made: list[tuple[int, ListingPicture]] = []
    for place, form in enumerate(forms, 1):
        cleaned: dict[str, Any] = form.cleaned_data
        picture = standing.get(cleaned.get("pk") or 0)
        if cleaned.get("remove") or not (cleaned.get("file") or picture):
            continue
        picture = picture or ListingPicture()
        if cleaned.get("file"):
            picture.image = get_image_model().objects.create(title=cleaned["alt_text"][:100], file=cleaned["file"])
        picture.alt_text = cleaned["alt_text"]
        made.append((cleaned.get("position") or place, picture))
    made.sort(key=lambda row: row[0])
    for place, (_position, picture) in enumerate(made):
        picture.sort_order = place
    return [picture for _position, picture in made]

"""The large world's catalogue: listings with packs, tiers, pictures, stock and their rows in the search index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from wagtail.search.backends import get_search_backend

from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier, Stock
from marketplace.money import Money

from .words import Wording, short_place, wording
from .world import LISTINGS, Ground

Say = Callable[[str], None]
INDEXED_AT_ONCE = 5000  # the index measures all its titles after each batch


def load_goods(ground: Ground, say: Say) -> list[Pack]:
    """All listings, a thousand at a time; answers each listing's first pack."""
    first: list[Pack] = []
    unindexed: list[Listing] = []
    count = ground.scale * LISTINGS
    for start in range(0, count, LISTINGS):
        packs, listings = _thousand(ground, range(start, start + LISTINGS))
        first += packs
        unindexed += listings
        if len(unindexed) >= INDEXED_AT_ONCE or start + LISTINGS >= count:
            get_search_backend().add_bulk(Listing, unindexed)
            unindexed = []
        say(f"listings {start + LISTINGS:,} of {count:,}")
    return first


def _thousand(ground: Ground, numbers: range) -> tuple[list[Pack], list[Listing]]:
    listings, worded = [], []
    for number in numbers:
        listing, words = _listing(ground, number)
        listings.append(listing)
        worded.append(words)
    Listing.objects.bulk_create(listings)
    packs = Pack.objects.bulk_create(
        pack for listing, words in zip(listings, worded, strict=True) for pack in _packs(listing, words)
    )
    first = {pack.listing_id: pack for pack in reversed(packs)}
    PriceTier.objects.bulk_create(
        PriceTier(pack=first[listing.pk], from_quantity=words.tier[0], unit_price=Money(words.tier[1]))
        for listing, words in zip(listings, worded, strict=True)
        if words.tier
    )
    Stock.objects.bulk_create(Stock(pack=pack, on_hand=pack.initial_stock) for pack in packs)
    ListingPicture.objects.bulk_create(
        ListingPicture(listing=listing, image=listing.cover, alt_text=listing.cover_alt, sort_order=0)
        for listing in listings
        if listing.cover
    )
    return [first[listing.pk] for listing in listings], listings


def _listing(ground: Ground, number: int) -> tuple[Listing, Wording]:
    product = ground.products[number % len(ground.products)]
    vendor = ground.vendors[number * 7 % len(ground.vendors)]
    shelf = product.category.slug if not product.category.is_service else "services"
    place = ground.places[(number * 7 + number // 11) % len(ground.places)]
    words = wording(number, product=product.name, shelf=shelf, place=short_place(place.name))
    cover, alt = ground.covers.get(product.pk, (None, ""))
    published = ground.today - timedelta(minutes=10 * (1_000_000 - number) % (720 * 24 * 60))
    listing = Listing(
        vendor=vendor,
        product=product,
        slug=words.slug,
        title=words.title,
        summary=words.summary,
        description=words.description,
        origin=place,
        season=words.season,
        price_from=Money(min(size.price for size in words.sizes)),
        cover=cover,
        cover_alt=alt,
        live=True,
        first_published_at=published,
        last_published_at=published,
    )
    return listing, words


def _packs(listing: Listing, words: Wording) -> list[Pack]:
    return [
        Pack(
            listing=listing,
            name=size.name,
            unit=size.unit,
            unit_price=Money(size.price),
            initial_stock=words.stock,
            sort_order=place,
        )
        for place, size in enumerate(words.sizes)
    ]

"""Everything a product page tells of a listing, gathered once for each edition of the catalogue and each day.

What changes by the minute (stock, what a harvest still gives) and what depends on the reader is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from ..catalogue.capacity import Measure
from ..catalogue.certificates import Certificate
from ..catalogue.comparing import PriceNote, price_note
from ..catalogue.fairness import A_YEAR
from ..catalogue.freight_rules import FreightRule
from ..catalogue.linkage import FarmerLinkage, evidence_of
from ..catalogue.models import Listing, ListingPicture, Pack, Stock
from ..catalogue.pricing import orderable
from ..catalogue.weights import weight_words
from ..money import Money
from ..pictures import LARGE, THUMB, specs
from ..plots import StepLine, step_line
from . import fragments
from .published import page_of_region, stories
from .ratings import Voices, voices_of

PICTURE = "fill-960x720|format-webp"
SHARED = ["fill-1200x630|format-jpeg", "fill-600x600|format-jpeg"]
PAPER = "max-1200x1600|format-webp"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of the ladder: from so many on, at this price, so much less for each pack."""

    from_quantity: int
    unit_price: Money
    saving: Money | None
    percent: str


@dataclass(frozen=True, slots=True)
class Linkage:
    """A statement about farming households with its evidence."""

    statement: FarmerLinkage
    level: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate that holds, with the address of its photograph."""

    certificate: Certificate
    url: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What is the same for every reader on one day."""

    listing: Listing
    on: date
    papers: list[Paper]
    linkages: list[Linkage]
    freight: list[str]
    images: list[str]
    price: PriceNote
    voices: Voices

    @property
    def price_line(self) -> StepLine | None:
        """The price of the last twelve months as a line; none while it never changed."""
        if self.price.past is None or self.price.past.previous is None:
            return None
        first = self.on - timedelta(days=A_YEAR)
        shown = [level for level in self.price.levels if level.since > first]
        before = [level for level in self.price.levels if level.since <= first][-1:]
        first = first if before else shown[0].since
        values = [(level.since, level.price) for level in (*before, *shown)]
        return step_line(values, first=first, last=self.on)

    @property
    def kinds(self) -> list[str]:
        """What is certified, each once, for badges."""
        return list(dict.fromkeys(str(paper.certificate.get_kind_display()) for paper in self.papers))


@dataclass(frozen=True, slots=True)
class PackOffer:
    """A pack as it can be bought now: ``left`` is ``None`` before it was ever published."""

    pack: Pack
    left: int | None
    steps: list[Step]
    least: int
    harvest_left: str = ""

    @property
    def is_sold_out(self) -> bool:
        return self.left is not None and self.left < self.least


def published_offer(slug: str, *, on: date) -> Offer | None:
    """The offer of a listing that has a page; ``None`` when there is no such listing."""
    listing = (
        Listing.objects.shown()
        .select_related("vendor__home__parent", "origin__parent", "product__category__parent")
        .prefetch_related(Prefetch("packs", Pack.of_listing.filter(is_offered=True).prefetch_related("tiers")))
        .prefetch_related(Prefetch("pictures", _pictures()), "linkages")
        .filter(slug=slug)
        .first()
    )
    return listing and offer_of(listing, on=on)


def offer_of(listing: Listing, *, on: date) -> Offer:
    """The offer of a listing at hand, be it published or a revision nobody has seen yet."""
    checks = list(listing.linkage_checks.all()) if listing.pk else []
    rule = FreightRule.objects.filter(vendor=listing.vendor_id).in_force().first()
    return Offer(
        listing=listing,
        on=on,
        papers=_papers(listing, on),
        linkages=[Linkage(row, evidence_of(row, checks)) for row in listing.linkages.all()],
        freight=rule.sentences if rule else [],
        images=[_made(row.image)[PICTURE].url for row in listing.pictures.all()],
        price=price_note(listing, on=on),
        voices=voices_of(listing),
    )


def _made(image: Any) -> dict[str, Any]:
    """Every size the page shows, made now where it is not there: an offer that is kept knows them, or each of its readers
    would wait for them to be made again."""
    found: dict[str, Any] = image.get_renditions(*_sizes())
    return found


def _sizes() -> list[str]:
    return [*specs(LARGE), *specs(THUMB), PICTURE, *SHARED]


def _pictures() -> Any:
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=_sizes())
    return ListingPicture.objects.select_related("image").prefetch_related(
        Prefetch("image__renditions", renditions, to_attr="prefetched_renditions")
    )


def _papers(listing: Listing, on: date) -> list[Paper]:
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec=PAPER)
    rows = Certificate.objects.about(listing).valid_on(on).select_related("picture")
    rows = rows.prefetch_related(Prefetch("picture__renditions", renditions, to_attr="prefetched_renditions"))
    return [Paper(row, row.picture.get_rendition(PAPER).url if row.picture else "") for row in rows]


def stocks_of(listing: Listing) -> dict[int, Stock]:
    """The stock of each pack with what its harvest still gives; one statement."""
    if not listing.pk:
        return {}
    return {row.pack_id: row for row in Stock.objects.filter(pack__listing=listing.pk).select_related("capacity")}


def pack_offers(packs: Iterable[Pack], stocks: Mapping[int, Stock]) -> list[PackOffer]:
    """The packs on offer as they can be bought now."""
    return [_pack_offer(pack, stocks.get(pack.pk or 0)) for pack in packs if pack.is_offered]


def _pack_offer(pack: Pack, stock: Stock | None) -> PackOffer:
    left = stock.available if stock else None
    harvest = (
        weight_words(max(0, stock.capacity.left))
        if stock and stock.capacity and stock.capacity.measure == Measure.GRAMS
        else ""
    )
    return PackOffer(pack, left, _steps(pack), orderable(1, pack.minimum_quantity, pack.multiple), harvest)


def _steps(pack: Pack) -> list[Step]:
    if not pack.ladder:
        return []
    base = pack.unit_price
    return [
        Step(1, base, None, ""),
        *(Step(t.from_quantity, t.unit_price, base - t.unit_price, _percent(base, t.unit_price)) for t in pack.ladder),
    ]


def _percent(base: Money, price: Money) -> str:
    """3.7%: to a tenth, never more than it is."""
    tenths = (base.amount - price.amount) * 1000 // base.amount
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The pages editors wrote about the place: its own, and stories from there as (address, title)."""

    village: str
    stories: list[tuple[str, str]]


def surroundings(region_code: str, *, on: date) -> Surroundings:
    """What there is to read about a place; kept until a page changes, so that it usually costs no statement."""

    def make() -> fragments.Piece:
        found = [(str(page.get_url()), page.title) for page in stories(count=2, region_code=region_code)]
        return fragments.Piece(Surroundings(page_of_region(region_code), found))

    found: Surroundings = fragments.kept("surroundings", region_code, topics=[fragments.PAGES], day=on, make=make)
    return found


def storage_words(listing: Listing) -> str:
    """How to keep it and how long, as one sentence."""
    days = listing.shelf_life_days
    if not days:
        return str(listing.get_storage_display())
    whole = days // 30 if days % 30 == 0 and days >= 60 else 0
    life = _("%(count)s months") % {"count": whole} if whole else _("%(count)s days") % {"count": days}
    if not listing.storage:
        return life
    return _("%(life)s, kept %(storage)s") % {"life": life, "storage": listing.get_storage_display()}

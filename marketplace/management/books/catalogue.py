"""What listings keep: stock, the harvests behind it, prices and their history, and ratings."""

from __future__ import annotations

from collections import Counter

from ...catalogue.capacity import SharedCapacity
from ...catalogue.decisions import ListingDecision
from ...catalogue.models import Pack, Stock
from ...catalogue.prices import PriceChange
from ...fulfilment.models import ConsignmentLine, GoodsReturnLine
from ...orders.models import StockReservation
from ...ratings.models import Rating, RatingTotal
from .reading import Mismatches, differences, tally


def stock() -> Mismatches:
    """What is reserved is what order lines still wait for; no stock is oversold."""
    reserved = Counter[int]()
    sent = tally(ConsignmentLine.objects.values_list("line_id", "quantity"))
    for line, pack, quantity, released, consumed in StockReservation.objects.values_list(
        "line_id", "line__pack_id", "quantity", "quantity_released", "quantity_consumed"
    ):
        reserved[pack] += quantity - released - consumed
        if consumed != sent[line]:
            yield f"reservation of order line {line}: consumed {consumed}, consignments say {sent[line]}"
    for row in Stock.objects.all():
        if row.reserved != reserved[row.pack_id]:
            yield f"stock of pack {row.pack_id}: kept reserved {row.reserved}, rows say {reserved[row.pack_id]}"
        if row.on_hand < row.reserved:
            yield f"stock of pack {row.pack_id}: oversold by {row.reserved - row.on_hand}"


def harvests() -> Mismatches:
    """What is promised of a harvest or session is what the packs that draw on it have promised; no harvest is oversold."""
    rows = Stock.objects.exclude(capacity=None).values_list("capacity", "reserved", "draws")
    promised = tally((capacity, reserved * grams) for capacity, reserved, grams in rows)
    yield from differences("harvest promised", {row.pk: row.promised for row in SharedCapacity.objects.all()}, promised)
    yield from (f"harvest {row.pk}: oversold by {-row.left}" for row in SharedCapacity.objects.all() if row.left < 0)


def prices() -> Mismatches:
    """A published pack costs what its history says last; whatever an officer approved has a history.

    The packs of a session are copies: the written ones have the history.
    """
    last = {row.pack_id: (row.unit_price, row.net_grams, row.is_offered) for row in PriceChange.objects.all()}
    approved = set(ListingDecision.objects.filter(is_approved=True).values_list("listing_id", flat=True))
    for pack in Pack.objects.filter(listing__first_published_at__isnull=False, session=None).order_by("pk"):
        stands = (pack.unit_price, pack.net_grams, pack.is_offered)
        known = last.get(pack.pk)
        is_missing = known is None and pack.is_offered and pack.listing_id in approved
        if is_missing or (known is not None and known != stands):
            yield f"price of pack {pack.pk}: {pack.unit_price}, its history says {known[0] if known else 'nothing'}"


def ratings() -> Mismatches:
    """A listing's total is the count and the stars of its ratings that are not hidden; what went back is marked."""
    given = list(Rating.objects.filter(hidden_at=None).values_list("listing_id", "stars"))
    counted, totals = Counter(listing for listing, _stars in given), list(RatingTotal.objects.all())
    yield from differences("ratings of listing", {row.listing_id: row.count for row in totals}, counted)
    yield from differences("stars of listing", {row.listing_id: row.stars for row in totals}, tally(given))
    went_back = GoodsReturnLine.objects.filter(goods_return__returned_at__isnull=False)
    back = set(went_back.values_list("line__listing_id", "goods_return__order__organisation_id"))
    for row in Rating.objects.order_by("pk"):
        if (row.returned_at is not None) != ((row.listing_id, row.organisation_id) in back):
            yield f"rating {row.pk}: returned {row.returned_at}, returns say otherwise"

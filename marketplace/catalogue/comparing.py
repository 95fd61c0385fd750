"""What there is to say about a listing's price: its past, and like goods of others. Asked for the product page and the review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import currency
from ..money import Money
from ..parties.actions import office_day
from . import fairness
from .facts import JIN, price_per
from .fairness import Level, Market, Past, Priced
from .models import Listing, Pack
from .prices import PriceChange


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line of the history: from a day on a pack cost this; ``per_jin`` for 500 g, where it has a weight."""

    since: date
    pack: str
    unit_price: Money
    per_jin: Money | None
    is_offered: bool


@dataclass(frozen=True, slots=True)
class PriceNote:
    """A listing's price beside its own past and the market; ``by_weight`` says whether 500 g are compared, or a pack.

    ``levels`` and the figures of ``past`` and ``market`` are minor units of that.
    """

    by_weight: bool
    levels: Sequence[Level]
    past: Past | None
    market: Market | None
    rows: Sequence[PriceRow]

    @property
    def sentences(self) -> list[str]:
        """The note in words, in the reader's language; empty where there is nothing to compare."""
        return [*self._of_the_past(), *self._of_the_market()]

    def _of_the_past(self) -> list[str]:
        past = self.past
        if past is None:
            return []
        day = date_format(past.since, "DATE_FORMAT")
        if past.previous is None:
            return [_("The price has stood since %(day)s.") % {"day": day}]
        words = {
            "day": day,
            "now": _money(past.now),
            "before": _money(past.previous),
            "lowest": _money(past.lowest),
            "highest": _money(past.highest),
        }
        if self.by_weight:
            sentence = _(
                "%(now)s for 500 g since %(day)s, %(before)s before; within twelve months between %(lowest)s and %(highest)s."
            )
        else:
            sentence = _(
                "From %(now)s since %(day)s, %(before)s before; within twelve months between %(lowest)s and %(highest)s."
            )
        return [sentence % words]

    def _of_the_market(self) -> list[str]:
        market = self.market
        if market is None:
            return []
        words = {"percent": abs(market.percent), "median": _money(market.median), "count": market.count}
        if market.percent > 0:
            sentence = ngettext(
                "%(percent)s%% above the middle of %(count)s like offer (%(median)s for 500 g).",
                "%(percent)s%% above the middle of %(count)s like offers (%(median)s for 500 g).",
                market.count,
            )
        elif market.percent < 0:
            sentence = ngettext(
                "%(percent)s%% below the middle of %(count)s like offer (%(median)s for 500 g).",
                "%(percent)s%% below the middle of %(count)s like offers (%(median)s for 500 g).",
                market.count,
            )
        else:
            sentence = ngettext(
                "As much as the middle of %(count)s like offer (%(median)s for 500 g).",
                "As much as the middle of %(count)s like offers (%(median)s for 500 g).",
                market.count,
            )
        return [sentence % words]


def _money(price: int) -> Money:
    return Money(price, currency())


def price_note(listing: Listing, *, on: date) -> PriceNote:
    """The note about a listing at hand, published or not yet; its packs in memory are today's price. Two statements."""
    history = list(PriceChange.objects.filter(listing=listing.pk)) if listing.pk else []
    today = [_offered(pack, on) for pack in listing.packs.all() if pack.is_offered]
    by_weight = any(pack.grams for pack in today)
    changes = [row.priced(office_day(row.changed_at)) for row in history]
    found = fairness.levels(changes, by_weight=by_weight)
    own = fairness.lowest_of(today, by_weight=by_weight)
    if own is not None and found and found[-1].price != own:  # a version nobody has published yet
        found.append(Level(on, own))
    market = fairness.market(own, like_prices(listing)) if by_weight and own is not None else None
    return PriceNote(by_weight, found, fairness.past(found, on=on), market, [_row(row) for row in reversed(history)])


def _row(row: PriceChange) -> PriceRow:
    per_jin = price_per(row.unit_price, row.net_grams, JIN)
    return PriceRow(office_day(row.changed_at), row.pack_name, row.unit_price, per_jin, row.is_offered)


def _offered(pack: Pack, on: date) -> Priced:
    return Priced(on, pack.pk or 0, pack.unit_price.amount, pack.net_grams)


def like_prices(listing: Listing, *, of: int = JIN) -> list[int]:
    """What ``of`` grams cost in every other published listing of this kind of produce and grade; one statement."""
    others = Listing.objects.published().filter(product=listing.product_id, grade=listing.grade).exclude(pk=listing.pk)
    packs = Pack.objects.filter(listing__in=others, is_offered=True, net_grams__gt=0).order_by()
    prices: dict[int, list[int]] = defaultdict(list)
    for key, price, grams in packs.values_list("listing_id", "unit_price", "net_grams"):
        prices[key].append(fairness.per_weight(price.amount, grams, of=of) or 0)
    return [min(found) for found in prices.values()]

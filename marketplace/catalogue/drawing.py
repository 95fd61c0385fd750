"""Drawing on a shared capacity: promised, used and given back with the stock of the packs that share it.

Called with the stocks held; the capacities are taken after them, in primary-key order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from .. import signals
from .capacity import Measure, SharedCapacity
from .errors import HarvestOversold, NetWeightMissing
from .harvests import capacity_wanted
from .locks import lock_capacities, lock_stocks, shift_capacities
from .models import Listing, Pack, Stock
from .weights import weight_words


def left_of_capacity(stocks: Mapping[int, Stock], wanted: Mapping[int, int]) -> dict[int, int]:
    """Of ``wanted`` (pack pk → quantity) what harvests and sessions do not give: pack pk → how many there would be at most.

    Packs that share one are asked for together.
    """
    drawing = {pk: stock for pk, stock in stocks.items() if stock.capacity_id and pk in wanted}
    grams: Counter[int] = Counter()
    for pk, stock in drawing.items():
        grams[stock.capacity_id or 0] += wanted[pk] * stock.draws
    harvests = lock_capacities(sorted(grams)) if grams else {}
    return {
        pk: harvests[stock.capacity_id].left // stock.draws
        for pk, stock in drawing.items()
        if stock.capacity_id and grams[stock.capacity_id] > harvests[stock.capacity_id].left
    }


def draw(stocks: Mapping[int, Stock], steps: Mapping[int, tuple[int, int]]) -> None:
    """Carry packs promised and used (pack pk → both, as differences) over to the capacities they draw on."""
    promised: Counter[int] = Counter()
    sent: Counter[int] = Counter()
    for pk, (more_promised, more_sent) in steps.items():
        if (stock := stocks.get(pk)) and stock.capacity_id:
            promised[stock.capacity_id] += more_promised * stock.draws
            sent[stock.capacity_id] += more_sent * stock.draws
    if promised or sent:
        pks = sorted(promised.keys() | sent.keys())
        rows = lock_capacities(pks)
        shift_capacities({pk: (promised[pk], sent[pk]) for pk in pks})
        if any(_turns(rows[pk], promised[pk] + sent[pk]) for pk in pks):
            signals.announce(signals.stock_turned, sender=Stock, packs=sorted(steps))


def _turns(capacity: SharedCapacity, taken: int) -> bool:
    """Whether something was left and nothing is, or the other way round."""
    return (capacity.left > 0) != (not capacity.is_closed and capacity.left - taken > 0)


def bind_harvest(listing: Listing, packs: Sequence[Pack]) -> None:
    """A published listing's packs draw on its coming harvest from now on, what is promised already included.

    ``HarvestOversold`` when more is promised than the vendor now says there will be; ``NetWeightMissing``.
    """
    wanted = None if listing.is_by_session else capacity_wanted(listing)
    if (
        wanted is None
        and not Stock.objects.filter(pack__in=[pack.pk for pack in packs]).exclude(capacity=None).exists()
    ):
        return
    stocks = lock_stocks([pack.pk for pack in packs])
    harvest = _harvest(listing, *wanted) if wanted else None
    if harvest and (light := [pack.name for pack in packs if pack.is_offered and not pack.net_grams]):
        raise NetWeightMissing(packs="、".join(light))
    _rebind({stocks[pack.pk]: (pack.net_grams if harvest else 0) for pack in packs}, harvest)


def _harvest(listing: Listing, begins_on: date, grams: int) -> SharedCapacity:
    made, _created = SharedCapacity.objects.get_or_create(
        listing=listing, measure=Measure.GRAMS, begins_on=begins_on, defaults={"amount": grams}
    )
    harvest = lock_capacities([made.pk])[made.pk]
    taken = harvest.taken
    if taken > grams:
        raise HarvestOversold(promised=weight_words(taken), capacity=weight_words(grams))
    harvest.amount = grams
    harvest.save(update_fields=["amount"])
    return harvest


def _rebind(weights: Mapping[Stock, int], harvest: SharedCapacity | None) -> None:
    """Take what is promised off the harvests drawn on before, and off the new one instead."""
    moves: Counter[int] = Counter()
    for stock, grams in weights.items():
        if stock.capacity_id:
            moves[stock.capacity_id] -= stock.reserved * stock.draws
        stock.capacity, stock.draws = harvest, grams
        if harvest:
            moves[harvest.pk] += stock.reserved * grams
    rows = lock_capacities(sorted(moves))
    for pk, grams in moves.items():
        if grams > rows[pk].left:
            promised, capacity = rows[pk].taken + grams, rows[pk].amount
            raise HarvestOversold(promised=weight_words(promised), capacity=weight_words(capacity))
    shift_capacities({pk: (grams, 0) for pk, grams in moves.items()})
    Stock.objects.bulk_update(weights, ["capacity", "draws"])

"""Drawing on a harvest: promised, sent and given back with the stock of the packs that share it.

Called with the stocks held; the capacities are taken after them, in primary-key order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from .errors import HarvestOversold, NetWeightMissing
from .harvests import HarvestCapacity, capacity_wanted
from .locks import lock_harvests, lock_stocks, shift_harvests
from .models import Listing, Pack, Stock
from .weights import weight_words


def left_of_harvest(stocks: Mapping[int, Stock], wanted: Mapping[int, int]) -> dict[int, int]:
    """Of ``wanted`` (pack pk → quantity) what the harvests do not give: pack pk → how many of it there would be at most.

    Packs that share a harvest are asked for together.
    """
    drawing = {pk: stock for pk, stock in stocks.items() if stock.harvest_id and pk in wanted}
    grams: Counter[int] = Counter()
    for pk, stock in drawing.items():
        grams[stock.harvest_id or 0] += wanted[pk] * stock.harvest_grams
    harvests = lock_harvests(sorted(grams)) if grams else {}
    return {
        pk: harvests[stock.harvest_id].left // stock.harvest_grams
        for pk, stock in drawing.items()
        if stock.harvest_id and grams[stock.harvest_id] > harvests[stock.harvest_id].left
    }


def draw(stocks: Mapping[int, Stock], steps: Mapping[int, tuple[int, int]]) -> None:
    """Carry packs promised and sent (pack pk → both, as differences) over to the harvests they draw on."""
    promised: Counter[int] = Counter()
    sent: Counter[int] = Counter()
    for pk, (more_promised, more_sent) in steps.items():
        if (stock := stocks.get(pk)) and stock.harvest_id:
            promised[stock.harvest_id] += more_promised * stock.harvest_grams
            sent[stock.harvest_id] += more_sent * stock.harvest_grams
    if promised or sent:
        pks = sorted(promised.keys() | sent.keys())
        lock_harvests(pks)
        shift_harvests({pk: (promised[pk], sent[pk]) for pk in pks})


def bind_harvest(listing: Listing, packs: Sequence[Pack]) -> None:
    """A published listing's packs draw on its coming harvest from now on, what is promised already included.

    ``HarvestOversold`` when more is promised than the vendor now says there will be; ``NetWeightMissing``.
    """
    wanted = capacity_wanted(listing)
    if wanted is None and not Stock.objects.filter(pack__listing=listing).exclude(harvest=None).exists():
        return
    stocks = lock_stocks([pack.pk for pack in packs])
    harvest = _harvest(listing, *wanted) if wanted else None
    if harvest and (light := [pack.name for pack in packs if pack.is_offered and not pack.net_grams]):
        raise NetWeightMissing(packs="、".join(light))
    _rebind({stocks[pack.pk]: (pack.net_grams if harvest else 0) for pack in packs}, harvest)


def _harvest(listing: Listing, begins_on: date, grams: int) -> HarvestCapacity:
    made, _created = HarvestCapacity.objects.get_or_create(
        listing=listing, begins_on=begins_on, defaults={"grams": grams}
    )
    harvest = lock_harvests([made.pk])[made.pk]
    taken = harvest.grams_promised + harvest.grams_sent
    if taken > grams:
        raise HarvestOversold(promised=weight_words(taken), capacity=weight_words(grams))
    harvest.grams = grams
    harvest.save(update_fields=["grams"])
    return harvest


def _rebind(weights: Mapping[Stock, int], harvest: HarvestCapacity | None) -> None:
    """Take what is promised off the harvests drawn on before, and off the new one instead."""
    moves: Counter[int] = Counter()
    for stock, grams in weights.items():
        if stock.harvest_id:
            moves[stock.harvest_id] -= stock.reserved * stock.harvest_grams
        stock.harvest, stock.harvest_grams = harvest, grams
        if harvest:
            moves[harvest.pk] += stock.reserved * grams
    rows = lock_harvests(sorted(moves))
    for pk, grams in moves.items():
        if grams > rows[pk].left:
            promised, capacity = rows[pk].grams_promised + rows[pk].grams_sent + grams, rows[pk].grams
            raise HarvestOversold(promised=weight_words(promised), capacity=weight_words(capacity))
    shift_harvests({pk: (grams, 0) for pk, grams in moves.items()})
    Stock.objects.bulk_update(weights, ["harvest", "harvest_grams"])

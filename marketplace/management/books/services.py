"""Services: the places of sessions, and the vouchers people come with."""

from __future__ import annotations

from collections import Counter

from django.db.models import F

from ...catalogue.capacity import SharedCapacity
from ...fulfilment.models import ConsignmentLine
from ...fulfilment.vouchers import Voucher
from ...orders.models import DeliveryLine, OrderLine, StockReservation
from .reading import Mismatches, differences, tally


def sessions() -> Mismatches:
    """Places booked are what order lines of the session still hold or had carried out, person by person."""
    yield from _places()
    yield from _other_sessions()
    yield from _still_booked()


def _places() -> Mismatches:
    rows = list(
        StockReservation.objects.exclude(line__session=None).values_list(
            "line__session__capacity_id", "line__pack__stock__draws", "quantity", "quantity_released",
            "quantity_consumed",
        )
    )  # fmt: skip
    promised = tally((capacity, draws * (booked - freed - used)) for capacity, draws, booked, freed, used in rows)
    used_up = tally((capacity, draws * used) for capacity, draws, _booked, _freed, used in rows)
    kept = SharedCapacity.objects.filter(measure="persons")
    yield from differences("places promised of session", {row.pk: row.promised for row in kept}, promised)
    yield from differences("places used of session", {row.pk: row.spent for row in kept}, used_up)


def _other_sessions() -> Mismatches:
    lines = OrderLine.objects.exclude(session=F("pack__session"))
    for line, session, of_pack in lines.values_list("pk", "session_id", "pack__session_id"):
        if session != of_pack:
            yield f"order line {line}: kept session {session}, its pack says {of_pack}"


def _still_booked() -> Mismatches:
    sent = tally(ConsignmentLine.objects.exclude(line__session=None).values_list("line_id", "quantity"))
    called_off = OrderLine.objects.filter(session__called_off_at__isnull=False, order__acceptance=None)
    for pk, ordered, declined, cancelled in called_off.values_list(
        "pk", "quantity_ordered", "quantity_declined", "quantity_cancelled"
    ):
        if waiting := ordered - declined - cancelled - sent[pk]:
            yield f"order line {pk}: {waiting} still booked of a session that was called off"


def vouchers() -> Mismatches:
    """Nobody holds more vouchers that work than their order still gives; only what is used already may be more."""
    redeemed = DeliveryLine.objects.filter(line__is_redeemed=True)
    rows = redeemed.values_list("line_id", "quantity", "quantity_released")
    due = tally((line, quantity - released) for line, quantity, released in rows)
    used, unused = Counter[int](), Counter[int]()
    for line, redeemed_at in Voucher.objects.filter(voided_at=None).values_list("line_id", "redeemed_at"):
        (used if redeemed_at else unused)[line] += 1
    for line in sorted(unused):
        if used[line] + unused[line] > due[line]:
            yield f"vouchers of order line {line}: {used[line]} used and {unused[line]} to be used, due {due[line]}"

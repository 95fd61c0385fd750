"""Vouchers are given out, redeemed at the vendor's, and end; what an order no longer gives makes its vouchers void.

Who at the vendor may redeem is asked by the vendors' side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from .. import audit
from ..conf import setting
from ..errands.actions import tell
from ..grouporders.models import ChoiceLine, Participant
from ..orders.errors import OrderCancelled
from ..orders.locks import lock_order
from ..orders.models import DeliveryLine, OrderLine, PurchaseOrder
from ..parties.actions import office_day
from ..parties.models import Role
from ..parties.selectors import require_role
from ..parties.tokens import token_hash
from .codes import fresh_code, plain_code
from .errors import (
    NotAnswered,
    NoVouchersHere,
    VoucherExpired,
    VoucherNotYours,
    VoucherOfAnother,
    VoucherReplaced,
    VoucherTooEarly,
    VoucherUnknown,
    VoucherUsed,
    VoucherVoid,
)
from .locks import lock_voucher, lock_vouchers
from .vouchers import Voucher, VoucherCode, VoucherNotice

DAYS_BEFORE, ENDED = (7, 1), 0
Issued = list[tuple[Voucher, str]]


def has_vouchers(order: PurchaseOrder) -> bool:
    """Whether anything of an order is had at its vendor's."""
    return order.lines.filter(is_redeemed=True).exists()


@transaction.atomic
def issue_vouchers(
    *, order: PurchaseOrder, only: Collection[int] | None = None, again: bool = False, by: Any, at: datetime
) -> Issued:
    """A code for every unit the vendor confirmed: (voucher, code), shown this once. By an organiser or requester.

    Those that have a code keep it, unless ``again`` or named in ``only`` (voucher pks): then the old code ends.
    """
    order = lock_order(order.pk)
    require_role(by, order.organisation, Role.ORGANISER, Role.REQUESTER)
    if order.cancelled_at is not None:
        raise OrderCancelled(order=order.reference)
    if order.answered_at is None:
        raise NotAnswered(order=order.reference)
    if not has_vouchers(order):
        raise NoVouchersHere(order=order.reference)
    _make(order, at)
    wanted = lock_vouchers(Voucher.objects.filter(line__order=order).usable_on(office_day(at)))
    if only is not None:
        wanted = [voucher for voucher in wanted if voucher.pk in only]
    elif not again:
        coded = set(
            VoucherCode.objects.filter(voucher__in=wanted, revoked_at=None).values_list("voucher_id", flat=True)
        )
        wanted = [voucher for voucher in wanted if voucher.pk not in coded]
    return _give_codes(order, wanted, by, at)


@transaction.atomic
def code_for_holder(*, voucher: Voucher, participant: Participant, at: datetime) -> tuple[Voucher, str]:
    """A fresh code for the member whose voucher it is; one that was printed or shown before ends."""
    locked = lock_voucher(voucher.pk)
    if locked.participant_id != participant.pk:
        raise VoucherNotYours()
    _require_usable(locked, office_day(at))
    ((found, code),) = _give_codes(locked.line.order, [locked], None, at)
    return found, code


def _give_codes(order: PurchaseOrder, vouchers: Sequence[Voucher], by: Any, at: datetime) -> Issued:
    VoucherCode.objects.filter(voucher__in=vouchers, revoked_at=None).update(revoked_at=at)
    issued = [(voucher, fresh_code()) for voucher in vouchers]
    VoucherCode.objects.bulk_create(
        VoucherCode(voucher=voucher, code_hash=token_hash(code), issued_at=at, issued_by=by) for voucher, code in issued
    )
    if issued:
        audit.record("marketplace.issue_vouchers", [order], by=by, at=at, count=len(issued))
    return issued


def _make(order: PurchaseOrder, at: datetime) -> None:
    """Vouchers for the units that have none yet; those of a group order belong to the members who get them."""
    last = Counter[int]()
    held: Counter[tuple[int, int | None]] = Counter()
    for line_pk, number, holder, voided_at in Voucher.objects.filter(line__order=order).values_list(
        "line_id", "number", "participant_id", "voided_at"
    ):
        last[line_pk] = max(last[line_pk], number)
        held[line_pk, holder] += voided_at is None
    made = []
    for line, participant, quantity in _due(order):
        key = int(line.pk)
        for _ in range(quantity - held[key, participant]):
            last[key] += 1
            made.append(
                Voucher(
                    line=line,
                    number=last[key],
                    participant_id=participant,
                    valid_until=_last_day(line, at),
                    made_at=at,
                )
            )
    Voucher.objects.bulk_create(made)


def _last_day(line: OrderLine, at: datetime) -> date:
    return line.session.last_day if line.session else office_day(at) + timedelta(days=setting("VOUCHER_DAYS"))


def _due(order: PurchaseOrder) -> list[tuple[OrderLine, int | None, int]]:
    """So many of each line at the vendor's for whom: (line, participant pk or nobody in particular, quantity)."""
    rows_of_order = list(order.lines.filter(is_redeemed=True).select_related("session"))
    lines = {line.asked_pack_id: line for line in rows_of_order}
    group_order = order.requisition.group_order
    if group_order is not None:
        rows = (
            ChoiceLine.objects.filter(
                choice__participant__group_order=group_order, choice__replaced_at=None, pack__in=lines
            )
            .order_by("choice__participant", "pack")
            .values_list("pack_id", "choice__participant_id", F("quantity") - F("quantity_released"))
        )
        return [(lines[pack], participant, quantity) for pack, participant, quantity in rows]
    due = DeliveryLine.objects.filter(line__in=rows_of_order).values_list("line_id")
    sums = dict(due.annotate(due=Sum(F("quantity") - F("quantity_released"))).order_by())
    return [(line, None, sums[line.pk]) for line in rows_of_order if line.pk in sums]


def settle_vouchers(*, order: PurchaseOrder, at: datetime) -> None:
    """Unused vouchers beyond what an order still gives are void, the latest first. Inside the caller's transaction."""
    rows = lock_vouchers(Voucher.objects.filter(line__order=order, voided_at=None))
    if not rows:
        return
    by_holder: dict[tuple[int, int | None], list[Voucher]] = defaultdict(list)
    for row in rows:
        by_holder[row.line_id, row.participant_id].append(row)
    due = {(line.pk, participant): quantity for line, participant, quantity in _due(order)}
    surplus = [voucher for key, vouchers in by_holder.items() for voucher in _beyond(vouchers, due.get(key, 0))]
    if surplus:
        Voucher.objects.filter(pk__in=[voucher.pk for voucher in surplus]).update(voided_at=at)
        audit.record("marketplace.void_vouchers", [order], by=None, at=at, count=len(surplus))


def _beyond(vouchers: Iterable[Voucher], due: int) -> list[Voucher]:
    """What of one holder's vouchers is too much: never a used one."""
    rows = sorted(vouchers, key=lambda row: row.number)
    too_many = len(rows) - due
    unused = [row for row in rows if row.redeemed_at is None]
    return unused[max(0, len(unused) - too_many) :] if too_many > 0 else []


def carry_vouchers_over(line: OrderLine) -> int:
    """Unused vouchers of a line that was moved hold for the new day, with the codes they have. How many there were."""
    rows = lock_vouchers(Voucher.objects.standing().filter(line=line))
    day = line.session.last_day if line.session else None
    if day is not None:
        Voucher.objects.filter(pk__in=[row.pk for row in rows]).update(valid_until=day)
    return len(rows)


def used_by_line(order: PurchaseOrder) -> dict[int, int]:
    """Per line (pk) that has vouchers: how many of them were used; one statement."""
    found: dict[int, int] = {}
    for line, redeemed_at in Voucher.objects.filter(line__order=order).values_list("line_id", "redeemed_at"):
        found[line] = found.get(line, 0) + (redeemed_at is not None)
    return found


def used_by_member(order: PurchaseOrder) -> dict[tuple[int, int], int]:
    """(pack chosen, participant pk) → used vouchers: what a member had is not theirs to go short of."""
    rows = Voucher.objects.filter(line__order=order, redeemed_at__isnull=False, participant__isnull=False)
    chosen = Coalesce("line__chosen_pack_id", "line__pack_id")
    return Counter(rows.values_list(chosen, "participant_id"))


def with_codes(vouchers: QuerySet[Voucher]) -> QuerySet[Voucher]:
    """Annotated with ``code_issued_at``: since when the code that works is out, or nothing."""
    living = VoucherCode.objects.filter(voucher=OuterRef("pk"), revoked_at=None).values("issued_at")[:1]
    return vouchers.annotate(code_issued_at=Subquery(living))  # type: ignore[no-redef]  # declared for its readers


def orders_to_give_out(
    organisations: Collection[int], today: date, *, at_most: int
) -> list[tuple[PurchaseOrder, date | None]]:
    """Confirmed orders of these buyers (pks) with units for which nobody holds a code yet; what is over is left alone.

    Each with the first day on which one is used, or nothing; what is needed first on top. One statement.
    """
    settled = Q(redeemed_at__isnull=False) | Q(valid_until__lt=today) | Q(codes__isnull=False, codes__revoked_at=None)
    held = Voucher.objects.filter(settled, line=OuterRef("pk"), voided_at=None).order_by().values("line")
    lines = OrderLine.objects.filter(_still_ahead(today), order=OuterRef("pk"), is_redeemed=True).annotate(
        held=Coalesce(Subquery(held.annotate(count=Count("pk", distinct=True)).values("count")), 0),
        confirmed=F("quantity_ordered") - F("quantity_declined") - F("quantity_cancelled"),
    )
    wanting = lines.filter(confirmed__gt=F("held"))
    first = wanting.order_by("session__starts_on").values("session__starts_on")[:1]
    rows = PurchaseOrder.objects.filter(Exists(wanting), organisation__in=organisations, acceptance=None)
    rows = rows.filter(answered_at__isnull=False, cancelled_at=None).annotate(needed_on=Subquery(first))
    found = rows.select_related("requisition", "organisation").order_by("needed_on", "placed_at", "pk")
    return [(row, row.needed_on) for row in found[:at_most]]


def _still_ahead(today: date) -> Q:
    last = Q(session__ends_on__gte=today) | Q(session__ends_on=None, session__starts_on__gte=today)
    return Q(session=None) | last


class Finding(StrEnum):
    """What a vendor sees at once of a code."""

    UNKNOWN = "unknown"
    OF_ANOTHER = "of_another"
    REPLACED = "replaced"
    USED = "used"
    VOID = "void"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    VALID = "valid"


REFUSALS: dict[Finding, Any] = {
    Finding.UNKNOWN: VoucherUnknown,
    Finding.OF_ANOTHER: VoucherOfAnother,
    Finding.REPLACED: VoucherReplaced,
    Finding.USED: VoucherUsed,
    Finding.VOID: VoucherVoid,
    Finding.EXPIRED: VoucherExpired,
    Finding.TOO_EARLY: VoucherTooEarly,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a code is to one vendor: the voucher only where it is that vendor's."""

    finding: Finding
    voucher: Voucher | None = None


def look_up(*, code: str, vendors: Collection[int], on: date) -> Look:
    """What a typed or scanned code is to somebody who acts for these vendors (pks); changes nothing."""
    found = _by_code(code)
    if found is None:
        return Look(Finding.UNKNOWN)
    if found.voucher.line.order.vendor_id not in vendors:
        return Look(Finding.OF_ANOTHER)
    return Look(_finding(found.voucher, on, is_replaced=found.revoked_at is not None), found.voucher)


def _by_code(code: str) -> VoucherCode | None:
    rows = VoucherCode.objects.select_related("voucher__line__order__vendor", "voucher__line__session")
    plain = plain_code(code)
    return rows.filter(code_hash=token_hash(plain)).first() if plain else None


def _finding(voucher: Voucher, on: date, *, is_replaced: bool = False) -> Finding:
    if voucher.redeemed_at is not None:
        return Finding.USED
    if is_replaced:
        return Finding.REPLACED
    if voucher.voided_at is not None:
        return Finding.VOID
    if on > voucher.valid_until:
        return Finding.EXPIRED
    if voucher.line.session is not None and on < voucher.line.session.starts_on:
        return Finding.TOO_EARLY
    return Finding.VALID


@transaction.atomic
def redeem_voucher(*, code: str, vendors: Collection[int], by: Any, at: datetime) -> Voucher:
    """The unit is had: once. Who may act for these vendors (pks) is asked by the vendors' side.

    ``VoucherUsed`` says when it was used before.
    """
    found = _by_code(code)
    if found is None:
        raise VoucherUnknown()
    if found.voucher.line.order.vendor_id not in vendors:
        raise VoucherOfAnother()
    voucher = lock_voucher(found.voucher_id)
    is_replaced = not VoucherCode.objects.filter(pk=found.pk, revoked_at=None).exists()
    _require(_finding(voucher, office_day(at), is_replaced=is_replaced), voucher)
    voucher.redeemed_at, voucher.redeemed_by = at, by
    voucher.save(update_fields=["redeemed_at", "redeemed_by"])
    audit.record("marketplace.redeem_voucher", [voucher.line.order], by=by, at=at, voucher=voucher.number)
    return voucher


def _require(finding: Finding, voucher: Voucher) -> None:
    if finding in REFUSALS:
        session = voucher.line.session if finding == Finding.TOO_EARLY else None
        day = date_format(session.starts_on if session else voucher.valid_until, "DATE_FORMAT")
        raise REFUSALS[finding](item=str(voucher.line), at=voucher.redeemed_at, day=day)


def _require_usable(voucher: Voucher, on: date) -> None:
    finding = _finding(voucher, on)
    if finding != Finding.TOO_EARLY:
        _require(finding, voucher)


def vouchers_to_announce(on: date) -> list[tuple[int, date]]:
    """(order pk, last day) of unused vouchers that end within a week or ended, and of which nothing more was said."""
    rows = Voucher.objects.standing().filter(
        valid_until__lte=on + timedelta(days=max(DAYS_BEFORE)), line__order__cancelled_at=None
    )
    pairs = rows.order_by("line__order", "valid_until").values_list("line__order_id", "valid_until").distinct()
    told: dict[tuple[int, date], int] = {}
    for order, last, days in VoucherNotice.objects.values_list("order_id", "valid_until", "days"):
        told[order, last] = min(days, told.get((order, last), days))
    return [pair for pair in pairs if told.get(pair, 99) > due_notice(pair[1], on)]


def due_notice(valid_until: date, on: date) -> int:
    """Which notice a last day asks for on ``on``: 7 or 1 days before, 0 once it is over; 99 for none yet."""
    left = (valid_until - on).days
    if left < 0:
        return ENDED
    return min((days for days in DAYS_BEFORE if left <= days), default=99)


@transaction.atomic
def note_last_day(*, order: PurchaseOrder, valid_until: date, at: datetime) -> str:
    """Tell an order's organiser once that unused vouchers end soon, or ended. By the clock; '' for nothing."""
    order = lock_order(order.pk)
    days = due_notice(valid_until, office_day(at))
    unused = Voucher.objects.standing().filter(line__order=order, valid_until=valid_until)
    said = VoucherNotice.objects.filter(order=order, valid_until=valid_until, days__lte=days)
    if days == 99 or not unused.exists() or said.exists():
        return ""
    VoucherNotice.objects.create(order=order, valid_until=valid_until, days=days, told_at=at)
    tell(("vouchers_ended" if days == ENDED else "vouchers_ending", order.reference), at=at)
    return "ended" if days == ENDED else "announced"

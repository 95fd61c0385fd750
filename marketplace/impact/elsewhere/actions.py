"""Entering, mending, submitting and withdrawing by the buyer; checking and voiding by officers.

What was confirmed counts from the office's day of the confirmation, and what is voided is taken off on the day of
the voiding: a closed month never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from ... import audit
from ...catalogue.errors import ReasonMissing
from ...files import Given, Kind, keep
from ...parties.models import BuyerOrganisation, Membership, Role
from ...parties.selectors import is_officer_of, require_role
from ...programme.models import Region
from ...references import unique_references
from .. import actions as impact
from ..models import ImpactEntry
from .errors import (
    ChangedMeanwhile,
    EnteredAtOnce,
    NoLongerMendable,
    NotForIndividuals,
    NotYoursToCheck,
    SecondPersonNeeded,
    TooManyVouchers,
    VoidingClosed,
    VoidingOpen,
    VoucherMissing,
)
from .lifecycle import LIFE, State
from .locks import lock_purchase
from .models import ElsewhereImport, ElsewhereLine, ElsewherePurchase, ElsewhereVoiding, ElsewhereVoucher
from .rules import Entry, Ground, entry_of, ground_for, require_sound

MOST_VOUCHERS = 10


@transaction.atomic
def enter_purchase(*, organisation: BuyerOrganisation, entry: Entry, by: Any, at: datetime) -> ElsewherePurchase:
    """Write down a purchase made elsewhere; vouchers are added to it, then it is submitted."""
    require_clerk(organisation, by)
    ground = ground_for(organisation, [entry], at=at)
    require_sound(entry, ground)
    return write(organisation, [(entry, ground)], sheet=None, by=by, at=at)[0]


def require_clerk(organisation: BuyerOrganisation, by: Any) -> None:
    """Whoever requests or organises purchases enters them; individuals' purchases are not entered."""
    require_role(by, organisation, Role.REQUESTER, Role.ORGANISER)
    if organisation.is_individual:
        raise NotForIndividuals()


def write(
    organisation: BuyerOrganisation,
    entries: Sequence[tuple[Entry, Ground]],
    *,
    sheet: ElsewhereImport | None,
    by: Any,
    at: datetime,
) -> list[ElsewherePurchase]:
    """Sound entries as purchases being prepared; the statements do not grow with them."""
    references = unique_references("EP", len(entries), at=at)
    made = ElsewherePurchase.objects.bulk_create(
        _filled(
            ElsewherePurchase(
                reference=reference, organisation=organisation, sheet=sheet, entered_at=at, entered_by=by
            ),
            entry,
            ground,
        )
        for reference, (entry, ground) in zip(references, entries, strict=True)
    )
    _write_lines([(purchase, entry) for purchase, (entry, _ground) in zip(made, entries, strict=True)])
    audit.record("marketplace.enter_elsewhere", made, by=by, at=at)
    return made


def _filled(purchase: ElsewherePurchase, entry: Entry, ground: Ground) -> ElsewherePurchase:
    organisation = purchase.organisation
    purchase.buyer_kind, purchase.buyer_county = organisation.kind, organisation.county_code
    purchase.mode, purchase.channel = entry.mode, entry.channel
    purchase.vendor = ground.vendor_of(entry)
    purchase.seller_name, purchase.seller_code = entry.seller_name.strip(), entry.code
    purchase.campaign, purchase.purpose, purchase.fund_source = entry.campaign, entry.purpose, entry.fund_source
    purchase.bought_on, purchase.note = entry.bought_on, entry.note.strip()
    purchase.external_reference, purchase.reference_key = entry.external_reference.strip(), entry.reference_key
    purchase.fapiao_number = entry.fapiao
    purchase.helped_buyer = entry.helped_buyer.strip() if purchase.is_helped else ""
    purchase.amount = entry.amount
    return purchase


def _write_lines(written: Sequence[tuple[ElsewherePurchase, Entry]]) -> None:
    ElsewhereLine.objects.bulk_create(
        ElsewhereLine(
            purchase=purchase,
            what=line.what.strip(),
            category=line.category,
            origin=line.origin,
            origin_code=line.origin.code,
            origin_name=line.origin.name,
            township_name=_township(line.origin).name,
            amount=line.amount,
            quantity=line.quantity,
            unit=line.unit.strip(),
        )
        for purchase, entry in written
        for line in entry.lines
    )


def _township(origin: Region) -> Region:
    return origin if origin.level == Region.Level.TOWNSHIP or origin.parent is None else origin.parent


@transaction.atomic
def mend_purchase(*, purchase: ElsewherePurchase, entry: Entry, by: Any, at: datetime) -> ElsewherePurchase:
    """Change what is being prepared or was returned; its vouchers stay."""
    purchase = lock_purchase(purchase.pk)
    require_clerk(purchase.organisation, by)
    _require_mendable(purchase)
    ground = ground_for(purchase.organisation, [entry], at=at, but=purchase)
    require_sound(entry, ground)
    _save(_filled(purchase, entry, ground))
    purchase.lines.all().delete()
    _write_lines([(purchase, entry)])
    audit.record("marketplace.mend_elsewhere", [purchase], by=by, at=at)
    return purchase


def _require_mendable(purchase: ElsewherePurchase) -> None:
    if not purchase.is_mendable:
        raise NoLongerMendable(purchase=purchase.reference, state=purchase.get_state_display())


def _save(purchase: ElsewherePurchase) -> None:
    """Somebody may have entered the same number since it was looked for: the database has the last word."""
    try:
        with transaction.atomic():
            purchase.save()
    except IntegrityError as problem:
        raise EnteredAtOnce() from problem


@transaction.atomic
def add_vouchers(
    *, purchase: ElsewherePurchase, vouchers: Sequence[Given], by: Any, at: datetime
) -> list[ElsewhereVoucher]:
    """Keep scans or photos with the purchase: all of them, or none when one may not be kept (``FileUnfit``)."""
    purchase = lock_purchase(purchase.pk)
    require_clerk(purchase.organisation, by)
    _require_mendable(purchase)
    if not vouchers:
        raise VoucherMissing()
    if purchase.vouchers.filter(removed_at=None).count() + len(vouchers) > MOST_VOUCHERS:
        raise TooManyVouchers(most=MOST_VOUCHERS)
    files = [file for voucher in vouchers if (file := keep(kind=Kind.VOUCHER, upload=voucher, by=by, at=at))]
    return ElsewhereVoucher.objects.bulk_create(
        ElsewhereVoucher(purchase=purchase, file=file, added_at=at, added_by=by) for file in files
    )


@transaction.atomic
def remove_voucher(*, voucher: ElsewhereVoucher, by: Any, at: datetime) -> None:
    """Take back a voucher that does not belong here; the file stays on record."""
    purchase = lock_purchase(voucher.purchase_id)
    require_clerk(purchase.organisation, by)
    _require_mendable(purchase)
    ElsewhereVoucher.objects.filter(pk=voucher.pk, removed_at=None).update(removed_at=at)


@transaction.atomic
def submit_purchase(*, purchase: ElsewherePurchase, by: Any, at: datetime) -> ElsewherePurchase:
    """Hand it to the county's officers; every rule is looked at once more, and a voucher must be there."""
    purchase = lock_purchase(purchase.pk)
    require_clerk(purchase.organisation, by)
    LIFE.require(purchase, State.SUBMITTED)
    entry = entry_of(purchase)
    ground = ground_for(purchase.organisation, [entry], at=at, but=purchase)
    require_sound(entry, ground)
    if not purchase.vouchers.filter(removed_at=None).exists():
        raise VoucherMissing()
    _filled(purchase, entry, ground)
    purchase.state, purchase.submissions = State.SUBMITTED, purchase.submissions + 1
    purchase.submitted_at, purchase.submitted_by = at, by
    _save(purchase)
    audit.record("marketplace.submit_elsewhere", [purchase], by=by, at=at)
    return purchase


@transaction.atomic
def withdraw_purchase(*, purchase: ElsewherePurchase, by: Any, at: datetime) -> ElsewherePurchase:
    """Take it back before it was confirmed; its numbers may be entered again."""
    purchase = lock_purchase(purchase.pk)
    require_clerk(purchase.organisation, by)
    LIFE.require(purchase, State.WITHDRAWN)
    purchase.state, purchase.withdrawn_at, purchase.withdrawn_by = State.WITHDRAWN, at, by
    purchase.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
    audit.record("marketplace.withdraw_elsewhere", [purchase], by=by, at=at)
    return purchase


@transaction.atomic
def return_purchase(
    *, purchase: ElsewherePurchase, submission: int, reason: str, by: Any, at: datetime
) -> ElsewherePurchase:
    """Send it back to its buyer with a reason, to be mended or withdrawn."""
    purchase = _lock_to_check(purchase, submission, State.RETURNED, by)
    if not reason.strip():
        raise ReasonMissing()
    purchase.state, purchase.returned_at, purchase.returned_by = State.RETURNED, at, by
    purchase.return_reason = reason.strip()[:300]
    purchase.save(update_fields=["state", "returned_at", "returned_by", "return_reason"])
    audit.record("marketplace.return_elsewhere", [purchase], by=by, at=at, reason=purchase.return_reason)
    return purchase


@transaction.atomic
def confirm_purchase(*, purchase: ElsewherePurchase, submission: int, by: Any, at: datetime) -> ElsewherePurchase:
    """Count it from today, exactly as it was submitted the ``submission``-th time."""
    purchase = _lock_to_check(purchase, submission, State.CONFIRMED, by)
    entry = entry_of(purchase)
    submitted_at = purchase.submitted_at or at  # the days were right when it was submitted
    require_sound(entry, ground_for(purchase.organisation, [entry], at=submitted_at, but=purchase))
    purchase.state, purchase.confirmed_at, purchase.confirmed_by = State.CONFIRMED, at, by
    purchase.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    _post(purchase, 1, ImpactEntry.Reason.CONFIRMED, at)
    audit.record("marketplace.confirm_elsewhere", [purchase], by=by, at=at)
    return purchase


def _lock_to_check(purchase: ElsewherePurchase, submission: int, wanted: State, by: Any) -> ElsewherePurchase:
    purchase = lock_purchase(purchase.pk)
    if not may_check(purchase, by):
        raise NotYoursToCheck()
    LIFE.require(purchase, wanted)
    if purchase.submissions != submission:
        raise ChangedMeanwhile(purchase=purchase.reference)
    return purchase


def may_check(purchase: ElsewherePurchase, by: Any) -> bool:
    """Whether ``by`` is an officer of the buyer's county, who had no part in it and does not work for the buyer."""
    had_a_part = by.pk in (purchase.entered_by_id, purchase.submitted_by_id)
    return is_officer_of(by, purchase.buyer_county) and not had_a_part and not _works_for(purchase, by)


def _works_for(purchase: ElsewherePurchase, by: Any) -> bool:
    return Membership.objects.filter(user=by, organisation_id=purchase.organisation_id, ended_at=None).exists()


def _post(purchase: ElsewherePurchase, sign: int, reason: str, at: datetime) -> None:
    effects = [impact.ElsewhereEffect(purchase, line, sign) for line in purchase.lines.all()]
    impact.record(effects=effects, reason=reason, at=at)


@transaction.atomic
def propose_voiding(*, purchase: ElsewherePurchase, reason: str, by: Any, at: datetime) -> ElsewhereVoiding:
    """An officer found that a confirmed purchase should not count; a second person decides."""
    purchase = lock_purchase(purchase.pk)
    if not may_check(purchase, by):
        raise NotYoursToCheck()
    LIFE.require(purchase, State.VOIDED)
    if not reason.strip():
        raise ReasonMissing()
    if purchase.open_voiding:
        raise VoidingOpen(purchase=purchase.reference)
    voiding = ElsewhereVoiding.objects.create(
        purchase=purchase, reason=reason.strip()[:300], proposed_at=at, proposed_by=by
    )
    audit.record("marketplace.propose_voiding", [purchase], by=by, at=at, reason=voiding.reason)
    return voiding


@transaction.atomic
def agree_to_void(*, voiding: ElsewhereVoiding, by: Any, at: datetime) -> ElsewherePurchase:
    """Take it off what counts, dated today. By another officer of the county, or the operator."""
    purchase, voiding = _lock_to_decide(voiding, by)
    LIFE.require(purchase, State.VOIDED)
    voiding.agreed_at, voiding.decided_by = at, by
    voiding.save(update_fields=["agreed_at", "decided_by"])
    purchase.state, purchase.voided_at = State.VOIDED, at
    purchase.save(update_fields=["state", "voided_at"])
    _post(purchase, -1, ImpactEntry.Reason.UNCONFIRMED, at)
    audit.record("marketplace.void_elsewhere", [purchase], by=by, at=at, reason=voiding.reason)
    return purchase


@transaction.atomic
def refuse_to_void(*, voiding: ElsewhereVoiding, reason: str, by: Any, at: datetime) -> ElsewherePurchase:
    """Leave it counted, with a reason. By another officer of the county, or the operator."""
    purchase, voiding = _lock_to_decide(voiding, by)
    if not reason.strip():
        raise ReasonMissing()
    voiding.refused_at, voiding.decided_by, voiding.refusal = at, by, reason.strip()[:300]
    voiding.save(update_fields=["refused_at", "decided_by", "refusal"])
    audit.record("marketplace.refuse_voiding", [purchase], by=by, at=at, reason=voiding.refusal)
    return purchase


def _lock_to_decide(voiding: ElsewhereVoiding, by: Any) -> tuple[ElsewherePurchase, ElsewhereVoiding]:
    purchase = lock_purchase(voiding.purchase_id)
    voiding = ElsewhereVoiding.objects.get(pk=voiding.pk)
    if not may_decide(purchase, voiding, by):
        raise SecondPersonNeeded()
    if not voiding.is_open:
        raise VoidingClosed(purchase=purchase.reference)
    return purchase, voiding


def may_decide(purchase: ElsewherePurchase, voiding: ElsewhereVoiding, by: Any) -> bool:
    """Whether ``by`` is the second person: an officer of the county or the operator, no party to it."""
    is_second = by.pk != voiding.proposed_by_id and not _works_for(purchase, by)
    return is_second and bool(by.is_superuser or may_check(purchase, by))

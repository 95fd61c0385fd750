"""Forgetting a person on request: names, phones, links and sessions go; what the law has kept stays, without the name.

Amounts, quantities and dates belong to the books and are never touched. The scans of vouchers and signed lists stay
until their time is over. Erasing once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from wagtail.models import ModelLogEntry

from .. import audit
from ..catalogue.errors import ReasonMissing
from ..errors import NotPermitted
from ..files import PrivateFile, remove
from ..fulfilment.vouchers import VoucherCode
from ..grouporders.lifecycle import State
from ..grouporders.locks import lock_participations
from ..grouporders.models import GroupOrder, MemberChoice, Participant, PersonalLink
from ..orders.models import BasketLine, OrderDelivery, PurchaseOrder, Requisition
from ..parties.actions import office_day
from ..parties.changes import AccountRecovery, HandOver, OrganisationName
from ..parties.errors import ErasureDecided, LastAdministrator, MoneyHeld, OwnAccount, PurchaseUnderWay
from ..parties.locks import lock_account, lock_erasure, lock_member, lock_organisation, lock_other_administrators
from ..parties.models import (
    Affiliation,
    BuyerOrganisation,
    ErasureRequest,
    Invitation,
    Member,
    Membership,
    OfficeMembership,
    Role,
    RosterImport,
)
from ..parties.selectors import family, require_role
from ..payments.models import Checkout, Invoice, Payment, Refund
from ..ratings.models import Rating
from ..references import counted_references, unique_references
from ..reports.models import ListingReport
from .personal import as_one_person, private_buyers
from .staff import nothing_stranded
from .tracking import track

Eraser = Callable[[Any, datetime], None]
_erasers: list[Eraser] = []


def add_eraser(eraser: Eraser) -> None:
    """Let ``eraser(account, at)`` erase what another app keeps about an account, in the same transaction."""
    if eraser not in _erasers:
        _erasers.append(eraser)


@transaction.atomic
def ask_erasure(*, member: Member | None = None, account: Any = None, by: Any, at: datetime) -> ErasureRequest:
    """Ask that a member (by themselves with a personal link: ``by`` is ``None``) or one's own account be erased.

    An open request is answered again. What is under way is refused at once, so that nobody waits in vain.
    """
    member = (member.continued_as or member) if member is not None else None
    standing = ErasureRequest.objects.filter(member=member, account=account, done_at=None, refused_at=None).first()
    if standing:
        return standing
    if member is not None:
        if by is not None:
            require_role(by, member.organisation, Role.ADMINISTRATOR)
        require_nothing_under_way_for_member(member, at)
    else:
        require_nothing_under_way_for_account(account, at)
    asked = ErasureRequest.objects.create(
        reference=unique_references("ER", 1, at=at)[0], member=member, account=account, asked_at=at, asked_by=by
    )
    audit.record("marketplace.ask_erasure", [asked], by=by, at=at)
    return asked


@transaction.atomic
def refuse_erasure(*, request: ErasureRequest, reason: str, by: Any, at: datetime) -> ErasureRequest:
    """Say why a request is not followed. By whoever would decide about it."""
    request = lock_erasure(request.pk)
    _require_may_decide(request, by)
    if not request.is_open:
        raise ErasureDecided()
    if not reason.strip():
        raise ReasonMissing()
    request.refused_at, request.refused_by, request.refusal = at, by, reason.strip()[:300]
    request.save(update_fields=["refused_at", "refused_by", "refusal"])
    audit.record("marketplace.refuse_erasure", [request], by=by, at=at)
    return request


def _require_may_decide(request: ErasureRequest, by: Any) -> None:
    if request.member is not None:
        require_role(by, request.member.organisation, Role.ADMINISTRATOR)
    elif not by.is_superuser:
        raise NotPermitted()


@transaction.atomic
def erase_member(*, member: Member, by: Any, at: datetime) -> Member:
    """Erase a member at their request. By an administrator. ``PurchaseUnderWay`` names what has to end first."""
    organisation = lock_organisation(member.organisation_id)
    require_role(by, organisation, Role.ADMINISTRATOR)
    lock_participations(member.pk)
    member = lock_member(member.pk)
    if member.erased_at is not None:
        return member
    require_nothing_under_way_for_member(member, at)
    number = organisation.members.filter(erased_at__isnull=False).count() + 1
    for row in as_one_person(member):
        _forget_in_rosters(row, at)
        _forget_member(row, f"已注销会员 #{number}", at)
    _close_request(by, at, member=member)
    audit.record("marketplace.erase_member", [organisation], by=by, at=at, number=number)
    member.refresh_from_db()
    return member


def _forget_member(member: Member, label: str, at: datetime) -> None:
    PersonalLink.objects.filter(participant__member=member).delete()
    VoucherCode.objects.filter(voucher__participant__member=member).delete()
    Participant.objects.filter(member=member).exclude(removal_reason="").update(removal_reason="")
    for row in ModelLogEntry.objects.filter(data__member=member.pk, data__has_key="reason"):
        row.data = {**row.data, "reason": ""}
        row.save(update_fields=["data"])
    Member.objects.filter(pk=member.pk).update(
        name=label, department="", staff_number="", phone="", left_on=_left(member, at), erased_at=at
    )


def _left(member: Member, at: datetime) -> Any:
    return member.left_on or Greatest(Value(office_day(at)), F("joined_on"))


def _forget_in_rosters(member: Member, at: datetime) -> None:
    """The member's rows of uploaded rosters, and the uploaded files themselves, which hold them as well."""
    changed = []
    for found in (
        RosterImport.objects.filter(organisation__in=family(member.organisation)).select_for_update().order_by("pk")
    ):
        rows = [row for row in found.rows if not _is_row_of(member, row)]
        if len(rows) != len(found.rows):
            found.rows = rows
            changed.append(found)
    RosterImport.objects.bulk_update(changed, ["rows"], batch_size=50)
    files = PrivateFile.objects.filter(pk__in=[found.file_id for found in changed], removed_at=None)
    for file in list(files):
        transaction.on_commit(partial(remove, file, at=at))


def _is_row_of(member: Member, row: dict[str, Any]) -> bool:
    if member.staff_number and row.get("staff_number"):
        return bool(row["staff_number"] == member.staff_number)
    return bool(row.get("name") == member.name)


def _close_request(by: Any, at: datetime, **about: Any) -> ErasureRequest:
    """The request that led to it, or one written now for somebody who asked on paper."""
    request = ErasureRequest.objects.filter(done_at=None, refused_at=None, **about).first()
    request = request or ErasureRequest(
        reference=unique_references("ER", 1, at=at)[0], asked_at=at, asked_by=by, **about
    )
    request.done_at, request.done_by = at, by
    request.save()
    return request


def require_nothing_under_way_for_member(member: Member, at: datetime) -> None:
    """``PurchaseUnderWay`` names the group order in which the member's goods are still to come."""
    choices = MemberChoice.objects.filter(participant__member=member, replaced_at=None, amount__gt=0)
    chosen = GroupOrder.objects.filter(participants__choices__in=choices).exclude(state=State.CANCELLED)
    for group_order in chosen.distinct().order_by("pk"):
        if group_order.state != State.CLOSED or _is_under_way(group_order, at):
            raise PurchaseUnderWay(purchase=group_order)


def _is_under_way(group_order: GroupOrder, at: datetime) -> bool:
    requisition = group_order.requisitions.exclude(state="cancelled").first()
    orders = _orders(requisition.orders) if requisition else []
    return not orders or next(_unfinished(orders, at), None) is not None


def _orders(orders: Any) -> list[PurchaseOrder]:
    return list(orders.select_related("requisition__group_order", "requisition__invoice", "organisation"))


def _unfinished(orders: list[PurchaseOrder], at: datetime) -> Iterator[PurchaseOrder]:
    """Those on which somebody still has something to do, goods on their way back included."""
    trackings = track(orders, today=office_day(at))
    for order in orders:
        is_open = trackings[order.pk].next is not None and not order.cancelled_at
        goes_back = any(row.is_open for row in order.cancellations.all()) or any(
            row.is_open or row.waits_for_replacement for row in order.returns.all()
        )
        if is_open or goes_back:
            yield order


@transaction.atomic
def erase_account(*, account: Any, by: Any, at: datetime) -> Any:
    """Erase an account with its private purchases' names. By the operator, and never their own.

    ``PurchaseUnderWay`` and ``MoneyHeld`` name what has to end first; ``LastAdministrator`` who has to follow first.
    """
    if not by.is_superuser:
        raise NotPermitted()
    account = lock_account(account)
    if account.pk == by.pk or account.is_superuser:
        raise OwnAccount()
    if ErasureRequest.objects.filter(account=account, done_at__isnull=False).exists():
        return account
    require_nothing_under_way_for_account(account, at)
    number = counted_references("U", 1, at=at)[0].removeprefix("U-")
    label = f"已注销用户 #{number}"
    _end_roles(account, at)
    _forget_changes(account, at)
    for buyer in private_buyers(account):
        _forget_buyer(lock_organisation(buyer.pk), at)
    Rating.objects.filter(rated_by=account).update(rated_by=None)  # the rating stays, without the person
    ListingReport.objects.filter(made_by=account).update(contact="")
    for eraser in _erasers:
        eraser(account, at)
    _forget_in_log(account, number)
    Invitation.objects.filter(accepted_by=account).update(invitee_name=label)
    _forget_account(account, number, label)
    _close_request(by, at, account=account)
    audit.record("marketplace.erase_account", [account], by=by, at=at)
    return account


def require_nothing_under_way_for_account(account: Any, at: datetime) -> None:
    """What an account bought with its own money must be completed, and nothing of it held any more."""
    for buyer in private_buyers(account):
        waiting = Requisition.objects.filter(organisation=buyer).exclude(state__in=["placed", "cancelled"]).first()
        under_way = waiting or next(_unfinished(_orders(buyer.orders), at), None)
        if under_way:
            raise PurchaseUnderWay(purchase=under_way)
        for invoice in Invoice.objects.filter(organisation=buyer).order_by("pk"):
            if invoice.amount_overpaid or invoice.refunds.filter(done_at=None, failed_at=None).exists():
                raise MoneyHeld(invoice=invoice.number, amount=invoice.amount_overpaid)


def _end_roles(account: Any, at: datetime) -> None:
    seats = Membership.objects.filter(user=account, ended_at=None)
    for seat in seats.filter(role=Role.ADMINISTRATOR).order_by("pk"):
        if not lock_other_administrators(seat):
            raise LastAdministrator()
    organisations = BuyerOrganisation.objects.filter(memberships__in=seats).distinct().order_by("pk")
    with ExitStack() as stack:
        for organisation in list(organisations):
            stack.enter_context(nothing_stranded(organisation))
        seats.update(ended_at=at)
    OfficeMembership.objects.filter(user=account, ended_at=None).update(ended_at=at)


def _forget_changes(account: Any, at: datetime) -> None:
    """What passes to them or from them ends where it is, their way back is closed, and what was said of them goes."""
    passing = HandOver.objects.filter(Q(giver=account) | Q(successor=account), done_at=None, cancelled_at=None)
    Invitation.objects.filter(hand_over__in=passing, accepted_at=None, revoked_at=None).update(revoked_at=at)
    passing.update(cancelled_at=at)
    recoveries = AccountRecovery.objects.filter(person=account)
    recoveries.filter(used_at=None, closed_at=None).update(closed_at=at)
    recoveries.update(reason="", identity_check="", token_hash=None)


def _forget_buyer(buyer: BuyerOrganisation, at: datetime) -> None:
    """A private buyer: the number stays, so that the books can be read; name, address, phone and account go."""
    label = f"已注销个人（{buyer.slug.removeprefix('p-')}）"
    BasketLine.objects.filter(organisation=buyer).delete()
    Affiliation.objects.filter(person=buyer).update(person_name=label)
    Affiliation.objects.filter(person=buyer, ended_at=None).update(ended_at=at)
    for place, point in enumerate(buyer.delivery_points.order_by("pk"), 1):
        buyer.delivery_points.filter(pk=point.pk).update(name=f"#{place}", address="", contact_name="", phone="")
    buyer.delivery_points.update(opening_hours="", unloading_note="")
    OrganisationName.objects.filter(organisation=buyer).update(name=label, fapiao_title="", reason="")
    OrderDelivery.objects.filter(order__organisation=buyer).update(
        name="", address="", contact_name="", phone="", opening_hours="", unloading_note=""
    )
    orders = PurchaseOrder.objects.filter(organisation=buyer)
    orders.update(buyer_name=label, delivery_name="", delivery_address="", delivery_contact="", delivery_phone="")
    orders.filter(fapiao_wanted=False).update(fapiao_title="")
    requisitions = Requisition.objects.filter(organisation=buyer)
    requisitions.update(note="")
    requisitions.filter(fapiao_wanted=False).update(fapiao_title="")
    Payment.objects.filter(invoice__organisation=buyer).exclude(payer_name="").update(payer_name=label)
    Refund.objects.filter(invoice__organisation=buyer).update(payee_name="", payee_bank="", payee_account="")
    Checkout.objects.filter(invoice__organisation=buyer).update(url="")
    ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(BuyerOrganisation), object_id=str(buyer.pk)
    ).update(label=label, data={})
    BuyerOrganisation.objects.filter(pk=buyer.pk).update(name=label, fapiao_title="")


def _forget_in_log(account: Any, number: str) -> None:
    """Log entries that name the account in their data: who was given, passed on or lost a role, who was invited."""
    names = {account.get_username(), account.get_full_name()} - {""}
    for key in ("user", "name", "giver", "successor"):
        for row in ModelLogEntry.objects.filter(**{f"data__{key}__in": sorted(names)}):
            row.data = {**row.data, key: f"#{number}", **({"reason": ""} if "reason" in row.data else {})}
            row.save(update_fields=["data"])


def _forget_account(account: Any, number: str, label: str) -> None:
    """The account stays as a number, for the documents it acted on; nobody can sign in with it."""
    setattr(account, account.USERNAME_FIELD, f"erased-{number}")
    account.first_name, account.last_name, account.email = "", label, ""
    account.is_active = account.is_staff = False
    account.last_login = None
    account.set_unusable_password()
    account.save()
    account.groups.clear()
    account.user_permissions.clear()
    for related in (
        "emailaddress_set",
        "wagtail_userprofile",
    ):  # allauth's addresses and Wagtail's profile, where they are
        found = getattr(account, related, None)
        if found is not None:
            (found.all() if hasattr(found, "all") else found).delete()
    _end_sessions(account)


def _end_sessions(account: Any) -> None:
    """Sessions kept in the database; in every other store the changed password has ended them."""
    store = getattr(import_module(settings.SESSION_ENGINE).SessionStore, "get_model_class", None)
    if store is None:
        return
    for session in store().objects.iterator(chunk_size=500):
        if session.get_decoded().get("_auth_user_id") == str(account.pk):
            session.delete()

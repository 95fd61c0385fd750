"""What is kept about one person, for that person: the same tables serve the screen, the workbook and the JSON file.

Other apps add what they keep about an account (``add_source``). Answers questions; writes nothing.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import ModelLogEntry

from ..conf import setting
from ..files import PrivateFile
from ..fulfilment.models import HandoutRow
from ..fulfilment.vouchers import Voucher
from ..grouporders.models import ChoiceLine, Participant, PersonalLink
from ..money import Money
from ..orders.models import OrderDelivery, OrderLine, PurchaseOrder, RequisitionFinding
from ..parties.changes import AccountRecovery, HandOver
from ..parties.handing import named
from ..parties.models import (
    AccessLog,
    BuyerOrganisation,
    Invitation,
    Member,
    Membership,
    OfficeMembership,
)
from ..payments.models import Payment, Refund
from ..ratings.models import Rating
from ..reports.models import ListingReport
from ..sheets import Table, make_book

MOST_LOG_ROWS = 5000
Source = Callable[[Any], Sequence[Table]]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Let ``source(account)`` add the tables another app keeps about an account."""
    if source not in _sources:
        _sources.append(source)


def about_member(member: Member) -> list[Table]:
    """Everything kept about a member of a roll; only rows of their own, those from before a merger among them."""
    members = as_one_person(member)
    return [
        Table(
            _("Member roll"),
            [_("Organisation"), pgettext("person", "Name"), _("Department"), _("Staff number"), _("Phone"),
             _("On the roll from"), _("Left on")],
            [[row.organisation.name, row.name, row.department, row.staff_number, row.phone, row.joined_on, row.left_on]
             for row in members],
        ),
        _allowances(members),
        _choices(members),
        _handed_out(members),
        _vouchers(members),
        _links(members),
        _findings(members),
    ]  # fmt: skip


def as_one_person(member: Member) -> list[Member]:
    """The member, and who they were on the rolls of organisations that went over into this one."""
    member = member.continued_as or member
    return [member, *member.continues.select_related("organisation").order_by("pk")]


def _allowances(members: Sequence[Member]) -> Table:
    rows = Participant.objects.filter(member__in=members).select_related(
        "group_order__delivery_point", "allowance", "delivery_point"
    )
    return Table(
        _("Allowances"),
        [_("Group order"), _("Granted"), _("Held"), _("Spent"), _("Collected at"), _("Taken out at"), _("Reason")],
        [
            [str(row.group_order), row.allowance.granted, row.allowance.held, row.allowance.committed,
             str(row.delivery_point or row.group_order.delivery_point), row.removed_at, row.removal_reason]
            for row in rows.order_by("pk")
        ],
    )  # fmt: skip


def _choices(members: Sequence[Member]) -> Table:
    lines = (
        ChoiceLine.objects.filter(choice__participant__member__in=members)
        .select_related("choice__participant__group_order", "pack__listing", "choice__chosen_by")
        .order_by("choice__chosen_at", "pk")
    )
    return Table(
        _("Choices"),
        [_("Group order"), _("Chosen at"), _("By"), _("Goods"), _("Quantity"), _("Price"), _("Replaced at"),
         _("Could not be had")],
        [
            [str(line.choice.participant.group_order), line.choice.chosen_at,
             _("the organiser") if line.choice.chosen_by_id else _("yourself"), str(line.pack), line.quantity,
             line.unit_price, line.choice.replaced_at, line.quantity_released]
            for line in lines
        ],
    )  # fmt: skip


def _handed_out(members: Sequence[Member]) -> Table:
    rows = HandoutRow.objects.filter(participant__member__in=members).select_related("handout_list__group_order")
    return Table(
        _("Handed out"),
        [_("Group order"), _("Department"), _("Handed out at")],
        [[str(row.handout_list.group_order), row.department, row.handed_at] for row in rows.order_by("pk")],
    )


def _vouchers(members: Sequence[Member]) -> Table:
    rows = Voucher.objects.filter(participant__member__in=members).select_related("line__order")
    return Table(
        pgettext("to redeem", "Vouchers"),
        [_("Item"), _("Vendor"), _("Valid until"), _("Used at")],
        [
            [str(row.line), row.line.order.vendor_name, row.valid_until, row.redeemed_at]
            for row in rows.order_by("line", "number")
        ],
    )


def _links(members: Sequence[Member]) -> Table:
    rows = PersonalLink.objects.filter(participant__member__in=members).select_related("participant__group_order")
    return Table(
        _("Personal links"),
        [_("Group order"), _("Issued at"), _("Expires at"), _("Revoked at")],
        [
            [str(row.participant.group_order), row.issued_at, row.expires_at, row.revoked_at]
            for row in rows.order_by("pk")
        ],
    )


def _findings(members: Sequence[Member]) -> Table:
    rows = RequisitionFinding.objects.filter(member__in=members).select_related("requisition").order_by("pk")
    return Table(
        _("Findings of the rule check"),
        [_("Requisition"), _("Rule"), _("Cap"), _("The year's total with this purchase")],
        [[row.requisition.reference, row.basis, row.cap, row.after] for row in rows],
    )


def about_account(account: Any) -> list[Table]:
    """Everything kept about somebody who signs in: the account, roles, private purchases, and what they did."""
    tables = [_account(account), _roles(account), _invitations(account), _hand_overs(account), _recoveries(account)]
    for buyer in private_buyers(account):
        tables += _buyer(buyer)
    for source in _sources:
        tables += source(account)
    return [*tables, _ratings(account), _reports(account), _files(account), _looks(account), _log(account)]


def private_buyers(account: Any) -> list[BuyerOrganisation]:
    """What the account buys for with its own money; at most one."""
    kind = BuyerOrganisation.Kind.INDIVIDUAL
    found = BuyerOrganisation.objects.filter(memberships__user=account, kind=kind).distinct().order_by("pk")
    return list(found.select_related("region"))


def _account(account: Any) -> Table:
    return Table(
        _("Account"),
        [_("User name"), pgettext("person", "Name"), _("E-mail"), _("Account since"), _("Last sign-in")],
        [[account.get_username(), account.get_full_name(), account.email, account.date_joined, account.last_login]],
    )


def _roles(account: Any) -> Table:
    seats = Membership.objects.filter(user=account).select_related("organisation").order_by("pk")
    offices = OfficeMembership.objects.filter(user=account).select_related("region").order_by("pk")
    rows = [[seat.organisation.name, seat.get_role_display(), seat.began_at, seat.ended_at] for seat in seats]
    rows += [[seat.region.name, _("officer"), seat.began_at, seat.ended_at] for seat in offices]
    return Table(_("Roles"), [_("Organisation"), _("Role"), _("Since"), _("Until")], rows)


def _invitations(account: Any) -> Table:
    rows = Invitation.objects.filter(accepted_by=account).select_related("organisation").order_by("pk")
    return Table(
        _("Invitations"),
        [_("Organisation"), pgettext("person", "Name"), _("Invited at"), _("Taken up at")],
        [[row.organisation.name, row.invitee_name, row.invited_at, row.accepted_at] for row in rows],
    )


def _hand_overs(account: Any) -> Table:
    rows = HandOver.objects.filter(Q(giver=account) | Q(successor=account)).order_by("pk")
    return Table(
        _("Hand-overs"),
        [_("Organisation"), _("Roles"), _("From"), _("To"), _("On"), _("Done at"), _("Cancelled at")],
        [
            [row.organisation.name, "、".join(row.role_labels), named(row.giver), row.successor_name, row.begins_on,
             row.done_at, row.cancelled_at]
            for row in rows.select_related("organisation", "giver", "successor", "invitation")
        ],
    )  # fmt: skip


def _recoveries(account: Any) -> Table:
    rows = AccountRecovery.objects.filter(person=account).select_related("organisation").order_by("pk")
    return Table(
        _("Account recoveries"),
        [_("Organisation"), _("Asked at"), _("Reason"), _("How the identity was checked"), _("Confirmed at"),
         _("Used at"), _("Closed at")],
        [
            [row.organisation.name, row.asked_at, row.reason, row.identity_check, row.confirmed_at, row.used_at,
             row.closed_at]
            for row in rows
        ],
    )  # fmt: skip


def _buyer(buyer: BuyerOrganisation) -> list[Table]:
    return [
        _places(buyer),
        _affiliations(buyer),
        _orders(buyer),
        _deliveries(buyer),
        _lines(buyer),
        _payments(buyer),
        _refunds(buyer),
    ]


def _places(buyer: BuyerOrganisation) -> Table:
    return Table(
        _("Addresses"),
        [_("Place"), _("Address"), _("Contact"), _("Phone"), _("Opening hours"), _("Note on unloading")],
        [
            [row.name, row.address, row.contact_name, row.phone, row.opening_hours, row.unloading_note]
            for row in buyer.delivery_points.order_by("pk")
        ],
    )


def _affiliations(buyer: BuyerOrganisation) -> Table:
    rows = buyer.affiliations.select_related("organisation")
    return Table(
        _("Counted for"),
        [_("Organisation"), pgettext("person", "Name"), _("Asked at"), _("Confirmed at"), _("Ended at")],
        [[row.organisation.name, row.person_name, row.asked_at, row.confirmed_at, row.ended_at] for row in rows],
    )


def _orders(buyer: BuyerOrganisation) -> Table:
    rows = PurchaseOrder.objects.filter(organisation=buyer).order_by("pk")
    return Table(
        _("Orders"),
        [_("Order"), _("Vendor"), _("Placed at"), _("Amount"), _("Fapiao title"), _("Address"), _("Contact"),
         _("Phone")],
        [
            [row.reference, row.vendor_name, row.placed_at, row.amount, row.fapiao_title, row.delivery_address,
             row.delivery_contact, row.delivery_phone]
            for row in rows
        ],
    )  # fmt: skip


def _deliveries(buyer: BuyerOrganisation) -> Table:
    rows = OrderDelivery.objects.filter(order__organisation=buyer).select_related("order").order_by("pk")
    return Table(
        _("Delivered to"),
        [_("Order"), _("Place"), _("Address"), _("Contact"), _("Phone"), _("Opening hours"), _("Note on unloading")],
        [
            [row.order.reference, row.name, row.address, row.contact_name, row.phone, row.opening_hours,
             row.unloading_note]
            for row in rows
        ],
    )  # fmt: skip


def _lines(buyer: BuyerOrganisation) -> Table:
    rows = OrderLine.objects.filter(order__organisation=buyer).select_related("order").order_by("pk")
    return Table(
        _("Order lines"),
        [_("Order"), _("Goods"), _("Quantity"), _("Price")],
        [[row.order.reference, str(row), row.quantity_ordered, row.unit_price] for row in rows],
    )


def _payments(buyer: BuyerOrganisation) -> Table:
    rows = Payment.objects.filter(invoice__organisation=buyer).select_related("invoice").order_by("pk")
    return Table(
        _("Payments"),
        [_("Invoice"), _("Paid on"), _("Amount"), _("Payer"), _("Serial number")],
        [[row.invoice.number, row.paid_on, row.amount, row.payer_name, row.transaction_number] for row in rows],
    )


def _refunds(buyer: BuyerOrganisation) -> Table:
    rows = Refund.objects.filter(invoice__organisation=buyer).select_related("invoice").order_by("pk")
    return Table(
        _("Refunds"),
        [_("Invoice"), _("Amount"), _("Payee"), _("Bank"), _("Account number"), _("Paid back at")],
        [
            [row.invoice.number, row.amount, row.payee_name, row.payee_bank, row.payee_account, row.done_at]
            for row in rows
        ],
    )


def _ratings(account: Any) -> Table:
    rows = Rating.objects.filter(rated_by=account).select_related("listing", "organisation").order_by("pk")
    return Table(
        _("Ratings"),
        [_("Goods"), _("Organisation"), _("Stars"), _("In words"), _("Rated at"), _("Hidden at")],
        [[row.listing.title, row.organisation.name, row.stars, row.words, row.rated_at, row.hidden_at] for row in rows],
    )


def _reports(account: Any) -> Table:
    rows = ListingReport.objects.filter(made_by=account).select_related("listing").order_by("pk")
    return Table(
        _("Reports of prices and goods"),
        [_("Tracking number"), _("Goods"), _("Reason"), _("In words"), _("How to reach you"), _("Made at")],
        [
            [row.reference, row.listing.title, row.get_reason_display(), row.words, row.contact, row.made_at]
            for row in rows
        ],
    )


def _files(account: Any) -> Table:
    rows = PrivateFile.objects.filter(uploaded_by=account)
    return Table(
        _("Files uploaded"),
        [_("File"), _("For"), _("Uploaded at"), _("Removed at")],
        [[row.name, row.get_kind_display(), row.uploaded_at, row.removed_at] for row in rows],
    )


def _looks(account: Any) -> Table:
    rows = AccessLog.objects.filter(seen_by=account).select_related("organisation")[:MOST_LOG_ROWS]
    return Table(
        _("Lists of people looked at"),
        [_("When"), _("List"), _("Of"), _("People")],
        [[row.seen_at, row.get_people_list_display(), row.subject, row.rows] for row in rows],
    )


def _log(account: Any) -> Table:
    rows = ModelLogEntry.objects.filter(user_id=account.pk).order_by("-timestamp")[:MOST_LOG_ROWS]
    return Table(
        _("What you did"),
        [_("When"), _("Step"), _("Document")],
        [[row.timestamp, row.message or row.action, row.label] for row in rows],
    )


def pack(tables: Sequence[Table], *, at: datetime) -> bytes:
    """A ZIP with the tables as JSON for machines and as a workbook for people. Times are the office's."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        made = {"made_at": at.isoformat(), "tables": [_as_json(table) for table in tables]}
        packed.writestr("data.json", json.dumps(made, ensure_ascii=False, indent=2))
        readable = [Table(t.title, t.head, [[_readable(cell) for cell in row] for row in t.rows]) for t in tables]
        packed.writestr("data.xlsx", make_book(readable))
    return buffer.getvalue()


def _as_json(table: Table) -> dict[str, Any]:
    rows = [dict(zip(map(str, table.head), map(_plain, row), strict=True)) for row in table.rows]
    return {"title": str(table.title), "rows": rows}


def _plain(cell: Any) -> Any:
    if isinstance(cell, Money):
        return f"{cell.decimal} {cell.currency}"
    if isinstance(cell, date):  # a moment, too
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, int) else str(cell)


def _readable(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return formats.date_format(cell.astimezone(ZoneInfo(setting("TIME_ZONE"))), "Y-m-d H:i")
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, Money | int) else str(cell)

"""The letters: for each, whom it is for, whether it is still true, and where it leads. Their texts are templates.

A letter names the organisation, the document and its amount. It never names a member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from ..catalogue.certificates import Certificate
from ..catalogue.delistings import Delisting
from ..catalogue.sessions import ServiceSession
from ..fulfilment.models import OPEN, Side
from ..grouporders.lifecycle import State as Open
from ..grouporders.models import GroupOrder
from ..orders.lifecycle import State
from ..orders.models import PurchaseOrder, Requisition
from ..parties.changes import AccountRecovery
from ..parties.models import BuyerOrganisation, Role
from ..payments.models import Invoice
from ..ratings.models import Rating
from ..reports.models import ListingReport


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of letter about a document."""

    find: Callable[[str], Any]
    still_holds: Callable[[Any], bool]
    readers: Callable[[Any], Iterable[Any]]
    address: Callable[[Any], str]
    whether_wished: bool = True  # ``False`` for what protects an account: that is told in any case


@dataclass(frozen=True, slots=True)
class VendorSide:
    """Who reads a vendor's letters, and where: told by the app that knows a vendor's people, if there is one."""

    people: Callable[[int], Iterable[Any]] = lambda vendor_pk: ()
    order_address: Callable[[str], str] = lambda reference: ""
    certificates_address: Callable[[str], str] = lambda slug: ""
    listing_address: Callable[[int], str] = lambda listing_pk: ""
    report_address: Callable[[str], str] = lambda reference: ""
    ratings_address: Callable[[], str] = lambda: ""
    voucher_address: Callable[[str], str] = lambda code: ""
    session_address: Callable[[int], str] = lambda session_pk: ""


_vendor_side = [VendorSide()]


def set_vendor_side(side: VendorSide) -> None:
    """The vendors' app says who acts for a vendor."""
    _vendor_side[:] = [side]


def voucher_address(code: str) -> str:
    """Where a vendor redeems a voucher's code; '' where vendors do not sign in."""
    return _vendor_side[0].voucher_address(code)


def _people(organisation: BuyerOrganisation, role: Role) -> list[Any]:
    seats = {"memberships__organisation": organisation, "memberships__role": role, "memberships__ended_at": None}
    return list(get_user_model()._default_manager.filter(is_active=True, **seats).distinct())


def _order(reference: str) -> PurchaseOrder:
    return PurchaseOrder.objects.select_related("organisation", "requisition__requested_by").get(reference=reference)


def _requisition(reference: str) -> Requisition:
    return Requisition.objects.select_related("organisation", "requested_by").get(reference=reference)


def _invoice(number: str) -> Invoice:
    return Invoice.objects.select_related("organisation", "requisition").get(number=number)


def _recovery(pk: str) -> AccountRecovery:
    return AccountRecovery.objects.select_related("organisation", "person").get(pk=pk)


def _certificate(pk: str) -> Certificate:
    return Certificate.objects.select_related("vendor", "listing").get(pk=pk)


def _about_certificate() -> Letter:
    return Letter(
        _certificate,
        lambda certificate: certificate.is_confirmed,
        lambda certificate: _vendor_side[0].people(certificate.vendor_id),
        lambda certificate: _vendor_side[0].certificates_address(certificate.vendor.slug),
    )


def _session(pk: str) -> ServiceSession:
    return ServiceSession.objects.select_related("listing", "capacity").get(pk=pk)


def _delisting(pk: str) -> Delisting:
    return Delisting.objects.select_related("listing__vendor").get(pk=pk)


def _report(reference: str) -> ListingReport:
    return ListingReport.objects.select_related("listing", "made_by").get(reference=reference)


def _to_the_reported(still_holds: Callable[[Any], bool]) -> Letter:
    """To the vendor a report is about."""
    return Letter(
        _report,
        still_holds,
        lambda report: _vendor_side[0].people(report.listing.vendor_id),
        lambda report: _vendor_side[0].report_address(report.reference),
    )


def _rating(pk: str) -> Rating:
    return Rating.objects.select_related("listing", "line__order", "rated_by").get(pk=pk)


def _group_order(reference: str) -> GroupOrder:
    return GroupOrder.objects.select_related("organisation").get(reference=reference)


def _approvers(requisition: Requisition) -> list[Any]:
    """Those who may decide: never whoever asked."""
    own = {requisition.requested_by_id, requisition.drafted_by_id}
    return [user for user in _people(requisition.organisation, Role.APPROVER) if user.pk not in own]


def _asker(requisition: Requisition) -> list[Any]:
    return [requisition.requested_by] if requisition.requested_by else []


def _requester_and_organisers(order: PurchaseOrder) -> list[Any]:
    """Whoever asked for the purchase, and those who told the members."""
    told = _people(order.organisation, Role.ORGANISER) if order.requisition.group_order_id else []
    return list(dict.fromkeys([*_asker(order.requisition), *told]))


def _about_vouchers() -> Letter:
    return Letter(
        _order,
        lambda order: order.cancelled_at is None,
        _requester_and_organisers,
        lambda order: reverse("marketplace:vouchers", args=[order.reference]),
    )


LETTERS: dict[str, Letter] = {
    "order_placed": Letter(
        _order,
        lambda order: order.answered_at is None and order.cancelled_at is None,
        lambda order: _vendor_side[0].people(order.vendor_id),
        lambda order: _vendor_side[0].order_address(order.reference),
    ),
    "order_declined": Letter(
        _order,
        lambda order: order.cancelled_at is None,
        lambda order: _asker(order.requisition),
        lambda order: reverse("marketplace:order", args=[order.reference]),
    ),
    "session_called_off": Letter(
        _order,
        lambda order: True,
        _requester_and_organisers,
        lambda order: reverse("marketplace:order", args=[order.reference]),
    ),
    "session_move_offered": Letter(
        _order,
        lambda order: order.cancelled_at is None and order.moves.filter(OPEN, side=Side.VENDOR).exists(),
        _requester_and_organisers,
        lambda order: f"{reverse('marketplace:order', args=[order.reference])}#moves",
    ),
    "session_moved": Letter(
        _order,
        lambda order: order.cancelled_at is None,
        _requester_and_organisers,
        lambda order: reverse("marketplace:order", args=[order.reference]),
    ),
    "session_short": Letter(
        _session,
        lambda session: session.called_off_at is None and not session.is_certain,
        lambda session: _vendor_side[0].people(session.listing.vendor_id),
        lambda session: _vendor_side[0].session_address(session.pk),
    ),
    "session_held": Letter(
        _order,
        lambda order: order.cancelled_at is None,
        _requester_and_organisers,
        lambda order: reverse("marketplace:order", args=[order.reference]),
    ),
    "vouchers_ending": _about_vouchers(),
    "vouchers_ended": _about_vouchers(),
    "requisition_waiting": Letter(
        _requisition,
        lambda requisition: requisition.state == State.SUBMITTED,
        _approvers,
        lambda requisition: reverse("marketplace:requisition", args=[requisition.reference]),
    ),
    "requisition_returned": Letter(
        _requisition,
        lambda requisition: requisition.state == State.RETURNED,
        _asker,
        lambda requisition: reverse("marketplace:requisition", args=[requisition.reference]),
    ),
    "invoice_issued": Letter(
        _invoice,
        lambda invoice: bool(invoice.amount_open),
        lambda invoice: _people(invoice.organisation, Role.TREASURER),
        lambda invoice: reverse("marketplace:invoice", args=[invoice.number]),
    ),
    "recovery_confirmed": Letter(
        _recovery,
        lambda recovery: recovery.closed_at is None,
        lambda recovery: [recovery.person],
        lambda recovery: reverse("marketplace:desk"),
        whether_wished=False,
    ),
    "account_recovered": Letter(
        _recovery,
        lambda recovery: recovery.used_at is not None,
        lambda recovery: [recovery.person],
        lambda recovery: reverse("marketplace:desk"),
        whether_wished=False,
    ),
    "certificate_ending": _about_certificate(),
    "certificate_ended": _about_certificate(),
    "listing_delisted": Letter(
        _delisting,
        lambda delisting: delisting.readmitted_at is None,
        lambda delisting: _vendor_side[0].people(delisting.listing.vendor_id),
        lambda delisting: _vendor_side[0].listing_address(delisting.listing_id),
    ),
    "report_taken_up": _to_the_reported(lambda report: not report.answered_at and not report.decided_at),
    "report_outcome": _to_the_reported(lambda report: True),
    "report_decided": Letter(
        _report,
        lambda report: True,
        lambda report: [report.made_by] if report.made_by else [],
        lambda report: f"{reverse('marketplace:report_status')}?number={report.reference}",
    ),
    "rating_hidden": Letter(
        _rating,
        lambda rating: rating.hidden_at is not None,
        lambda rating: [rating.rated_by] if rating.rated_by else [],
        lambda rating: reverse("marketplace:order", args=[rating.line.order.reference]),
    ),
    "rating_hidden_vendor": Letter(
        _rating,
        lambda rating: rating.hidden_at is not None,
        lambda rating: _vendor_side[0].people(rating.listing.vendor_id),
        lambda rating: _vendor_side[0].ratings_address(),
    ),
    "offer_delisted": Letter(
        _group_order,
        lambda group_order: group_order.state == Open.OPEN,
        lambda group_order: _people(group_order.organisation, Role.ORGANISER),
        lambda group_order: reverse("marketplace:group_order", args=[group_order.reference]),
    ),
}

"""The steps people take, told in one line each by the demonstration's stories; every one calls the real action."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import Image, ImageDraw

from marketplace.fulfilment.actions import Count, tick_rows
from marketplace.fulfilment.models import HandoutList
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.links import issue_links
from marketplace.grouporders.models import GroupOrder
from marketplace.grouporders.terms import Terms
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.orders.placing import LineAnswer
from marketplace.parties.actions import office_day
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase.deliver import accept, receive
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import fapiao_due, record_payment
from marketplace.purchase.place import place
from marketplace.uploads import Upload
from vendors.fulfilment import actions as vendor_side

from .founding import Cast


@dataclass(frozen=True, slots=True)
class Drive:
    """One group order to be told: whose, what about, which packs (listing slug → place), the allowance, the day it opened."""

    organisation: str
    title: str
    packs: Sequence[str]
    allowance: int
    opened_day: float
    open_days: float = 6
    message: str = ""
    campaign: str = "autumn-drive"
    purpose: str = "holiday_gifts"
    freight_shared_by: str = "value"
    to_every_point: bool = False


def person(cast: Cast, organisation: str, role: str) -> Any:
    """Who holds a role in an organisation of the demonstration."""
    seats = cast.organisations[organisation].memberships.select_related("user").order_by("pk")
    return seats.filter(role=role, ended_at=None)[0].user


def open_drive(cast: Cast, drive: Drive) -> GroupOrder:
    """A drive is prepared, opened, and its links are issued."""
    organisation = cast.organisations[drive.organisation]
    clerk, at = person(cast, drive.organisation, "organiser"), cast.at(drive.opened_day)
    terms = Terms(
        title=drive.title,
        campaign=cast.campaigns[drive.campaign],
        purpose=drive.purpose,
        fund_source="union",
        allowance_per_member=yuan(drive.allowance),
        delivery_point=organisation.delivery_points.order_by("pk")[0],
        opens_at=at,
        closes_at=(at + timedelta(days=drive.open_days)).replace(hour=18, minute=0),
        message=drive.message,
        freight_shared_by=drive.freight_shared_by,
        further_points=tuple(organisation.delivery_points.order_by("pk")[1:]) if drive.to_every_point else (),
    )
    group_order = grouporders.create_group_order(organisation=organisation, terms=terms, by=clerk, at=at)
    packs = [cast.pack(slug) for slug in drive.packs]
    package = {packs[0].pk: 1, packs[1].pk: 1}
    if packs[0].unit_price + packs[1].unit_price > yuan(drive.allowance):
        package = {}
    grouporders.set_offers(
        group_order=group_order, packs=packs, package_name="经办推荐套餐", package=package, by=clerk, at=at
    )
    grouporders.open_group_order(group_order=group_order, by=clerk, at=at)
    issue_links(group_order=group_order, by=clerk, at=at)
    return GroupOrder.objects.get(pk=group_order.pk)


def choose_all(group_order: GroupOrder, seed: str, *, share: float = 1.0, at: datetime) -> None:
    """Members pick at random within their allowance, the same every time; ``share`` of them do."""
    rng = random.Random(seed)
    offers = list(group_order.offers.select_related("pack"))
    for number, participant in enumerate(group_order.participants.select_related("allowance").order_by("pk")):
        if rng.random() > share:
            continue
        left = participant.allowance.granted
        wanted: dict[int, int] = {}
        for offer in rng.sample(offers, len(offers)):
            fits = left.amount // offer.unit_price.amount
            if fits and len(wanted) < 3:
                wanted[offer.pack_id] = rng.randint(1, min(2, fits))
                left = left - offer.unit_price * wanted[offer.pack_id]
        grouporders.choose(participant=participant, quantities=wanted, at=at + timedelta(minutes=number))


def request(cast: Cast, group_order: GroupOrder, *, day: float) -> Requisition:
    """The drive closes and its requisition is submitted by the clerk."""
    name = group_order.organisation.slug
    clerk = person(cast, name, "organiser")
    close_group_order(group_order=group_order, by=clerk, at=cast.at(day))
    made = orders.request_from_group_order(group_order=group_order, by=clerk, at=cast.at(day, 11))
    return orders.submit_requisition(requisition=made, by=clerk, at=cast.at(day, 11))


def place_all(cast: Cast, requisition: Requisition, *, day: float) -> list[PurchaseOrder]:
    """The chair approves and places."""
    chair = person(cast, requisition.organisation.slug, "approver")
    orders.approve_requisition(requisition=requisition, by=chair, at=cast.at(day))
    return place(requisition=requisition, by=chair, at=cast.at(day, 15))


def seat(order: PurchaseOrder) -> Any:
    """The person who acts for the order's vendor."""
    return order.vendor.people.select_related("user")[0].user


def answer_order(cast: Cast, order: PurchaseOrder, *, day: float, promised: float, declined: int = 0) -> None:
    """The vendor confirms, but for ``declined`` of the first line."""
    answers = [
        LineAnswer(
            line.pk,
            line.quantity_ordered - (declined if place == 0 else 0),
            promised_on=cast.at(promised).date(),
            reason="今年减产，先保证这些" if declined and place == 0 else "",
        )
        for place, line in enumerate(order.lines.order_by("pk"))
    ]
    vendor_side.answer_order(order=order, answers=answers, by=seat(order), at=cast.at(day))


def send(cast: Cast, order: PurchaseOrder, *, day: float, part: float = 1.0, number: int = 1) -> None:
    """One consignment with what is left, or a part of it."""
    quantities: dict[int, int] = {}
    for line in order.lines.all():
        sent = sum(line.consigned.values_list("quantity", flat=True))
        left = line.quantity_confirmed - sent
        quantities[line.pk] = left if part == 1.0 else int(left * part)
    vendor_side.dispatch(
        order=PurchaseOrder.objects.get(pk=order.pk),
        quantities=quantities,
        carrier="示范物流",
        waybill_number=f"SF{order.pk:05d}{number:03d}",
        note="",
        by=seat(order),
        at=cast.at(day),
    )


def receive_all(cast: Cast, order: PurchaseOrder, *, day: float, short: int = 0, damaged: int = 0) -> None:
    """Everything under way is counted; what is short or damaged is of the first line."""
    receiver = person(cast, order.organisation.slug, "receiver")
    for consignment in order.consignments.filter(receipt=None):
        counts = [
            Count(
                row.pk,
                row.quantity - (short + damaged if place == 0 else 0),
                short * (place == 0),
                damaged * (place == 0),
            )
            for place, row in enumerate(consignment.lines.order_by("pk"))
        ]
        note = "外箱受潮，已拍照" if damaged else ""
        photo = Upload("photo.png", scan("到货照片（示范）")) if damaged else None
        receive(consignment=consignment, counts=counts, note=note, photo=photo, by=receiver, at=cast.at(day))


def accept_order(cast: Cast, order: PurchaseOrder, *, day: float) -> None:
    """The receiver certifies."""
    accept(order=order, by=person(cast, order.organisation.slug, "receiver"), at=cast.at(day, 16))


def match_fapiao(cast: Cast, order: PurchaseOrder, *, day: float, series: int = 2634) -> None:
    """The vendor enters a fapiao that agrees."""
    order = PurchaseOrder.objects.select_related("vendor").get(pk=order.pk)
    due = fapiao_due(order)
    vendor_side.enter_fapiao(
        order=order,
        number=f"{series}{order.pk:016d}",
        title=order.fapiao_title,
        amount=due.amount,
        tax=due.tax,
        issued_on=office_day(cast.at(day)),
        by=seat(order),
        at=cast.at(day),
    )


def pay(cast: Cast, requisition: Requisition, *, day: float, amount: Money | None = None, number: str) -> None:
    """The treasurer records a transfer, of what is open unless told otherwise."""
    invoice = Invoice.objects.get(requisition=requisition)
    record_payment(
        invoice=invoice,
        receipt=Receipt(number, amount or invoice.amount_open, office_day(cast.at(day)), invoice.organisation.name),
        voucher=Upload("voucher.png", scan(f"银行回单（示范）{number}")),
        by=person(cast, invoice.organisation.slug, "treasurer"),
        at=cast.at(day),
    )


def scan(text: str) -> bytes:
    """A little picture that stands for a scan."""
    picture = Image.new("RGB", (640, 360), "#fdfaf2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 620, 340), outline="#1f5c45", width=4)
    draw.text((40, 40), text.encode("ascii", "replace").decode(), fill="#21302a")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def deliver(cast: Cast, order: PurchaseOrder, *, day: float, damaged: int = 0) -> None:
    """Answered, sent, received, accepted and invoiced within ten days."""
    answer_order(cast, order, day=day + 1, promised=day + 5)
    send(cast, order, day=day + 3)
    receive_all(cast, order, day=day + 5, damaged=damaged)
    accept_order(cast, order, day=day + 5)
    match_fapiao(cast, order, day=day + 7)


def hand_out(cast: Cast, requisition: Requisition, *, day: float, share: float = 1.0) -> HandoutList:
    """The hand-out list, of which so many rows are ticked."""
    clerk = person(cast, requisition.organisation.slug, "organiser")
    handout = make_handout_list(requisition=requisition, by=clerk, at=cast.at(day))
    pks = list(handout.rows.values_list("pk", flat=True))
    tick_rows(handout_list=handout, handed=pks[: int(len(pks) * share)], by=clerk, at=cast.at(day, 15))
    return handout


def buy(
    cast: Cast,
    organisation: str,
    wanted: Mapping[str, int],
    *,
    day: float,
    purpose: str,
    note: str,
    campaign: str = "autumn-drive",
) -> Requisition:
    """A basket is requested and submitted."""
    clerk, buyer = person(cast, organisation, "requester"), cast.organisations[organisation]
    for slug, quantity in wanted.items():
        orders.set_basket_line(organisation=buyer, pack=cast.pack(slug), quantity=quantity, by=clerk, at=cast.at(day))
    made = orders.request_from_basket(
        organisation=buyer,
        campaign=cast.campaigns[campaign],
        purpose=purpose,
        fund_source="organisation",
        delivery_point=buyer.delivery_points.order_by("pk")[0],
        note=note,
        by=clerk,
        at=cast.at(day),
    )
    return orders.submit_requisition(requisition=made, by=clerk, at=cast.at(day, 11))

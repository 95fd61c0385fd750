"""What has happened so far: purchases in every state of the road, made by the actions people use, dated from today."""

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
from marketplace.grouporders.models import GroupOrder
from marketplace.money import Money, yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.orders.placing import LineAnswer
from marketplace.parties import actions as parties
from marketplace.parties.actions import office_day
from marketplace.payments.actions import Voucher
from marketplace.payments.gateways.base import Receipt
from marketplace.payments.models import Invoice
from marketplace.purchase.answer import cancel
from marketplace.purchase.deliver import accept, receive, take_back
from marketplace.purchase.hand_out import make_handout_list
from marketplace.purchase.pay import accepted_amount, record_payment
from marketplace.purchase.place import place
from marketplace.sheets import make_workbook
from vendors.fulfilment import actions as vendor_side
from vendors.listing import actions as vendor_listings

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


def tell_story(cast: Cast) -> None:
    """All purchases of the demonstration, oldest first."""
    _completed_drive(cast)
    _direct_completed(cast)
    _unpaid_drive(cast)
    _direct_part_paid(cast)
    _direct_cancelled(cast)
    _late_vendor(cast)
    _waiting_for_approval(cast)
    _waiting_to_be_placed(cast)
    _gone_before_placing(cast)
    _asked_for_by_an_approver(cast)
    _open_with_shortage(cast)
    _before_the_beginning(cast)
    _baskets(cast)
    _drafted(cast)
    _roster_with_bad_rows(cast)


def person(cast: Cast, organisation: str, role: str) -> Any:
    """Who holds a role in an organisation of the demonstration."""
    seats = cast.organisations[organisation].memberships.select_related("user").order_by("pk")
    return seats.filter(role=role, ended_at=None)[0].user


def _open(cast: Cast, drive: Drive) -> GroupOrder:
    organisation = cast.organisations[drive.organisation]
    clerk, at = person(cast, drive.organisation, "organiser"), cast.at(drive.opened_day)
    terms = grouporders.Terms(
        title=drive.title,
        campaign=cast.campaigns[drive.campaign],
        purpose=drive.purpose,
        fund_source="union",
        allowance_per_member=yuan(drive.allowance),
        delivery_point=organisation.delivery_points.order_by("pk")[0],
        opens_at=at,
        closes_at=(at + timedelta(days=drive.open_days)).replace(hour=18, minute=0),
        message=drive.message,
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
    grouporders.issue_links(group_order=group_order, by=clerk, at=at)
    return GroupOrder.objects.get(pk=group_order.pk)


def _choose(group_order: GroupOrder, seed: str, *, share: float = 1.0, at: datetime) -> None:
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


def _request(cast: Cast, group_order: GroupOrder, *, day: float) -> Requisition:
    name = group_order.organisation.slug
    clerk = person(cast, name, "organiser")
    grouporders.close_group_order(group_order=group_order, by=clerk, at=cast.at(day))
    made = orders.request_from_group_order(group_order=group_order, by=clerk, at=cast.at(day, 11))
    return orders.submit_requisition(requisition=made, by=clerk, at=cast.at(day, 11))


def _place(cast: Cast, requisition: Requisition, *, day: float) -> list[PurchaseOrder]:
    chair = person(cast, requisition.organisation.slug, "approver")
    orders.approve_requisition(requisition=requisition, by=chair, at=cast.at(day))
    return place(requisition=requisition, by=chair, at=cast.at(day, 15))


def _seat(order: PurchaseOrder) -> Any:
    return order.vendor.people.select_related("user")[0].user


def _answer(cast: Cast, order: PurchaseOrder, *, day: float, promised: float, declined: int = 0) -> None:
    answers = [
        LineAnswer(
            line.pk,
            line.quantity_ordered - (declined if place == 0 else 0),
            promised_on=cast.at(promised).date(),
            reason="今年减产，先保证这些" if declined and place == 0 else "",
        )
        for place, line in enumerate(order.lines.order_by("pk"))
    ]
    vendor_side.answer_order(order=order, answers=answers, by=_seat(order), at=cast.at(day))


def _send(cast: Cast, order: PurchaseOrder, *, day: float, part: float = 1.0, number: int = 1) -> None:
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
        by=_seat(order),
        at=cast.at(day),
    )


def _receive(cast: Cast, order: PurchaseOrder, *, day: float, short: int = 0, damaged: int = 0) -> None:
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
        photo = Voucher("photo.png", _scan("到货照片（示范）")) if damaged else None
        receive(consignment=consignment, counts=counts, note=note, photo=photo, by=receiver, at=cast.at(day))


def _accept(cast: Cast, order: PurchaseOrder, *, day: float) -> None:
    accept(order=order, by=person(cast, order.organisation.slug, "receiver"), at=cast.at(day, 16))


def _fapiao(cast: Cast, order: PurchaseOrder, *, day: float) -> None:
    order = PurchaseOrder.objects.select_related("vendor").get(pk=order.pk)
    vendor_side.enter_fapiao(
        order=order,
        number=f"2634{order.pk:016d}",
        title=order.fapiao_title,
        amount=accepted_amount(order),
        issued_on=office_day(cast.at(day)),
        by=_seat(order),
        at=cast.at(day),
    )


def _pay(cast: Cast, requisition: Requisition, *, day: float, amount: Money | None = None, number: str) -> None:
    invoice = Invoice.objects.get(requisition=requisition)
    record_payment(
        invoice=invoice,
        receipt=Receipt(number, amount or invoice.amount_open, office_day(cast.at(day)), invoice.organisation.name),
        voucher=Voucher("voucher.png", _scan(f"银行回单（示范）{number}")),
        by=person(cast, invoice.organisation.slug, "treasurer"),
        at=cast.at(day),
    )


def _scan(text: str) -> bytes:
    """A little picture that stands for a scan."""
    picture = Image.new("RGB", (640, 360), "#fdfaf2")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((20, 20, 620, 340), outline="#1f5c45", width=4)
    draw.text((40, 40), text.encode("ascii", "replace").decode(), fill="#21302a")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _deliver(cast: Cast, order: PurchaseOrder, *, day: float, damaged: int = 0) -> None:
    """Answered, sent, received, accepted and invoiced within ten days."""
    _answer(cast, order, day=day + 1, promised=day + 5)
    _send(cast, order, day=day + 3)
    _receive(cast, order, day=day + 5, damaged=damaged)
    _accept(cast, order, day=day + 5)
    _fapiao(cast, order, day=day + 7)


def _hand_out(cast: Cast, requisition: Requisition, *, day: float, share: float = 1.0) -> HandoutList:
    clerk = person(cast, requisition.organisation.slug, "organiser")
    handout = make_handout_list(requisition=requisition, by=clerk, at=cast.at(day))
    pks = list(handout.rows.values_list("pk", flat=True))
    tick_rows(handout_list=handout, handed=pks[: int(len(pks) * share)], by=clerk, at=cast.at(day, 15))
    return handout


def _completed_drive(cast: Cast) -> None:
    """民政's drive of two months ago: everything done; a line declined in part, a box damaged."""
    group_order = _open(
        cast,
        Drive(
            "civil-affairs",
            "国庆中秋会员慰问品",
            [
                "lanhua-tea-first-box",
                "camellia-oil-500",
                "jindong-eggs-30",
                "zhuanshuiwan-toon-sauce",
                "lanhua-tea-roasted",
            ],
            500,
            -64,
            message="每人 500 元以内，自己挑。10 月底前送到大厅西侧库房。",
        ),
    )
    _choose(group_order, "mid-autumn", at=cast.at(-62))
    requisition = _request(cast, group_order, day=-58)
    for number, order in enumerate(_place(cast, requisition, day=-57)):
        if number == 1:
            _answer(cast, order, day=-56, promised=-52, declined=2)
            _send(cast, order, day=-54, part=0.5)
            _send(cast, order, day=-53, number=2)
            _receive(cast, order, day=-51)
            _accept(cast, order, day=-51)
            _fapiao(cast, order, day=-49)
        else:
            _deliver(cast, order, day=-57, damaged=1 if number == 2 else 0)
    _pay(cast, requisition, day=-46, number="DEMO0001")
    _hand_out(cast, requisition, day=-45)


def _buy(
    cast: Cast, organisation: str, wanted: Mapping[str, int], *, day: float, purpose: str, note: str
) -> Requisition:
    clerk, buyer = person(cast, organisation, "requester"), cast.organisations[organisation]
    for slug, quantity in wanted.items():
        orders.set_basket_line(organisation=buyer, pack=cast.pack(slug), quantity=quantity, by=clerk, at=cast.at(day))
    made = orders.request_from_basket(
        organisation=buyer,
        campaign=cast.campaigns["autumn-drive"],
        purpose=purpose,
        fund_source="organisation",
        delivery_point=buyer.delivery_points.order_by("pk")[0],
        note=note,
        by=clerk,
        at=cast.at(day),
    )
    return orders.submit_requisition(requisition=made, by=clerk, at=cast.at(day, 11))


def _direct_completed(cast: Cast) -> None:
    """青藤's direct purchase: completed and overpaid by a slip; one box went back later."""
    wanted = {"shrimp-rice-5kg": 60, "camellia-oil-500": 50, "jindong-eggs-30": 40}
    requisition = _buy(cast, "qingteng-volunteers", wanted, day=-48, purpose="charity", note="敬老月慰问")
    placed = _place(cast, requisition, day=-47)
    for order in placed:
        _deliver(cast, order, day=-47)
    due = Invoice.objects.get(requisition=requisition).amount_open
    _pay(cast, requisition, day=-36, amount=due + yuan(50), number="DEMO0002")
    order = PurchaseOrder.objects.get(pk=placed[0].pk)
    line = order.lines.order_by("pk")[0]
    receiver = person(cast, "qingteng-volunteers", "receiver")
    take_back(order=order, quantities={line.pk: 2}, reason="两袋真空包漏气", by=receiver, at=cast.at(-20))


def _unpaid_drive(cast: Cast) -> None:
    """福利院's drive: delivered and half handed out; the invoice is late and one fapiao is still missing."""
    group_order = _open(
        cast,
        Drive(
            "qinghe-welfare",
            "重阳节职工慰问",
            ["camellia-oil-gift", "lanhua-tea-second-bag", "xiaotian-kudzu-powder", "yanchun-eggs-60"],
            350,
            -40,
            open_days=4,
            message="山茶油礼盒或者自己搭配，都可以。",
        ),
    )
    _choose(group_order, "double-ninth", at=cast.at(-39))
    requisition = _request(cast, group_order, day=-36)
    placed = _place(cast, requisition, day=-35)
    for number, order in enumerate(placed):
        _answer(cast, order, day=-34, promised=-28)
        _send(cast, order, day=-31)
        _receive(cast, order, day=-28)
        _accept(cast, order, day=-28)
        if number:
            _fapiao(cast, order, day=-26)
    _hand_out(cast, requisition, day=-24, share=0.6)


def _direct_part_paid(cast: Cast) -> None:
    """暖炉's direct purchase: accepted, matched, and paid in part."""
    wanted = {"shrimp-rice-5kg": 40, "taoxi-vegetable-box": 20, "zhuanshuiwan-fish-head-dish": 30}
    requisition = _buy(cast, "nuanlu-elder-care", wanted, day=-22, purpose="canteen", note="助餐点十一月用")
    for order in _place(cast, requisition, day=-21):
        _deliver(cast, order, day=-21)
    _pay(cast, requisition, day=-9, amount=yuan(2000), number="DEMO0003")


def _direct_cancelled(cast: Cast) -> None:
    """青藤's chair takes an order back before its vendor has answered."""
    requisition = _buy(
        cast, "qingteng-volunteers", {"xiaotian-honey": 12}, day=-18, purpose="charity", note="冬日送温暖"
    )
    (order,) = _place(cast, requisition, day=-17)
    chair = person(cast, "qingteng-volunteers", "approver")
    cancel(order=order, reason="走访活动改期，另行采购", by=chair, at=cast.at(-16))


def _late_vendor(cast: Cast) -> None:
    """水阳's drive under way: one vendor silent beyond the day, one late with sending, one parcel waiting to be counted."""
    group_order = _open(
        cast,
        Drive(
            "shuiyang-township",
            "秋收慰问",
            ["shrimp-rice-5kg", "xiaotian-honey", "lanhua-tea-gift", "zhuanshuiwan-toon-sauce"],
            300,
            -16,
            open_days=4,
        ),
    )
    _choose(group_order, "harvest", at=cast.at(-15))
    requisition = _request(cast, group_order, day=-12)
    placed = {order.vendor.slug: order for order in _place(cast, requisition, day=-11)}
    _answer(cast, placed["shuangtang-coop"], day=-9, promised=-3)
    for slug in ("sanyuan-mountain-goods", "zhuanshuiwan-foods"):
        _answer(cast, placed[slug], day=-9, promised=-2)
        _send(cast, placed[slug], day=-4)
    _receive(cast, placed["zhuanshuiwan-foods"], day=-2, short=1)


def _waiting_for_approval(cast: Cast) -> None:
    """民政's second drive: submitted; some members would pass the yearly cap, so the chair finds warnings."""
    group_order = _open(
        cast,
        Drive(
            "civil-affairs",
            "冬至会员慰问品",
            [
                "lanhua-tea-superior-tin",
                "camellia-oil-gift",
                "jindong-chicken",
                "xiaotian-honey",
                "wenchong-chrysanthemum-50",
            ],
            1200,
            -8,
            open_days=5,
            message="今年最后一次慰问，请在截止前选好。",
        ),
    )
    participants = list(group_order.participants.order_by("pk"))
    oil, chicken = cast.pack("camellia-oil-gift").pk, cast.pack("jindong-chicken").pk
    for participant in participants[:3]:
        wanted = {cast.pack("lanhua-tea-superior-tin").pk: 3, oil: 2, chicken: 0}
        grouporders.choose(participant=participant, quantities=wanted, at=cast.at(-7))
    for number, participant in enumerate(participants[3:]):
        wanted = {oil: 1 + number % 2, chicken: number % 3}
        grouporders.choose(participant=participant, quantities=wanted, at=cast.at(-6))
    _request(cast, group_order, day=-2)


def _waiting_to_be_placed(cast: Cast) -> None:
    """福利院: one purchase approved and not placed, one returned with a reason."""
    requisition = _buy(
        cast,
        "qinghe-welfare",
        {"wenchong-kudzu-slices": 20, "wenchong-lotus-seed": 20},
        day=-4,
        purpose="canteen",
        note="食堂备货",
    )
    chair = person(cast, "qinghe-welfare", "approver")
    orders.approve_requisition(requisition=requisition, by=chair, at=cast.at(-1))
    returned = _buy(cast, "shuiyang-township", {"dushan-farm-stay": 10}, day=-5, purpose="activity", note="疗休养")
    orders.return_requisition(
        requisition=returned,
        reason="疗休养要先报年度计划，请附批准文号",
        by=person(cast, "shuiyang-township", "approver"),
        at=cast.at(-4),
    )


def _gone_before_placing(cast: Cast) -> None:
    """水阳: approved, and since then the vendor counted fewer chickens, so that placing is refused with the shortfall."""
    wanted = {"yanchun-chicken": 30, "jindong-ginger": 10}
    requisition = _buy(cast, "shuiyang-township", wanted, day=-6, purpose="canteen", note="敬老院食堂")
    chair = person(cast, "shuiyang-township", "approver")
    orders.approve_requisition(requisition=requisition, by=chair, at=cast.at(-5))
    vendor = cast.vendors["yanchun-farm"]
    vendor_listings.set_stock(
        pack=cast.pack("yanchun-chicken"), on_hand=22, by=vendor.people.get().user, at=cast.at(-3)
    )


def _asked_for_by_an_approver(cast: Cast) -> None:
    """小学: its chair asked for this one, so another approver has to decide."""
    chair, buyer = cast.users["xiaoxue-chair"], cast.organisations["wutong-school"]
    pack = cast.pack("jindong-ginger")
    orders.set_basket_line(organisation=buyer, pack=pack, quantity=20, by=chair, at=cast.at(-2))
    made = orders.request_from_basket(
        organisation=buyer,
        campaign=cast.campaigns["autumn-drive"],
        purpose="canteen",
        fund_source="union",
        delivery_point=buyer.delivery_points.order_by("pk")[0],
        note="教工食堂姜茶",
        by=chair,
        at=cast.at(-2),
    )
    orders.submit_requisition(requisition=made, by=chair, at=cast.at(-2, 11))


def _open_with_shortage(cast: Cast) -> None:
    """小学's drive, open now: half have chosen, some to the last fen, and nine want the seven fish heads.

    One member lost the phone, so that link was revoked.
    """
    group_order = _open(
        cast,
        Drive(
            "wutong-school",
            "新年教职工慰问品",
            ["jindong-harvest-box", "lake-bighead-head", "lanhua-tea-first-box", "camellia-oil-500", "shrimp-rice-5kg"],
            300,
            -3,
            open_days=8,
            message="每人 300 元。周末前选好，快递送到传达室。",
        ),
    )
    people = list(group_order.participants.order_by("pk"))
    head, box = cast.pack("lake-bighead-head").pk, cast.pack("jindong-harvest-box").pk
    rice, oil = cast.pack("shrimp-rice-5kg").pk, cast.pack("camellia-oil-500").pk
    for number, participant in enumerate(people[:9]):
        wanted = {head: 1, box: 1} if number else {oil: 2, rice: 3}
        grouporders.choose(participant=participant, quantities=wanted, at=cast.at(-2) + timedelta(minutes=number))
    grouporders.choose(participant=people[9], quantities={head: 1, rice: 1}, at=cast.at(-1))
    exact = {oil: 1, rice: 1, cast.pack("lanhua-tea-first-box").pk: 1}
    grouporders.choose(participant=people[10], quantities=exact, at=cast.at(-1))
    clerk = person(cast, "wutong-school", "organiser")
    grouporders.revoke_links(group_order=group_order, participants=people[-1:], by=clerk, at=cast.at(-1))


def _before_the_beginning(cast: Cast) -> None:
    """A group order still being prepared, and one that was called off."""
    for day, title, is_called_off in ((-30, "立冬慰问（已取消）", True), (-1, "新春会员慰问品", False)):
        clerk, at = person(cast, "civil-affairs", "organiser"), cast.at(day)
        organisation = cast.organisations["civil-affairs"]
        terms = grouporders.Terms(
            title=title,
            campaign=cast.campaigns["autumn-drive"],
            purpose="holiday_gifts",
            fund_source="union",
            allowance_per_member=yuan(400),
            delivery_point=organisation.delivery_points.order_by("pk")[0],
            opens_at=at + timedelta(days=2),
            closes_at=(at + timedelta(days=12)).replace(hour=18, minute=0),
        )
        made = grouporders.create_group_order(organisation=organisation, terms=terms, by=clerk, at=at)
        packs = [cast.pack("lanhua-tea-gift"), cast.pack("camellia-oil-gift")]
        grouporders.set_offers(group_order=made, packs=packs, by=clerk, at=at)
        if is_called_off:
            grouporders.cancel_group_order(group_order=made, by=clerk, at=at + timedelta(days=1))


def _baskets(cast: Cast) -> None:
    """A basket that waits, one below a minimum; and a requisition that was drafted and dropped."""
    buyer, clerk = cast.organisations["qingteng-volunteers"], person(cast, "qingteng-volunteers", "requester")
    for slug, quantity in {"shrimp-rice-5kg": 50, "camellia-oil-500": 30, "xiaotian-chestnut-kernels": 40}.items():
        orders.set_basket_line(organisation=buyer, pack=cast.pack(slug), quantity=quantity, by=clerk, at=cast.at(-1))
    buyer, clerk = cast.organisations["nuanlu-elder-care"], person(cast, "nuanlu-elder-care", "requester")
    pack = cast.pack("taoxi-vegetable-box")
    orders.set_basket_line(organisation=buyer, pack=pack, quantity=10, by=clerk, at=cast.at(-6))
    dropped = orders.request_from_basket(
        organisation=buyer,
        campaign=None,
        purpose="canteen",
        fund_source="organisation",
        delivery_point=buyer.delivery_points.order_by("pk")[0],
        by=clerk,
        at=cast.at(-6),
    )
    orders.cancel_requisition(requisition=dropped, by=clerk, at=cast.at(-5))
    orders.set_basket_line(organisation=buyer, pack=pack, quantity=3, by=clerk, at=cast.at(-1))


def _drafted(cast: Cast) -> None:
    """A requisition somebody began and has not submitted."""
    buyer, clerk = cast.organisations["qinghe-welfare"], person(cast, "qinghe-welfare", "requester")
    pack = cast.pack("xiaotian-kudzu-powder")
    orders.set_basket_line(organisation=buyer, pack=pack, quantity=12, by=clerk, at=cast.at(-1))
    orders.request_from_basket(
        organisation=buyer,
        campaign=cast.campaigns["autumn-drive"],
        purpose="activity",
        fund_source="union",
        delivery_point=buyer.delivery_points.order_by("pk")[0],
        note="年末茶话会",
        by=clerk,
        at=cast.at(-1),
    )


def _roster_with_bad_rows(cast: Cast) -> None:
    """民政's roster, uploaded and not applied: some rows are new, changed or as they were, and two cannot be taken."""
    union, clerk = cast.organisations["civil-affairs"], person(cast, "civil-affairs", "organiser")
    same, moved = union.members.on_roll(office_day(cast.at(0))).exclude(staff_number="").order_by("pk")[:2]
    rows = [
        [same.name, same.department, same.staff_number, same.phone],
        [moved.name, "社会事务科", moved.staff_number, moved.phone],
        ["新 来 ", "办公室", "ＭＺ９０１", "１３８００００２９０１"],
        ["", "办公室", "MZ902", ""],
        [same.name, same.department, same.staff_number, "138-0000"],
    ]
    content = make_workbook(
        "会员名册", ["姓名", "部门", "工号", "手机"], rows, above=["民政系统联合工会会员名册（示范）"]
    )
    parties.upload_roster(
        organisation=union, filename="会员名册.xlsx", content=content, is_complete=False, by=clerk, at=cast.at(-1)
    )

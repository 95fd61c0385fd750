"""What has happened so far: purchases in every state of the road, made by the actions people use, dated from today."""

from __future__ import annotations

from datetime import timedelta

from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import cancel_group_order
from marketplace.grouporders.links import revoke_links
from marketplace.grouporders.terms import Terms
from marketplace.money import yuan
from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder
from marketplace.parties import actions as parties
from marketplace.parties.actions import office_day
from marketplace.payments.models import Invoice
from marketplace.purchase.cancel import cancel
from marketplace.purchase.send_back import propose_return
from marketplace.sheets import make_workbook
from marketplace.uploads import Upload
from vendors.fulfilment import actions as vendor_side
from vendors.listing import actions as vendor_listings

from . import barriers, certificates, desk, elsewhere, going_back, honesty, looking, outings, privacy, private, standing
from .founding import Cast
from .steps import (
    Drive,
    accept_order,
    answer_order,
    buy,
    choose_all,
    deliver,
    hand_out,
    match_fapiao,
    open_drive,
    pay,
    person,
    place_all,
    receive_all,
    request,
    seat,
    send,
)


def tell_story(cast: Cast) -> None:
    """All purchases of the demonstration, oldest first."""
    standing.begin(cast)
    _first_drive(cast)
    _completed_drive(cast)
    _direct_completed(cast)
    _unpaid_drive(cast)
    _direct_part_paid(cast)
    _direct_cancelled(cast)
    going_back.tell(cast)
    private.tell(cast)
    outings.tell(cast)
    elsewhere.tell(cast)
    barriers.tell(cast)
    standing.tell(cast)
    looking.tell(cast)
    _late_vendor(cast)
    _waiting_for_approval(cast)
    _blocked_by_a_rule(cast)
    _waiting_to_be_placed(cast)
    _gone_before_placing(cast)
    _asked_for_by_an_approver(cast)
    _open_with_shortage(cast)
    _before_the_beginning(cast)
    _baskets(cast)
    _drafted(cast)
    _roster_with_bad_rows(cast)
    privacy.tell(cast)
    certificates.certify(cast)
    desk.tell(cast)
    honesty.tell(cast)


def _first_drive(cast: Cast) -> None:
    """The drive that has ended: two social organisations bought directly, and everything was done."""
    for number, (buyer, wanted) in enumerate(
        {
            "qingteng-volunteers": {"lanhua-tea-first-box": 40, "xiaotian-honey": 12},
            "nuanlu-elder-care": {"shrimp-rice-5kg": 45, "camellia-oil-500": 18},
        }.items()
    ):
        requisition = buy(
            cast, buyer, wanted, day=-110 + number, purpose="charity", note="首批直采", campaign="first-drive"
        )
        for order in place_all(cast, requisition, day=-109 + number):
            deliver(cast, order, day=-109 + number)
        pay(cast, requisition, day=-95, number=f"DEMO001{number}")


def _completed_drive(cast: Cast) -> None:
    """民政's drive of two months ago: everything done; a line declined in part, a box damaged."""
    group_order = open_drive(
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
    choose_all(group_order, "mid-autumn", at=cast.at(-62))
    requisition = request(cast, group_order, day=-58)
    for number, order in enumerate(place_all(cast, requisition, day=-57)):
        if number == 1:
            answer_order(cast, order, day=-56, promised=-52, declined=2)
            send(cast, order, day=-54, part=0.5)
            send(cast, order, day=-53, number=2)
            receive_all(cast, order, day=-51)
            accept_order(cast, order, day=-51)
            match_fapiao(cast, order, day=-49)
        else:
            deliver(cast, order, day=-57, damaged=1 if number == 2 else 0)
    pay(cast, requisition, day=-46, number="DEMO0001")
    hand_out(cast, requisition, day=-45)


def _direct_completed(cast: Cast) -> None:
    """青藤's direct purchase: completed and overpaid by a slip; one box went back later."""
    wanted = {"shrimp-rice-5kg": 60, "camellia-oil-500": 50, "jindong-eggs-30": 40}
    requisition = buy(cast, "qingteng-volunteers", wanted, day=-48, purpose="charity", note="敬老月慰问")
    placed = place_all(cast, requisition, day=-47)
    for order in placed:
        deliver(cast, order, day=-47)
    due = Invoice.objects.get(requisition=requisition).amount_open
    pay(cast, requisition, day=-36, amount=due + yuan(50), number="DEMO0002")
    order = PurchaseOrder.objects.get(pk=placed[0].pk)
    line = order.lines.order_by("pk")[0]
    receiver = person(cast, "qingteng-volunteers", "receiver")
    asked = propose_return(order=order, quantities={line.pk: 2}, reason="两袋真空包漏气", by=receiver, at=cast.at(-36))
    vendor_side.agree_to_return(goods_return=asked, by=seat(order), at=cast.at(-35))


def _unpaid_drive(cast: Cast) -> None:
    """福利院's drive: delivered and half handed out; the invoice is late and one fapiao is still missing."""
    group_order = open_drive(
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
    choose_all(group_order, "double-ninth", at=cast.at(-39))
    requisition = request(cast, group_order, day=-36)
    placed = place_all(cast, requisition, day=-35)
    for number, order in enumerate(placed):
        answer_order(cast, order, day=-34, promised=-28)
        send(cast, order, day=-31)
        receive_all(cast, order, day=-28)
        accept_order(cast, order, day=-28)
        if number:
            match_fapiao(cast, order, day=-26)
    hand_out(cast, requisition, day=-24, share=0.6)


def _direct_part_paid(cast: Cast) -> None:
    """暖炉's direct purchase: accepted, matched, and paid in part."""
    wanted = {"shrimp-rice-5kg": 40, "taoxi-vegetable-box": 20, "zhuanshuiwan-fish-head-dish": 30}
    requisition = buy(cast, "nuanlu-elder-care", wanted, day=-22, purpose="canteen", note="助餐点十一月用")
    for order in place_all(cast, requisition, day=-21):
        deliver(cast, order, day=-21)
    pay(cast, requisition, day=-9, amount=yuan(2000), number="DEMO0003")


def _direct_cancelled(cast: Cast) -> None:
    """青藤's chair takes an order back before its vendor has answered."""
    requisition = buy(
        cast, "qingteng-volunteers", {"xiaotian-honey": 12}, day=-18, purpose="charity", note="冬日送温暖"
    )
    (order,) = place_all(cast, requisition, day=-17)
    chair = person(cast, "qingteng-volunteers", "approver")
    cancel(order=order, reason="走访活动改期，另行采购", by=chair, at=cast.at(-16))


def _late_vendor(cast: Cast) -> None:
    """水阳's drive under way: one vendor silent beyond the day, one late with sending, one parcel waiting to be counted."""
    group_order = open_drive(
        cast,
        Drive(
            "shuiyang-township",
            "秋收慰问",
            ["shrimp-rice-5kg", "xiaotian-honey", "lanhua-tea-gift", "zhuanshuiwan-toon-sauce"],
            300,
            -16,
            open_days=4,
            freight_shared_by="weight",
        ),
    )
    choose_all(group_order, "harvest", at=cast.at(-15))
    requisition = request(cast, group_order, day=-12)
    placed = {order.vendor.slug: order for order in place_all(cast, requisition, day=-11)}
    answer_order(cast, placed["shuangtang-coop"], day=-9, promised=-3)
    for slug in ("sanyuan-mountain-goods", "zhuanshuiwan-foods"):
        answer_order(cast, placed[slug], day=-9, promised=-2)
        send(cast, placed[slug], day=-4)
    receive_all(cast, placed["zhuanshuiwan-foods"], day=-2, short=1)


def _waiting_for_approval(cast: Cast) -> None:
    """民政's second drive: submitted; some members would pass the yearly cap, so the chair finds warnings."""
    group_order = open_drive(
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
    request(cast, group_order, day=-2)


def _blocked_by_a_rule(cast: Cast) -> None:
    """水阳's birthday presents: two of six members chose above what a rule of the district allows, and it blocks."""
    group_order = open_drive(
        cast,
        Drive(
            "shuiyang-township",
            "四季度职工生日慰问",
            ["xiaotian-kudzu-powder", "jindong-ginger"],
            260,
            -9,
            open_days=4,
            purpose="other",
            message="十月至十二月过生日的同事选，每人 200 元左右。",
        ),
    )
    powder, ginger = cast.pack("xiaotian-kudzu-powder").pk, cast.pack("jindong-ginger").pk
    for number, participant in enumerate(group_order.participants.order_by("pk")[:6]):
        wanted = {powder: 5, ginger: 0} if number < 2 else {powder: 2, ginger: 1 + number % 3}
        grouporders.choose(participant=participant, quantities=wanted, at=cast.at(-8) + timedelta(minutes=number))
    request(cast, group_order, day=-3)


def _waiting_to_be_placed(cast: Cast) -> None:
    """福利院: one purchase approved and not placed, one returned with a reason."""
    requisition = buy(
        cast,
        "qinghe-welfare",
        {"wenchong-kudzu-slices": 20, "wenchong-lotus-seed": 20},
        day=-4,
        purpose="canteen",
        note="食堂备货",
    )
    chair = person(cast, "qinghe-welfare", "approver")
    orders.approve_requisition(requisition=requisition, by=chair, at=cast.at(-1))
    returned = buy(cast, "shuiyang-township", {"dushan-farm-stay@2": 4}, day=-5, purpose="activity", note="疗休养")
    orders.return_requisition(
        requisition=returned,
        reason="疗休养要先报年度计划，请附批准文号",
        by=person(cast, "shuiyang-township", "approver"),
        at=cast.at(-4),
    )


def _gone_before_placing(cast: Cast) -> None:
    """水阳: approved, and since then the vendor counted fewer chickens, so that placing is refused with the shortfall."""
    wanted = {"yanchun-chicken": 30, "jindong-ginger": 10}
    requisition = buy(cast, "shuiyang-township", wanted, day=-6, purpose="canteen", note="敬老院食堂")
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
    group_order = open_drive(
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
    revoke_links(group_order=group_order, participants=people[-1:], by=clerk, at=cast.at(-1))


def _before_the_beginning(cast: Cast) -> None:
    """A group order still being prepared, and one that was called off."""
    for day, title, is_called_off in ((-30, "立冬慰问（已取消）", True), (-1, "新春会员慰问品", False)):
        clerk, at = person(cast, "civil-affairs", "organiser"), cast.at(day)
        organisation = cast.organisations["civil-affairs"]
        terms = Terms(
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
            cancel_group_order(group_order=made, by=clerk, at=at + timedelta(days=1))


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
        organisation=union, roster=Upload("会员名册.xlsx", content), is_complete=False, by=clerk, at=cast.at(-1)
    )

"""Outings: a study day that was held, with vouchers used and not; stays and picking days booked, full, nearly full, called off."""

from __future__ import annotations

from marketplace.fulfilment.actions import Count
from marketplace.fulfilment.vouchering import Issued, issue_vouchers
from marketplace.grouporders import actions as grouporders
from marketplace.orders.models import PurchaseOrder
from marketplace.purchase.deliver import receive
from vendors.fulfilment import actions as vendor_side
from vendors.listing import actions as vendor_listings

from .founding import Cast
from .steps import Drive, accept_order, answer_order, buy, open_drive, person, place_all, request, seat

STAYED_AWAY = 3  # vouchers of the study day nobody used


def tell(cast: Cast) -> None:
    """The oldest first."""
    _study_day(cast)
    _study_day_not_settled(cast)
    _picking_called_off(cast)
    _picking_full(cast)
    _stay_too_thin(cast)
    _stay_nearly_full(cast)


def _study_day(cast: Cast) -> None:
    """小学's outing: everybody chose a place, most used their voucher, three stayed away; accepted as it was used."""
    group_order = open_drive(
        cast,
        Drive(
            "wutong-school",
            "教职工秋季研学",
            ["wenchong-study-day@0", "wenchong-study-day@1"],
            100,
            -34,
            open_days=4,
            message="每人一个名额，九点村口集合。",
            purpose="activity",
        ),
    )
    pack = cast.pack("wenchong-study-day@0")
    for participant in group_order.participants.order_by("pk"):
        grouporders.choose(participant=participant, quantities={pack.pk: 1}, at=cast.at(-32))
    requisition = request(cast, group_order, day=-29)
    (order,) = place_all(cast, requisition, day=-28)
    answer_order(cast, order, day=-27, promised=-12)
    issued = _give_out(cast, order, day=-20)
    for _voucher, code in issued[:-STAYED_AWAY]:
        vendor_side.redeem_voucher(code=code, by=seat(order), at=cast.at(-12))
    _carried_out(cast, order, day=-11, came=len(issued) - STAYED_AWAY)
    accept_order(cast, order, day=-10)


def _study_day_not_settled(cast: Cast) -> None:
    """青藤 came with fewer than it had booked: two vouchers are used, two expired, and nothing is settled yet."""
    requisition = buy(
        cast, "qingteng-volunteers", {"wenchong-study-day@0": 4}, day=-26, purpose="activity", note="志愿者研学"
    )
    (order,) = place_all(cast, requisition, day=-25)
    answer_order(cast, order, day=-24, promised=-12)
    for _voucher, code in _give_out(cast, order, day=-20)[:2]:
        vendor_side.redeem_voucher(code=code, by=seat(order), at=cast.at(-12))


def _give_out(cast: Cast, order: PurchaseOrder, *, day: float) -> Issued:
    clerk = person(cast, order.organisation.slug, "requester")
    return issue_vouchers(order=order, by=clerk, at=cast.at(day))


def _carried_out(cast: Cast, order: PurchaseOrder, *, day: float, came: int) -> None:
    """The vendor reports who was expected; the receiver counts those who came."""
    (line,) = order.lines.all()
    made = vendor_side.dispatch(
        order=order,
        quantities={line.pk: line.quantity_confirmed},
        carrier="",
        waybill_number="",
        note="天气晴，按计划完成",
        by=seat(order),
        at=cast.at(day),
    )
    (row,) = made.lines.all()
    receiver = person(cast, order.organisation.slug, "receiver")
    receive(consignment=made, counts=[Count(row.pk, came, short=row.quantity - came)], by=receiver, at=cast.at(day, 15))


def _picking_called_off(cast: Cast) -> None:
    """青藤 had booked a picking day which its vendor calls off: everything went back."""
    requisition = buy(
        cast, "qingteng-volunteers", {"yunling-tea-picking-day@2": 12}, day=-15, purpose="activity", note="志愿者春游"
    )
    (order,) = place_all(cast, requisition, day=-14)
    answer_order(cast, order, day=-13, promised=-1)
    session = cast.session("yunling-tea-picking-day", 2)
    vendor_listings.call_off_session(
        session=session, reason="当天村道施工，大巴上不去，改期另开", by=seat(order), at=cast.at(-4)
    )


def _picking_full(cast: Cast) -> None:
    """福利院 took all the places of the first picking day; the vendor has not answered yet."""
    requisition = buy(
        cast, "qinghe-welfare", {"yunling-tea-picking-day@0": 24}, day=-3, purpose="activity", note="春季职工采茶"
    )
    place_all(cast, requisition, day=-2)


def _stay_too_thin(cast: Cast) -> None:
    """One room only was booked for a weekend whose last day for booking is over."""
    requisition = buy(
        cast, "nuanlu-elder-care", {"dushan-farm-stay@0": 1}, day=-16, purpose="activity", note="护理员疗休养"
    )
    (order,) = place_all(cast, requisition, day=-15)
    answer_order(cast, order, day=-14, promised=4)


def _stay_nearly_full(cast: Cast) -> None:
    """暖炉's second weekend: one room is left, the vouchers are out and wait for their day."""
    requisition = buy(
        cast, "nuanlu-elder-care", {"dushan-farm-stay@1": 5}, day=-9, purpose="activity", note="护理员疗休养"
    )
    (order,) = place_all(cast, requisition, day=-8)
    answer_order(cast, order, day=-7, promised=18)
    _give_out(cast, order, day=-5)

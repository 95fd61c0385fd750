"""Organisations that change: an upper union and those below, names, a hand-over, a merger, a lost account, two places."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.allowances.actions import declare_share
from marketplace.grouporders.models import GroupOrder
from marketplace.money import yuan
from marketplace.orders.models import PurchaseOrder
from marketplace.parties import naming, places, recovery, tree
from marketplace.parties.actions import office_day
from marketplace.parties.models import BuyerOrganisation, DeliveryPoint, Department, Member
from marketplace.purchase import staff
from marketplace.purchase.merge import confirm_merger, propose_merger
from vendors.fulfilment import actions as vendor_side

from .data import read_world
from .founding import Cast
from .steps import Drive, answer_order, choose_all, open_drive, person, place_all, receive_all, request, seat

UPPER = "civil-affairs"


def begin(cast: Cast) -> None:
    """Before anybody buys: departments, who stands under whom, a name that changed, a station that went over."""
    _departments(cast)
    _tree(cast)
    _renamed(cast)
    _merged(cast)


def _departments(cast: Cast) -> None:
    """As the rolls name them; the rescue station of 民政 collects at its own gate."""
    for row in read_world()["organisation"]:
        Department.objects.bulk_create(
            Department(organisation=cast.organisations[row["slug"]], name=name, position=position)
            for position, name in enumerate(row["departments"], start=1)
        )
    union = cast.organisations[UPPER]
    main, gate = union.delivery_points.order_by("pk")
    clerk, at = person(cast, UPPER, "organiser"), cast.at(-180)
    places.make_default_point(point=main, by=clerk, at=at)
    places.change_delivery_point(
        point=gate,
        name=gate.name,
        address=gate.address,
        contact_name=gate.contact_name,
        phone=gate.phone,
        opening_hours="全天，夜间按门铃",
        unloading_note="货车停东侧，无电梯",
        by=clerk,
        at=at,
    )
    rows = [
        places.DepartmentRow(row.pk, row.name, gate if row.name == "救助管理站" else None)
        for row in union.departments.all()
    ]
    places.arrange_departments(organisation=union, rows=rows, by=clerk, at=at)


def _tree(cast: Cast) -> None:
    """福利院 and 小学 stand under 民政; 水阳 asks to."""
    upper, at = cast.organisations[UPPER], cast.at(-170)
    for slug, amount in (("qinghe-welfare", 30000), ("wutong-school", 20000)):
        lower, admin = cast.organisations[slug], person(cast, slug, "administrator")
        begins_on = office_day(at)
        asked = tree.ask_upper(organisation=lower, upper=upper, begins_on=begins_on, by=admin, at=at)
        tree.agree_to_upper(subordination=asked, by=person(cast, UPPER, "administrator"), at=cast.at(-169))
        for year in {cast.at(-60).year, cast.today.year}:
            declare_share(organisation=lower, year=year, amount=yuan(amount), by=admin, at=at)
    tree.ask_upper(
        organisation=cast.organisations["shuiyang-township"],
        upper=upper,
        begins_on=office_day(cast.at(7)),
        by=person(cast, "shuiyang-township", "administrator"),
        at=cast.at(-1),
    )


def _renamed(cast: Cast) -> None:
    """暖炉 had another name until a hundred days ago."""
    for row in read_world()["organisation"]:
        if "former_name" in row:
            organisation = cast.organisations[row["slug"]]
            naming.rename(
                organisation=organisation,
                name=row["name"],
                social_credit_code=row["social_credit_code"],
                fapiao_title=row["fapiao_title"],
                valid_from=office_day(cast.at(-100)),
                reason="登记管理机关核准变更名称",
                by=cast.users["operator"],
                at=cast.at(-100),
            )
            organisation.refresh_from_db()


def _merged(cast: Cast) -> None:
    """晚晴's small union went over into 福利院's; one of its two members was on that roll already."""
    into = cast.organisations["qinghe-welfare"]
    old = BuyerOrganisation.objects.create(
        slug="wanqing-station",
        name="宣州区晚晴养老服务站工会小组（示范）",
        kind=BuyerOrganisation.Kind.TRADE_UNION,
        region=into.region,
        fapiao_title="宣州区晚晴养老服务站工会小组（示范）",
        created_at=cast.at(-200),
    )
    DeliveryPoint.objects.create(
        organisation=old,
        name="晚晴服务站",
        address="安徽省宣城市宣州区双桥街道示范路61号",
        contact_name="石榴红",
        phone="13800001013",
    )
    known = into.members.exclude(phone="").order_by("pk").first()
    rows = [("晚樱", "13800002911")] + ([(known.name, known.phone)] if known else [])
    Member.objects.bulk_create(
        Member(organisation=old, name=name, phone=phone, department="晚晴服务站", joined_on=date(2021, 3, 1))
        for name, phone in rows
    )
    officer, at = cast.users["officer-xuanzhou"], cast.at(-120)
    merger = propose_merger(
        absorbed=old, into=into, takes_effect_on=office_day(at), reason="服务站并入福利院", by=officer, at=at
    )
    confirm_merger(merger=merger, by=cast.users["operator"], at=at)


def tell(cast: Cast) -> None:
    """What waits now: a drive for two places, a hand-over, a lost account, a merger to confirm."""
    _two_places(cast)
    admin, union = person(cast, UPPER, "administrator"), cast.organisations[UPPER]
    staff.hand_over(
        organisation=union,
        giver=person(cast, UPPER, "treasurer"),
        roles=["treasurer"],
        begins_on=office_day(cast.at(20)),
        successor=admin,
        by=admin,
        at=cast.at(-1),
    )
    recovery.ask_recovery(
        organisation=cast.organisations["shuiyang-township"],
        person=person(cast, "shuiyang-township", "organiser"),
        reason="换了手机，邮箱也登不上了",
        by=person(cast, "shuiyang-township", "administrator"),
        at=cast.at(-1),
    )
    propose_merger(
        absorbed=cast.organisations["nuanlu-elder-care"],
        into=cast.organisations["qingteng-volunteers"],
        takes_effect_on=office_day(cast.at(60)),
        reason="两家社会组织拟合并办公",
        by=cast.users["officer-xuanzhou"],
        at=cast.at(-1),
    )


def _two_places(cast: Cast) -> None:
    """民政's drive for two places: what goes to the hall has come, what goes to the rescue station is under way."""
    drive = Drive(
        UPPER,
        "冬季暖心物资",
        ["jindong-eggs-30", "zhuanshuiwan-toon-sauce"],
        60,
        -20,
        open_days=4,
        message="救助站的同事在站里领，其他人到大厅西侧库房领。",
        purpose="staff_welfare",
        to_every_point=True,
    )
    group_order: GroupOrder = open_drive(cast, drive)
    choose_all(group_order, "winter", at=cast.at(-19))
    requisition = request(cast, group_order, day=-16)
    for order in place_all(cast, requisition, day=-15):
        answer_order(cast, order, day=-14, promised=-9)
        for number, delivery in enumerate(order.deliveries.all()):
            vendor_side.dispatch(
                order=PurchaseOrder.objects.get(pk=order.pk),
                quantities={row.line_id: row.quantity_due for row in delivery.lines.all()},
                carrier="示范物流",
                waybill_number=f"SF{order.pk:05d}{number:03d}",
                note="",
                delivery=delivery,
                by=seat(order),
                at=cast.at(-11 + 8 * number) + timedelta(hours=1),
            )
            if number == 0:
                receive_all(cast, order, day=-9)

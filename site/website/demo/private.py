"""Two caring individuals: one whose purchase is completed and counts for a union, one who has just signed up."""

from __future__ import annotations

from marketplace.orders import actions as orders
from marketplace.orders.models import PurchaseOrder, Requisition
from marketplace.parties import actions as parties
from marketplace.parties.models import BuyerOrganisation
from marketplace.purchase.buy import buy

from .founding import Cast
from .steps import accept_order, answer_order, pay, receive_all, send

UNION = "civil-affairs"


def tell(cast: Cast) -> None:
    """陆晴川 bought a month ago and again yesterday; 唐一苇 has just signed up and asked to be counted."""
    lu = _signed_up(cast, "caring-lu", "陆晴川", -26)
    asked = parties.ask_affiliation(
        person=lu, name="陆晴川", organisation=cast.organisations[UNION], by=cast.users["caring-lu"], at=cast.at(-26)
    )
    parties.confirm_affiliation(affiliation=asked, by=cast.users["minzheng-admin"], at=cast.at(-25))
    done = _bought(cast, lu, "caring-lu", {"xiaotian-honey": 2, "camellia-oil-500": 1}, -24)
    pay(cast, done, day=-24, number="DEMO0006")
    for order in PurchaseOrder.objects.filter(requisition=done).order_by("pk"):
        answer_order(cast, order, day=-23, promised=-20)
        send(cast, order, day=-22)
        receive_all(cast, order, day=-19)
        accept_order(cast, order, day=-19)
    _bought(cast, lu, "caring-lu", {"jindong-eggs-30": 2, "shrimp-rice-5kg": 1}, -1)
    tang = _signed_up(cast, "caring-tang", "唐一苇", -2)
    parties.ask_affiliation(
        person=tang, name="唐一苇", organisation=cast.organisations[UNION], by=cast.users["caring-tang"], at=cast.at(-2)
    )
    _fill(cast, tang, "caring-tang", {"xiaotian-honey": 1}, -1)


def _signed_up(cast: Cast, username: str, name: str, day: float) -> BuyerOrganisation:
    user = cast.users[username]
    made = parties.sign_up_individual(name=name, region=cast.regions["341802"], by=user, at=cast.at(day))
    parties.add_delivery_point(
        organisation=made,
        name="家",
        address="宣州区示范路 9 号 3 幢（虚构）",
        contact_name=name,
        phone="13800000009",
        by=user,
        at=cast.at(day),
    )
    cast.organisations[made.slug] = made
    return made


def _fill(cast: Cast, buyer: BuyerOrganisation, username: str, wanted: dict[str, int], day: float) -> None:
    for slug, quantity in wanted.items():
        orders.set_basket_line(
            organisation=buyer, pack=cast.pack(slug), quantity=quantity, by=cast.users[username], at=cast.at(day)
        )


def _bought(cast: Cast, buyer: BuyerOrganisation, username: str, wanted: dict[str, int], day: float) -> Requisition:
    _fill(cast, buyer, username, wanted, day)
    return buy(buyer=buyer, delivery_point=buyer.delivery_points.get(), by=cast.users[username], at=cast.at(day))

"""What the large world stands on: the demonstration's regions, shelves and pictures, and people of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from marketplace.catalogue.models import Listing, Product
from marketplace.parties.models import BuyerOrganisation, DeliveryPoint, Membership, Role, Vendor
from marketplace.programme.models import Campaign, Pairing, Region

from .words import PREFIX, short_place

LISTINGS = 1000  # for each step of the scale
VENDORS, BUYERS, REQUISITIONS = 4, 3, 50
SHARED = 20  # organisations in which the large world's people hold roles: a desk stays readable
KINDS = (Vendor.Kind.COOPERATIVE, Vendor.Kind.FAMILY_FARM, Vendor.Kind.VILLAGE_COLLECTIVE, Vendor.Kind.HOUSEHOLD)
WORDS = ("专业合作社", "家庭农场", "股份经济合作社", "农户联营点")


@dataclass(frozen=True, slots=True)
class Ground:
    """What every part of the large world refers to."""

    scale: int
    today: datetime
    pairing: Pairing
    campaign: Campaign | None
    places: list[Region]
    products: list[Product]
    covers: dict[int, tuple[Any, str]]  # by product: a picture of the demonstration, with its words
    clerk: User
    chair: User
    vendors: list[Vendor]
    buyers: list[BuyerOrganisation]
    points: dict[int, DeliveryPoint]  # by organisation

    def at(self, days_ago: float, hour: int = 10) -> datetime:
        """A moment so many days before today."""
        return (self.today - timedelta(days=days_ago)).replace(hour=hour, minute=12, second=0, microsecond=0)


def lay_ground(scale: int, today: datetime) -> Ground:
    """Vendors and buyers in proportion, on the demonstration's regions."""
    pairing = Pairing.objects.select_related("supporting", "aided").get(aided__code="341523")
    places = list(
        Region.objects.filter(code__startswith="341523", level__in=["township", "village"])
        .select_related("parent")
        .order_by("code", "valid_from")
    )
    clerk, chair = (_person(f"{PREFIX}{name}") for name in ("clerk", "chair"))
    began = today - timedelta(days=760)
    vendors = Vendor.objects.bulk_create(_vendors(max(20, VENDORS * scale), places, began, chair))
    buyers = BuyerOrganisation.objects.bulk_create(_buyers(max(10, BUYERS * scale), pairing.supporting, began))
    points = DeliveryPoint.objects.bulk_create(_point(buyer) for buyer in buyers)
    Membership.objects.bulk_create(
        Membership(user=user, organisation=buyer, role=role, began_at=began)
        for buyer in buyers[:SHARED]
        for user, roles in ((clerk, (Role.ORGANISER, Role.REQUESTER, Role.TREASURER)), (chair, (Role.APPROVER,)))
        for role in roles
    )
    listings = Listing.objects.exclude(cover=None).exclude(slug__startswith=PREFIX).select_related("cover")
    return Ground(
        scale=scale,
        today=today,
        pairing=pairing,
        campaign=Campaign.objects.filter(
            pairing=pairing, starts_on__lte=today.date(), ends_on__gt=today.date()
        ).first(),
        places=places,
        products=list(Product.objects.select_related("category__parent").order_by("pk")),
        covers={listing.product_id: (listing.cover, listing.cover_alt) for listing in listings},
        clerk=clerk,
        chair=chair,
        vendors=vendors,
        buyers=buyers,
        points={point.organisation_id: point for point in points},
    )


def _person(username: str) -> User:
    return User.objects.create_user(username, last_name="规模示范", is_active=False)


def _vendors(count: int, places: list[Region], at: datetime, by: User) -> list[Vendor]:
    made = []
    for number in range(count):
        home, kind = places[number % len(places)], number % len(KINDS)
        made.append(
            Vendor(
                slug=f"{PREFIX}v{number:05d}",
                name=f"{short_place(home.name)}第{number + 1}{WORDS[kind]}（规模示范）",
                kind=KINDS[kind],
                home=home,
                story="周边农户把收成交到这里，分级、装箱、发货都在一个院子里完成。",
                contact_name="示范联系人",
                phone="13800009000",
                applied_at=at,
                admitted_at=at,
                admitted_by=by,
            )
        )
    return made


def _buyers(count: int, region: Region, at: datetime) -> list[BuyerOrganisation]:
    kinds = BuyerOrganisation.Kind
    return [
        BuyerOrganisation(
            slug=f"{PREFIX}b{number:05d}",
            name=f"宣州区第{number + 1}基层工会委员会（规模示范）",
            kind=kinds.SOCIAL_ORGANISATION if number % 5 == 4 else kinds.TRADE_UNION,
            region=region,
            fapiao_title=f"宣州区第{number + 1}基层工会委员会（规模示范）",
            created_at=at,
        )
        for number in range(count)
    ]


def _point(buyer: BuyerOrganisation) -> DeliveryPoint:
    return DeliveryPoint(
        organisation=buyer,
        name="门卫收发室",
        address="安徽省宣城市宣州区示范路1号",
        contact_name="示范收货人",
        phone="13800009001",
    )

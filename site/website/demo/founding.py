"""Who and what there is before anybody buys: regions, pairing, campaigns, organisations, people, vendors, listings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.images import ImageFile
from wagtail.images.models import Image

from marketplace.allowances.actions import load_rule_pack, load_rule_packs
from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.models import Category, Listing, ListingPicture, Pack, PriceTier, Product
from marketplace.catalogue.opening import Plan
from marketplace.catalogue.sessions import ServiceSession
from marketplace.money import Money
from marketplace.parties import actions as parties
from marketplace.parties.models import OFFICERS, BuyerOrganisation, DeliveryPoint, Member, OfficeMembership, Vendor
from marketplace.programme.actions import load_regions
from marketplace.programme.models import Campaign, CampaignTarget, Pairing, Region
from vendors.listing import actions as listings
from vendors.people.actions import seat

from .data import HERE, PICTURES, picture_credits, read_world
from .labels import label, net_grams
from .people import PASSWORD

REVIEWER = "officer-shucheng"
EDITORIAL = {"editor": "Editors", "moderator": "Moderators"}  # the groups Wagtail makes


@dataclass
class Cast:
    """Everybody and everything by its name in the data files."""

    today: datetime
    users: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, BuyerOrganisation] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)

    def at(self, day: float, hour: int = 10) -> datetime:
        """A moment so many days from today."""
        return (self.today + timedelta(days=day)).replace(hour=hour, minute=12)

    def pack(self, slug: str, place: int = 0) -> Pack:
        """A listing's pack, by position; ``slug@2`` is that of its third session."""
        slug, _at, number = slug.partition("@")
        packs = self.listings[slug].packs.all()
        if number:
            packs = Pack.objects.filter(session=self.session(slug, int(number)))
        return list(packs.select_related("listing", "session").order_by("sort_order", "pk"))[place]

    def session(self, slug: str, number: int) -> ServiceSession:
        """A listing's session, in the order of their days."""
        return list(self.listings[slug].sessions.select_related("capacity", "listing__vendor"))[number]


def found_world(today: datetime) -> Cast:
    """Everything up to the published catalogue, by the actions people use."""
    cast = Cast(today)
    load_regions()
    load_rule_packs()
    load_rule_pack(HERE / "rules.toml")
    cast.regions = {region.code: region for region in Region.objects.order_by("valid_from")}
    world = read_world()
    _people(cast, world["person"])
    _programme(cast, world)
    _organisations(cast, world)
    _vendors(cast, world["vendor"])
    _seats(cast, world["person"])
    _freight(cast, world["vendor"])
    _catalogue(cast, world)
    return cast


def _people(cast: Cast, rows: list[dict[str, Any]]) -> None:
    hashed = User()
    hashed.set_password(PASSWORD)
    User.objects.bulk_create(
        User(
            username=row["username"],
            last_name=row["name"],
            email=f"{row['username']}@example.org",
            password=hashed.password,
            is_superuser=row.get("is_operator", False),
            is_staff=row.get("is_operator", False),
        )
        for row in rows
    )
    cast.users = {user.username: user for user in User.objects.all()}


def _programme(cast: Cast, world: dict[str, Any]) -> None:
    pairings = {
        row["slug"]: Pairing.objects.create(
            supporting=cast.regions[row["supporting"]],
            aided=cast.regions[row["aided"]],
            kind=row["kind"],
            starts_on=row["starts_on"],
        )
        for row in world["pairing"]
    }
    for row in world["campaign"]:
        campaign = Campaign.objects.create(
            slug=row["slug"],
            name=row["name"],
            name_en=row["name_en"],
            summary=row["summary"],
            pairing=pairings[row["pairing"]],
            starts_on=cast.at(row["starts_day"]).date(),
            ends_on=cast.at(row["ends_day"]).date(),
        )
        CampaignTarget.objects.create(campaign=campaign, amount=Money(row["target"]))
        cast.campaigns[row["slug"]] = campaign


def _organisations(cast: Cast, world: dict[str, Any]) -> None:
    for row in world["organisation"]:
        organisation = BuyerOrganisation.objects.create(
            slug=row["slug"],
            name=row.get("former_name", row["name"]),
            kind=row["kind"],
            social_credit_code=row["social_credit_code"],
            region=cast.regions[row["region"]],
            fapiao_title=row.get("former_name", row["fapiao_title"]),
            created_at=cast.at(-200),
        )
        DeliveryPoint.objects.bulk_create(
            DeliveryPoint(organisation=organisation, **point) for point in row["delivery_points"]
        )
        cast.organisations[row["slug"]] = organisation
    for roll in world["roll"]:
        Member.objects.bulk_create(
            Member(organisation=cast.organisations[roll["organisation"]], **_member(cast, row))
            for row in roll["members"]
        )


def _member(cast: Cast, row: dict[str, Any]) -> dict[str, Any]:
    days = {
        name.removesuffix("_day") + "_on": cast.at(value).date() for name, value in row.items() if name.endswith("_day")
    }
    return {name: value for name, value in row.items() if not name.endswith("_day")} | days


def _vendors(cast: Cast, rows: list[dict[str, Any]]) -> None:
    names = ("slug", "name", "kind", "social_credit_code", "story", "contact_name", "phone")
    for row in rows:
        cast.vendors[row["slug"]] = Vendor.objects.create(
            **{name: row[name] for name in names},
            home=cast.regions[row["home"]],
            applied_at=cast.at(row["applied_day"]),
        )


def _seats(cast: Cast, rows: list[dict[str, Any]]) -> None:
    operator = cast.users["operator"]
    for row in rows:
        user = cast.users[row["username"]]
        if "roles" in row:
            organisation = cast.organisations[row["organisation"]]
            parties.grant_roles(organisation=organisation, user=user, roles=row["roles"], by=operator, at=cast.at(-190))
        elif "vendor" in row:
            seat(vendor=cast.vendors[row["vendor"]], user=user, by=operator, at=cast.at(-190))
        elif "region" in row:
            user.groups.add(Group.objects.get(name=OFFICERS))
            OfficeMembership.objects.create(user=user, region=cast.regions[row["region"]], began_at=cast.at(-190))
        elif "desk" in row:
            user.groups.add(Group.objects.get(name=EDITORIAL[row["desk"]]))
    world = {row["slug"]: row for row in read_world()["vendor"]}
    for slug, vendor in cast.vendors.items():
        if world[slug]["admitted"]:
            parties.admit_vendor(vendor=vendor, by=cast.users[REVIEWER], at=cast.at(world[slug]["admitted_day"]))


def _freight(cast: Cast, rows: list[dict[str, Any]]) -> None:
    """What the vendors ask for delivery; those who say nothing deliver free."""
    for row in rows:
        if areas := row.get("freight"):
            vendor = cast.vendors[row["slug"]]
            zones = [_zone(area) for area in areas]
            listings.set_freight_rule(vendor=vendor, zones=zones, by=vendor.people.get().user, at=cast.at(-170))


def _zone(area: dict[str, Any]) -> Zone:
    usual = {"is_delivered": True, "first_grams": 1000, "first_fee": 0, "next_grams": 1000, "next_fee": 0}
    values = usual | {"free_from": None} | area
    money = {name: Money(values[name]) for name in ("first_fee", "next_fee", "free_from") if values[name] is not None}
    return Zone(**(values | money))


def _catalogue(cast: Cast, world: dict[str, Any]) -> None:
    categories: dict[str, Category] = {}
    for row in world["category"]:
        rest = {name: value for name, value in row.items() if name != "parent"}
        categories[row["slug"]] = Category.objects.create(parent=categories.get(row.get("parent", "")), **rest)
    products = {
        row["slug"]: Product.objects.create(slug=row["slug"], name=row["name"], category=categories[row["category"]])
        for row in world["product"]
    }
    images = {stem: _image(stem) for stem in sorted({p["stem"] for row in world["listing"] for p in row["pictures"]})}
    for row in world["listing"]:
        cast.listings[row["slug"]] = _listing(cast, row, products[row["product"]], images)


def _image(stem: str) -> Image:
    credit = picture_credits()[stem]
    with (PICTURES / credit["file"]).open("rb") as file:
        return Image.objects.create(title=credit["alt_zh"], file=ImageFile(file, name=credit["file"]))


def _listing(cast: Cast, row: dict[str, Any], product: Product, images: dict[str, Image]) -> Listing:
    vendor = cast.vendors[row["vendor"]]
    months = row["months"]
    listing = Listing(
        vendor=vendor,
        product=product,
        slug=row["slug"],
        title=row["title"],
        summary=row["summary"],
        description=row["description"],
        origin=cast.regions[row["origin"]],
        season=f",{','.join(map(str, sorted(months)))}," if months else "",
        tax_rate=row["tax_rate"],
        live=False,
    )
    listing.packs.set(_pack(pack, place) for place, pack in enumerate(row["packs"]))
    listing.pictures.set(
        ListingPicture(
            image=images[picture["stem"]],
            alt_text=picture["alt_text"],
            credit=picture_credits()[picture["stem"]]["credit"],
            sort_order=place,
        )
        for place, picture in enumerate(row["pictures"])
    )
    label(listing, row, cast.today)
    listing = _through_review(cast, row, listing)
    for number, session in enumerate(row.get("sessions", [])):
        person = vendor.people.get().user
        opened = cast.at(row.get("published_day", -3), 11) + timedelta(minutes=number)
        listings.open_session(listing=listing, plan=_plan(cast, session), by=person, at=opened)
    return Listing.objects.get(pk=listing.pk)


def _plan(cast: Cast, row: dict[str, Any]) -> Plan:
    """A session in so many days, or on a day of the coming spring."""
    if "spring" in row:
        month, day = row["spring"]
        starts = cast.today.date().replace(month=month, day=day)
        starts = starts if starts > cast.at(30).date() else starts.replace(year=starts.year + 1)
    else:
        starts = cast.at(row["day"]).date()
    return Plan(
        starts_on=starts,
        ends_on=cast.at(row["last_day"]).date() if "last_day" in row else None,
        starts_at=row.get("starts_at"),
        persons=row["persons"],
        deadline_days=row["deadline_days"],
        minimum_persons=row.get("minimum_persons", 1),
    )


def _pack(row: dict[str, Any], place: int) -> Pack:
    pack = Pack(
        name=row["name"],
        unit=row["unit"],
        unit_price=Money(row["unit_price"]),
        initial_stock=row["stock"],
        minimum_quantity=row.get("minimum_quantity", 1),
        multiple=row.get("multiple", 1),
        weight_grams=row["weight_grams"],
        net_grams=net_grams(row["name"]),
        persons=row.get("persons", 1),
        sort_order=place,
    )
    pack.tiers.set(
        PriceTier(from_quantity=tier["from_quantity"], unit_price=Money(tier["unit_price"]))
        for tier in row.get("tiers", [])
    )
    return pack


def _through_review(cast: Cast, row: dict[str, Any], listing: Listing) -> Listing:
    """Draft, submit, approve or return, withdraw: as far as the data says."""
    person, officer = cast.vendors[row["vendor"]].people.get().user, cast.users[REVIEWER]
    day = row.get("published_day", -3)
    listing = listings.save_draft(listing=listing, by=person, at=cast.at(day - 2))
    if row["state"] != "draft":
        listings.submit(listing=listing, by=person, at=cast.at(day - 1))
    listing = Listing.objects.get(pk=listing.pk)
    if row["state"] in ("published", "withdrawn"):
        listing = catalogue.approve_listing(
            listing=listing, revision_pk=listing.latest_revision_id or 0, by=officer, at=cast.at(day)
        )
    if row["state"] == "returned":
        catalogue.return_listing(listing=listing, reason=row["reason"], by=officer, at=cast.at(day))
    if row["state"] == "withdrawn":
        listings.withdraw(listing=listing, by=person, at=cast.at(day + 60))
    return Listing.objects.get(pk=listing.pk)

"""A vendor writes a listing part by part: nothing typed is lost, a part touches no other, and what is missing is said."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.missing import missing_of
from marketplace.catalogue.models import Listing
from tests.factories import world as factory
from tests.factories.files import picture
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["teaco"])
    return client


def address(listing: Listing, part: str) -> str:
    return reverse("vendors:listing_part", args=[listing.pk, part])


def begun(world: World, vendor: Client) -> Listing:
    """A listing of which only the first part was written."""
    typed = {
        "product": world.tea.product_id,
        "title": "新茶",
        "summary": "一句话",
        "description": "说明",
        "origin": world.tea_vendor.home_id,
        "tax_rate": "exempt",
    }
    answer = vendor.post(reverse("vendors:new_listing"), {**typed, "next": "1"})
    made = Listing.objects.get(title="新茶")
    assert answer["Location"] == address(made, "packs")
    return made


PACK: dict[str, Any] = {
    "name": "250 g 罐",
    "unit": "罐",
    "unit_price": "68",
    "weight_grams": "450g",
    "net_grams": "250g",
}


def packs(**changes: Any) -> dict[str, Any]:
    return {f"pack0-{name}": value for name, value in ({**PACK, "is_offered": "on"} | changes).items()}


def latest(listing: Listing) -> Listing:
    found: Listing = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object()
    return found


def test_each_part_is_kept_by_itself_and_the_list_says_what_is_missing(world: World, vendor: Client) -> None:
    made = begun(world, vendor)
    tasks = reverse("vendors:change_listing", args=[made.pk])
    assert [lack.part for lack in missing_of(latest(made))] == ["packs", "pictures"]
    shown = vendor.get(tasks).content.decode()
    assert shown.count("still missing:") == 2
    assert " disabled" in shown
    assert vendor.post(reverse("vendors:submit_listing", args=[made.pk])).status_code == 302
    assert Listing.objects.get(pk=made.pk).state == "draft"
    vendor.post(address(made, "packs"), packs())
    vendor.post(
        address(made, "pictures"),
        {
            "picture0-file": SimpleUploadedFile("b.png", picture("PNG")),
            "picture0-alt_text": "后",
            "picture0-position": "2",
            "picture1-file": SimpleUploadedFile("a.png", picture("PNG")),
            "picture1-alt_text": "先",
            "picture1-position": "1",
        },
    )
    vendor.post(address(made, "label"), {"grade": "特级", "shelf_life_days": "540", "allergens": ["nuts", "soy"]})
    ways = {"way0-mode": "contract", "way0-households": "20", "way0-year": "2026", "way0-statement": "收鲜叶"}
    vendor.post(address(made, "linkage"), ways)
    vendor.post(address(made, "season"), {"months": ["3", "4"]})
    written = latest(made)
    assert [row.alt_text for row in written.pictures.order_by("sort_order")] == ["先", "后"]
    assert (written.title, written.grade, written.allergens, written.season) == ("新茶", "特级", ",soy,nuts,", ",3,4,")
    assert [(p.net_grams, str(p.price_per_jin)) for p in written.packs.all()] == [(250, "¥136.00")]
    assert [row.claim for row in written.linkages.all()] == [("contract", 20, 2026)]
    assert missing_of(written) == []
    vendor.post(reverse("vendors:submit_listing", args=[made.pk]))
    assert Listing.objects.get(pk=made.pk).state == "submitted"
    assert vendor.get(address(made, "packs")).status_code == 302  # frozen until the officer has answered


def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(world: World, vendor: Client) -> None:
    made = begun(world, vendor)
    answer = vendor.post(address(made, "packs"), packs(net_grams="2kg"))
    assert answer.status_code == 422
    assert "250 g 罐" in answer.content.decode()
    assert not latest(made).packs.all()
    label = {"grade": "特级", "allergens": ["none", "fish"]}
    assert vendor.post(address(made, "label"), label).status_code == 422
    plan = {"advance_from": "2026-12-01", "advance_until": "2026-12-31", "harvest_kilograms": "10"}
    shown = vendor.post(address(made, "season"), plan).content.decode()
    assert "Whoever orders in advance has to know by when it is sent." in shown
    assert "Say from which day it is harvested." in shown
    assert latest(made).advance_from is None


def test_a_part_of_a_published_listing_changes_nothing_on_sale(world: World, vendor: Client) -> None:
    listing = world.tea.get_latest_revision_as_object()
    listing.linkages = [FarmerLinkage(mode="shares", households=5, year=2026)]
    factory.reviewed(listing, world)
    vendor.post(address(world.tea, "label"), {"grade": "一级"})
    world.tea.refresh_from_db()
    assert (world.tea.grade, latest(world.tea).grade) == ("", "一级")
    assert [row.households for row in latest(world.tea).linkages.all()] == [5]
    assert latest(world.tea).packs.get().ladder == world.tea_pack.ladder


def test_a_part_that_is_none_is_not_there(world: World, vendor: Client) -> None:
    assert vendor.get(address(world.tea, "price")).status_code == 404


def test_a_small_change_of_a_published_listing_goes_on_sale_from_the_task_list(world: World, vendor: Client) -> None:
    ways = {"way0-mode": "contract", "way0-households": "20", "way0-year": "2026"}
    shown = vendor.get(reverse("vendors:change_listing", args=[world.tea.pk])).content.decode()
    assert "What an officer sees before buyers do" in shown
    vendor.post(address(world.tea, "season"), {"months": ["3", "4"]})
    vendor.post(reverse("vendors:submit_listing", args=[world.tea.pk]))
    now = Listing.objects.get(pk=world.tea.pk)
    assert (now.season, now.state) == (",3,4,", "published")
    vendor.post(address(world.tea, "linkage"), ways)
    vendor.post(reverse("vendors:submit_listing", args=[world.tea.pk]))
    now = Listing.objects.get(pk=world.tea.pk)
    assert (now.linkages.count(), now.state, now.live) == (0, "submitted", True)

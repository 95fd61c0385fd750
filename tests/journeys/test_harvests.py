"""Advance orders: taken in their window only, and never more than the harvest gives, however many packs share it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.capacity import SharedCapacity
from marketplace.catalogue.errors import HarvestOversold, InsufficientStock, NoLongerSold, NotYetSold
from marketplace.catalogue.models import Listing, Pack, Stock
from marketplace.management.books import CHECKS
from marketplace.orders.actions import set_basket_line
from marketplace.parties.actions import office_day
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def packs_of(listing: Listing) -> list[Pack]:
    return list(listing.packs.select_related("listing").order_by("sort_order"))


def counts(listing: Listing) -> tuple[int, int, int]:
    """Kilograms left, promised and sent."""
    row = SharedCapacity.objects.get(listing=listing)
    return row.left // 1000, row.promised // 1000, row.spent // 1000


def reserve(packs: list[Pack], *quantities: int) -> None:
    wanted = {pack.pk: quantity for pack, quantity in zip(packs, quantities, strict=True) if quantity}
    catalogue.reserve_stock(wanted=wanted, labels={pack.pk: str(pack) for pack in packs})


def broken(world: World) -> list[str]:
    return [line for check in CHECKS.values() for line in check()]


def test_packs_share_what_the_harvest_gives(world: World) -> None:
    listing = factory.advance(world, kilograms=10)
    small, large = packs_of(listing)
    assert [Stock.objects.select_related("capacity").get(pack=pack).available for pack in (small, large)] == [10, 5]
    reserve([small, large], 4, 3)
    assert counts(listing) == (0, 10, 0)
    assert not Stock.objects.left().filter(pack__listing=listing).exists()
    with pytest.raises(InsufficientStock) as refusal:
        reserve([small, large], 1, 0)
    assert refusal.value.data["shortfalls"] == [(str(small), 1, 0)]
    assert counts(listing) == (0, 10, 0)


def test_packs_that_would_each_fit_alone_are_refused_together(world: World) -> None:
    listing = factory.advance(world, kilograms=10)
    with pytest.raises(InsufficientStock):
        reserve(packs_of(listing), 6, 3)
    assert counts(listing) == (10, 0, 0)
    assert list(Stock.objects.filter(pack__listing=listing).values_list("reserved", flat=True)) == [0, 0]


def test_what_is_given_back_and_what_is_sent_is_carried_over(world: World) -> None:
    listing = factory.advance(world, kilograms=10)
    small, large = packs_of(listing)
    reserve([small, large], 4, 3)
    catalogue.release_stock(quantities={large.pk: 1})
    catalogue.consume_stock(quantities={small.pk: 4})
    assert counts(listing) == (2, 4, 4)
    catalogue.take_stock(wanted={small.pk: 2}, labels={small.pk: str(small)})
    assert counts(listing) == (0, 4, 6)


def test_a_harvest_that_turns_out_smaller_than_promised_is_not_published(world: World) -> None:
    listing = factory.advance(world, kilograms=10)
    reserve(packs_of(listing), 4, 3)
    less = listing.get_latest_revision_as_object()
    less.harvest_kilograms = 9
    with pytest.raises(HarvestOversold):
        factory.reviewed(less, world)
    assert counts(listing) == (0, 10, 0)


def test_another_net_weight_is_reckoned_for_what_is_promised_already(world: World) -> None:
    listing = factory.advance(world, kilograms=10, packs=1)
    (pack,) = packs_of(listing)
    reserve([pack], 4)
    heavier = listing.get_latest_revision_as_object()
    (written,) = heavier.packs.all()
    written.net_grams, written.weight_grams = 2000, 2200
    heavier.packs = [written]
    factory.reviewed(heavier, world)
    assert counts(listing) == (2, 8, 0)
    catalogue.release_stock(quantities={pack.pk: 4})
    assert counts(listing) == (10, 0, 0)


def test_the_next_harvest_begins_anew(world: World) -> None:
    listing = factory.advance(world, kilograms=10, packs=1)
    (pack,) = packs_of(listing)
    reserve([pack], 10)
    catalogue.consume_stock(quantities={pack.pk: 10})
    later = listing.get_latest_revision_as_object()
    later.harvest_from += timedelta(days=365)
    later.ships_from = later.ships_until = later.harvest_from
    factory.reviewed(later, world)
    stock = Stock.objects.select_related("capacity").get(pack=pack)
    assert (stock.available, stock.capacity.begins_on) == (10, later.harvest_from)
    assert SharedCapacity.objects.filter(listing=listing).count() == 2


def test_orders_are_taken_in_the_window_only_its_last_day_included(world: World) -> None:
    listing = factory.advance(world)
    pack, day = packs_of(listing)[0], office_day(world.now)

    def put(days: int) -> Any:
        at = world.now + timedelta(days=days)
        return set_basket_line(organisation=world.society, pack=pack, quantity=1, by=world.users["buyer"], at=at)

    assert listing.advance_until == day + timedelta(10)
    assert put(10).quantity == 1
    with pytest.raises(NoLongerSold):
        put(11)
    with pytest.raises(NotYetSold):
        put(-6)


def test_the_page_tells_what_is_left_and_when_it_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    listing = factory.advance(world, kilograms=10)
    reserve(packs_of(listing), 3, 0)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["buyer"])
    client.cookies["django_language"] = "en"
    shown = client.get(reverse("marketplace:listing_detail", args=[listing.slug])).content.decode()
    assert "7 袋 left of this harvest" in shown
    assert "3 袋 left of this harvest" in shown
    assert "10 kg for advance orders" in shown
    assert "¥5.00 / 500 g · ¥10.00 / kg" in shown
    assert '"PreOrder"' in shown or "schema.org/PreOrder" in shown


def test_an_organiser_offers_it_in_a_group_order_from_its_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    from tests.architecture.stage import draft

    made, client = draft(world, world.union, world.users["clerk"]), Client()
    client.force_login(world.users["clerk"])
    listing = factory.advance(world)
    address = reverse("marketplace:listing_detail", args=[listing.slug])
    button = reverse("marketplace:group_order_offer", args=[made.reference])
    assert button in client.get(address).content.decode()
    for _ in range(2):  # asked twice, it is offered once
        assert client.post(button, {"pack": packs_of(listing)[0].pk, "next": address})["Location"] == address
    assert list(made.offers.order_by("position").values_list("pack__name", flat=True)) == [
        "1 kg 袋",
        "1 kg 袋",
        "1 kg 袋",
    ]

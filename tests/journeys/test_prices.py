"""What packs cost is written down with every publication, cannot be changed, and is told to buyers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.comparing import price_note
from marketplace.catalogue.models import Listing, Pack
from marketplace.catalogue.prices import PriceChange
from marketplace.money import Money, yuan
from marketplace.parties.actions import office_day
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def edit(world: World, at: datetime, **pack_values: Any) -> Listing:
    """The tea with its pack changed by the vendor, handed in, and approved where it needs a review."""
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    packs = list(changed.packs.all())
    for name, value in pack_values.items():
        setattr(packs[0], name, value)
    packs[0].tiers.set([])
    changed.packs.set(packs)
    person = world.users["teaco"]
    catalogue.save_listing_draft(listing=changed, by=person, at=at)
    review = catalogue.submit_listing(listing=changed, by=person, at=at)
    fresh = Listing.objects.get(pk=world.tea.pk)
    if review is None:
        return fresh
    return catalogue.approve_listing(listing=fresh, revision_pk=fresh.latest_revision_id or 0, by=world.officer, at=at)


def history(listing: Listing) -> list[tuple[Money, bool, Any]]:
    return [(row.unit_price, row.is_offered, row.changed_by) for row in PriceChange.objects.filter(listing=listing)]


def page(world: World) -> str:
    address = reverse("marketplace:listing_detail", args=[world.tea.slug])
    return Client(headers={"accept-language": "en"}).get(address).content.decode()


def test_the_first_publication_an_approved_edit_and_a_small_one_each_write_a_row(world: World) -> None:
    edit(world, world.now + timedelta(hours=1), unit_price=yuan(120))
    edit(world, world.now + timedelta(hours=2), unit_price=yuan(125))
    assert history(world.tea) == [
        (yuan(100), True, world.officer),
        (yuan(120), True, world.officer),
        (yuan(125), True, world.users["teaco"]),
    ]


def test_a_publication_that_leaves_the_price_writes_none(world: World) -> None:
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    changed.summary = "另一句话"
    factory.reviewed(changed, world)
    assert len(history(world.tea)) == 1


def test_a_draft_nobody_published_writes_none(world: World) -> None:
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    packs = list(changed.packs.all())
    packs[0].unit_price = yuan(999)
    changed.packs.set(packs)
    catalogue.save_listing_draft(listing=changed, by=world.users["teaco"], at=world.now)
    assert len(history(world.tea)) == 1


def test_a_pack_taken_off_and_a_new_net_weight_are_written_down_too(world: World) -> None:
    edit(world, world.now, net_grams=250)
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    old = changed.packs.get()
    old.is_offered = False
    new = Pack(name="2 kg 袋", unit="袋", unit_price=yuan(190), net_grams=2000, weight_grams=2100, initial_stock=1)
    changed.packs.set([old, new])
    factory.reviewed(changed, world)
    rows = list(PriceChange.objects.filter(listing=world.tea).values_list("net_grams", "is_offered"))
    assert rows == [(0, True), (250, True), (250, False), (2000, True)]


CHANGES = {
    "update": lambda: PriceChange.objects.update(unit_price=1),
    "save": lambda: PriceChange.objects.first().save(),
    "delete": lambda: PriceChange.objects.all().delete(),
    "delete by SQL": lambda: connection.cursor().execute("DELETE FROM marketplace_pricechange"),
    "update by SQL": lambda: connection.cursor().execute("UPDATE marketplace_pricechange SET unit_price = 1"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_was_written_down(world: World, change: str) -> None:
    before = list(PriceChange.objects.values())
    with pytest.raises(DatabaseError), transaction.atomic():
        CHANGES[change]()
    assert list(PriceChange.objects.values()) == before


def test_the_guard_is_what_refuses(world: World) -> None:
    """The negative control: without it the change goes through."""
    on_table = " ON marketplace_pricechange" if connection.vendor == "postgresql" else ""
    with transaction.atomic():
        connection.cursor().execute(f"DROP TRIGGER marketplace_pricechange_not_changed{on_table}")
        PriceChange.objects.update(unit_price=yuan(1))
        assert PriceChange.objects.filter(unit_price=yuan(1)).count() == PriceChange.objects.count()
        transaction.set_rollback(True)
    assert not PriceChange.objects.filter(unit_price=yuan(1)).exists()


def test_the_product_page_shows_the_line_the_table_and_the_sentence(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(world, world.now, net_grams=250)
    assert 'class="plot-line"' not in page(world)
    edit(world, world.now + timedelta(days=10), unit_price=yuan(90))
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=30))
    text = page(world)
    assert 'class="plot-line"' in text
    assert "¥180.00 for 500 g since 3 Dec 2026, ¥200.00 before; within twelve months between ¥180.00 and" in text
    assert text.count(">1 kg 袋</td>") == 3


def test_nothing_is_said_of_the_market_while_fewer_than_three_are_known(world: World) -> None:
    edit(world, world.now, net_grams=1000)
    assert price_note(Listing.objects.get(pk=world.tea.pk), on=office_day(world.now)).market is None


def test_only_published_goods_of_the_same_kind_and_grade_are_compared(world: World) -> None:
    edit(world, world.now, net_grams=1000)
    for number, price in enumerate((100, 200, 300, 400)):
        factory.published(
            f"茶{number}",
            world.rice_vendor,
            world.tea.product,
            yuan(price),
            5,
            world.officer,
            world.now,
            slug=f"like-{number}",
            net=1000,
        )
    Listing.objects.filter(slug="like-3").update(grade="特级")
    tea = Listing.objects.get(pk=world.tea.pk)
    found = price_note(tea, on=office_day(world.now))
    assert found.market is not None
    assert (found.market.count, found.market.median, found.market.percent) == (3, 10000, -50)
    assert "50% below the middle of 3 like offers (¥100.00 for 500 g)." in page(world)
    Listing.objects.filter(slug="like-2").update(live=False)
    assert price_note(tea, on=office_day(world.now)).market is None

"""What is kept of the catalogue is never older than the catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.actions import set_stock, withdraw_listing
from marketplace.catalogue.edition import edition
from marketplace.catalogue.models import Stock
from tests.factories import market
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_empty_cache() -> None:
    cache.clear()


def shown(**query: Any) -> str:
    """The filters and the list, without the frame, which carries a token of its own each time."""
    page = Client(headers={"accept-language": "en"}).get(reverse("marketplace:catalogue"), query).content.decode()
    return page[page.index('<form class="filters') : page.index("</main>")]


def test_a_kept_page_is_the_page_that_was_made(world: World) -> None:
    assert shown() == shown()


def test_publishing_and_withdrawing_show_at_once(world: World) -> None:
    shown()
    made = market.offer(world, world.tea_vendor, "fresh")
    assert made.title in shown()
    withdraw_listing(listing=made, by=world.tea_vendor.people.get().user, at=world.now)
    assert made.title not in shown()


@pytest.mark.parametrize("what", ["vendor", "category", "place", "picture"])
def test_a_changed_name_shows_at_once(world: World, what: str) -> None:
    thing, field = {
        "vendor": (world.tea_vendor, "name"),
        "category": (world.tea.product.category, "name_en"),
        "place": (world.tea.origin, "name"),
        "picture": (world.tea.pictures.get().image, "title"),
    }[what]
    shown()
    before = edition()
    setattr(thing, field, "又一个名字")
    thing.save()
    assert edition() != before
    if what != "picture":
        assert "又一个名字" in shown()


def test_a_category_renamed_shows_in_the_filters_of_a_narrowed_list_too(world: World) -> None:
    category = world.tea.product.category
    shown(category=category.slug)
    category.name = category.name_en = "好茶"
    category.save()
    assert "<span>好茶</span>" in shown(category=category.slug)


def test_the_last_box_sold_shows_at_once_without_a_new_edition(world: World) -> None:
    assert "sold out" not in shown()
    before = edition()
    for stock in Stock.objects.filter(pack__listing=world.tea).select_related("pack"):
        set_stock(pack=stock.pack, on_hand=0, by=world.officer, at=world.now)
    assert edition() == before
    assert "sold out" in shown()


def test_a_draft_that_nobody_has_seen_is_no_new_edition(world: World) -> None:
    from marketplace.catalogue.actions import save_listing_draft
    from marketplace.catalogue.models import Listing

    before = edition()
    draft = Listing(
        vendor=world.tea_vendor, product=world.tea.product, slug="d", title="草稿", origin=world.tea.origin, live=False
    )
    save_listing_draft(listing=draft, by=world.tea_vendor.people.get().user, at=world.now)
    assert edition() == before


def test_another_language_is_kept_apart(world: World) -> None:
    english = shown()
    chinese = Client(headers={"accept-language": "zh-hans"}).get(reverse("marketplace:catalogue")).content.decode()
    assert "Skip to what was found" in english
    assert "Skip to what was found" not in chinese

"""Chinese search on whichever database runs the tests: parts of a name find the whole."""

from __future__ import annotations

import pytest

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.finding import matching
from marketplace.catalogue.models import Listing
from marketplace.catalogue.search import index_text, query_text
from marketplace.money import yuan
from tests.factories import world as factory
from tests.factories.world import World


def test_the_index_holds_every_character_every_pair_and_every_word() -> None:
    assert index_text("小兰花 Tea").split() == ["u5c0f", "u5170", "u82b1", "u5c0fu5170", "u5170u82b1", "tea"]


def test_a_query_asks_for_pairs_and_a_single_character_for_itself() -> None:
    assert query_text("兰花").split() == ["u5170u82b1"]
    assert query_text("茶").split() == ["u8336"]
    assert query_text("小兰花").split() == ["u5c0fu5170", "u5170u82b1"]


def test_words_of_either_script_are_told_apart() -> None:
    assert query_text("5kg稻虾米").split() == ["5kg", "u7a3bu867e", "u867eu7c73"]


def test_full_width_letters_and_capitals_are_the_same() -> None:
    assert query_text("ＴＥＡ１") == query_text("tea1") == "tea1"


@pytest.mark.parametrize("text", ["", "  ", "！？…", "、"])
def test_marks_alone_ask_for_nothing(text: str) -> None:
    assert query_text(text) == ""


@pytest.fixture
def shelf(world: World) -> World:
    """The small world's tea and rice, and one more listing in whose title the same characters stand apart."""
    officer, product = world.officer, world.rice.product
    factory.published("兰香白花茶", world.rice_vendor, product, yuan(10), 5, officer, world.now, slug="apart")
    return world


def found(text: str) -> list[str]:
    return sorted(listing.title for listing in matching(Listing.objects.published(), text))


EVERYTHING = ["兰香白花茶", "双塘稻虾米", "舒城小兰花"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("兰花", ["舒城小兰花"]),
        ("小兰花", ["舒城小兰花"]),
        ("舒城小兰花", ["舒城小兰花"]),
        ("花", ["兰香白花茶", "舒城小兰花"]),
        ("兰香 白花", ["兰香白花茶"]),
        ("稻虾", ["双塘稻虾米"]),
        ("稻虾 兰花", []),
        ("花兰", []),
        ("茅台", []),
        ("TeaCo", ["舒城小兰花"]),
        ("ｒｉｃｅｃｏ", ["兰香白花茶", "双塘稻虾米"]),
        ("粮油", ["兰香白花茶", "双塘稻虾米"]),
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("？", []),
        ("'; DROP TABLE", []),
        ("兰花 OR 稻虾", []),
        ('"兰花"', ["舒城小兰花"]),
    ],
)
def test_a_part_of_a_name_finds_the_whole_and_nothing_else(shelf: World, text: str, titles: list[str]) -> None:
    assert found(text) == titles


def test_search_keeps_to_the_listings_it_was_given(shelf: World) -> None:
    cheap = Listing.objects.published().filter(price_from__lt=yuan(50))
    assert [listing.title for listing in matching(cheap, "花")] == ["兰香白花茶"]


def test_a_changed_title_is_found_under_its_new_name_once_it_was_reviewed(shelf: World) -> None:
    person = shelf.rice_vendor.people.get().user
    changed = Listing.objects.get(pk=shelf.rice.pk).get_latest_revision_as_object()
    changed.title = "双塘软香"
    catalogue.save_listing_draft(listing=changed, by=person, at=shelf.now)
    catalogue.submit_listing(listing=changed, by=person, at=shelf.now)
    assert (found("稻虾"), found("软香")) == (["双塘稻虾米"], [])
    listing = Listing.objects.get(pk=shelf.rice.pk)
    catalogue.approve_listing(listing=listing, revision_pk=listing.latest_revision_id, by=shelf.officer, at=shelf.now)
    assert (found("稻虾"), found("软香")) == ([], ["双塘软香"])


def test_a_withdrawn_listing_is_not_found(shelf: World) -> None:
    person = shelf.tea_vendor.people.get().user
    catalogue.withdraw_listing(listing=Listing.objects.get(pk=shelf.tea.pk), by=person, at=shelf.now)
    assert found("兰花") == []

"""Lists: facets that count right, words found by pinyin and synonyms, and the pages that lead to them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalogue.actions import set_stock
from marketplace.catalogue.edition import edition
from marketplace.catalogue.freight import Zone
from marketplace.catalogue.models import Category, Listing, Pack, Product, Stock
from marketplace.catalogue.set_freight import set_freight_rule
from marketplace.catalogue.tally import Narrowed, Tally, Wanted, in_stock, make_tally
from marketplace.catalogue.terms import complete, nearest
from marketplace.catalogue.words import ProduceWish, SearchSynonym
from marketplace.money import Money, yuan
from marketplace.storefront.narrowing import Asked, groups
from marketplace.storefront.places import level_of
from tests.factories import market, pages
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _an_empty_cache() -> None:
    cache.clear()


def client(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


def get(name: str, *args: Any, **query: Any) -> Any:
    return client().get(reverse(f"marketplace:{name}", args=args), query)


def titles(**query: Any) -> list[str]:
    """The titles on the catalogue's page, in their order, without marks."""
    text = get("catalogue", **query).content.decode()
    return [re.sub(r"</?mark>", "", title) for title in re.findall(r'class="card-title"><a [^>]*>(.*?)</a>', text)]


@pytest.fixture
def shelf(world: World) -> World:
    """The small world's tea and rice, and six more listings that differ in everything that can be chosen."""
    oils = Category.objects.create(slug="oils", name="油", parent=world.rice.product.category, position=9)
    stays = Category.objects.create(slug="stays", name="民宿", is_service=True, position=10)
    oil = Product.objects.create(slug="oil", name="山茶油", category=oils)
    stay = Product.objects.create(slug="stay", name="农家民宿", category=stays)
    third = factory.vendor("ThirdCo", "341523101205", world.officer, world.now)
    zone = Zone("", True, 1000, Money(800), 1000, Money(200), None)
    set_freight_rule(vendor=world.tea_vendor, zones=[zone], by=world.officer, at=world.now)
    for number, (seller, product, price, season) in enumerate(
        [
            (world.tea_vendor, oil, 45, ""),
            (world.tea_vendor, oil, 99, ",10,11,12,"),
            (world.rice_vendor, oil, 100, ",11,"),
            (world.rice_vendor, stay, 260, ",4,5,"),
            (third, stay, 520, ""),
            (third, world.tea.product, 51, ",3,4,"),
        ]
    ):
        factory.published(
            f"{product.name} {number} 号", seller, product, yuan(price), 5, world.officer, world.now,
            slug=f"more-{number}", season=season,
        )  # fmt: skip
    sold_out = Stock.objects.get(pack__listing__slug="more-2")
    set_stock(pack=sold_out.pack, on_hand=0, by=world.officer, at=world.now)
    return world


# Facets


def has(listing: Listing, facet: str, value: str) -> bool:
    """Whether a listing has a value, asked of the listing itself and of nothing the tally is made of."""
    category = listing.product.category
    return {
        "category": lambda: value in (category.slug, category.parent.slug if category.parent else ""),
        "township": lambda: listing.origin.code.startswith(value),
        "village": lambda: listing.origin.code == value,
        "month": lambda: not listing.months or int(value) in listing.months,
        "band": lambda: in_band(listing.price_from, int(value)),
        "kind": lambda: listing.vendor.kind == value,
        "what": lambda: category.is_service == (value == "service"),
        "freight": lambda: not listing.vendor.freight_rules.all(),
        "in_stock": lambda: any(pack.stock.available for pack in listing.packs.all()),
        "vendor": lambda: listing.vendor.slug == value,
        "product": lambda: listing.product.slug == value,
    }[facet]()


def in_band(price: Money | None, least: int) -> bool:
    tops = {0: 5_000, 5_000: 10_000, 10_000: 20_000, 20_000: 50_000, 50_000: 10**12}
    return price is not None and least <= price.amount < tops[least]


VALUES = {
    "category": ["tea", "grain", "oils", "stays"],
    "township": ["341523101", "341523108"],
    "month": ["3", "11", "12"],
    "band": ["0", "5000", "10000", "50000"],
    "kind": ["cooperative", "household"],
    "what": ["produce", "service"],
    "freight": ["free"],
    "in_stock": ["true"],
}


@pytest.fixture
def counted(shelf: World) -> tuple[Tally, list[Listing]]:
    """The tally, and the listings with all that is asked of them."""
    listings = Listing.objects.published().select_related("product__category__parent", "origin", "vendor")
    return make_tally(), list(listings.prefetch_related("packs__stock", "vendor__freight_rules"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.fixed_dictionaries(
        {},
        optional={name: st.lists(st.sampled_from(values), unique=True, max_size=2) for name, values in VALUES.items()},
    ),
    least=st.none() | st.sampled_from([yuan(46), yuan(100)]),
    most=st.none() | st.sampled_from([yuan(99), yuan(260)]),
)
def test_every_count_is_what_choosing_it_would_find(
    counted: tuple[Tally, list[Listing]], chosen: dict[str, list[str]], least: Money | None, most: Money | None
) -> None:
    tally, listings = counted
    wanted = Wanted(chosen=chosen, price_min=least, price_max=most)
    narrowed = Narrowed(tally, wanted, in_stock=lambda: in_stock(tally))

    def fits(listing: Listing, asked: dict[str, list[str]]) -> bool:
        price = listing.price_from
        within = (least is None or price >= least) and (most is None or price <= most)
        return within and all(
            any(has(listing, facet, value) for value in values) for facet, values in asked.items() if values
        )

    assert set(narrowed.keys(0, 99)) == {row.pk for row in listings if fits(row, chosen)}
    for facet in VALUES:
        for value, count in narrowed.counts(facet).items():
            asked = {**chosen, facet: [value]}
            assert count == sum(fits(row, asked) for row in listings), (facet, value)


def test_a_shelf_counts_what_lies_on_the_shelves_below_it(shelf: World) -> None:
    counts = Narrowed(make_tally(), Wanted(), in_stock=int).counts("category")
    parent = shelf.rice.product.category.slug
    assert counts["oils"] == 3
    assert counts[parent] == 3 + Listing.objects.published().filter(product__category__slug=parent).count()


def test_several_values_of_one_facet_add_up_and_facets_narrow_each_other(shelf: World) -> None:
    assert titles(category=["oils", "stays"], what="service") == ["农家民宿 4 号", "农家民宿 3 号"]
    assert len(titles(category=["oils", "stays"])) == 5


def test_a_value_nobody_offers_finds_nothing_and_can_be_taken_away(shelf: World) -> None:
    page = get("catalogue", category="gone").content.decode()
    assert "Nothing fits" in page
    assert '<span class="visually-hidden">Take away:</span> gone' in page


def test_each_chip_leads_to_the_list_without_it(shelf: World) -> None:
    asked = Asked({"q": "山茶油", "category": ["oils", "tea"], "price_max": "100", "sort": "price"})
    assert [chip.address for chip in asked.chips(make_tally())] == [
        "?category=oils&category=tea&price_max=100&sort=price",
        "?q=%E5%B1%B1%E8%8C%B6%E6%B2%B9&category=tea&price_max=100&sort=price",
        "?q=%E5%B1%B1%E8%8C%B6%E6%B2%B9&category=oils&price_max=100&sort=price",
        "?q=%E5%B1%B1%E8%8C%B6%E6%B2%B9&category=oils&category=tea&sort=price",
    ]


def test_a_price_that_cannot_be_read_is_told_at_its_field_and_keeps_the_rest(shelf: World) -> None:
    page = get("catalogue", price_min="dear", category="oils").content.decode()
    assert "Enter an amount in yuan" in page
    assert 'value="dear"' in page
    assert titles(price_min="dear", category="oils") == titles(category="oils")


def test_the_orders_are_price_up_price_down_and_by_the_kilogram(shelf: World) -> None:
    Pack.objects.filter(listing__slug="more-0").update(weight_grams=500)  # 90.00 a kilogram
    Pack.objects.filter(listing__slug="more-1").update(weight_grams=2000)  # 49.50
    Pack.objects.filter(listing__slug="more-2").update(weight_grams=0)
    shelf.tea.save()  # a new edition
    up = titles(category="oils", sort="price")
    assert up == ["山茶油 0 号", "山茶油 1 号", "山茶油 2 号"]
    assert titles(category="oils", sort="-price") == up[::-1]
    assert titles(category="oils", sort="per_kg") == ["山茶油 1 号", "山茶油 0 号", "山茶油 2 号"]


def test_stock_that_runs_out_leaves_the_facet_at_once(shelf: World, django_capture_on_commit_callbacks: Any) -> None:
    before, count = edition(), len(titles(in_stock="true"))
    with django_capture_on_commit_callbacks(execute=True):
        set_stock(pack=shelf.tea_pack, on_hand=0, by=shelf.officer, at=shelf.now)
    assert edition() == before
    assert len(titles(in_stock="true")) == count - 1


def test_a_freight_rule_moves_its_vendor_out_of_free_delivery_at_once(shelf: World) -> None:
    assert len(titles(freight="free")) == 5
    zone = Zone("", True, 1000, Money(800), 1000, Money(200), None)
    set_freight_rule(vendor=shelf.rice_vendor, zones=[zone], by=shelf.officer, at=shelf.now)
    assert len(titles(freight="free")) == 2


def test_villages_of_the_townships_chosen_are_offered(shelf: World) -> None:
    tally = make_tally()
    narrowed = Narrowed(tally, Wanted(chosen={"township": ["341523101", "341523108"]}), in_stock=int)
    villages = next(group for group in groups(narrowed) if group.name == "village")
    assert {choice.value[:9] for choice in villages.choices} == {"341523101", "341523108"}


# Words


@pytest.mark.parametrize("typed", ["xlh", "xiaolanhua", "lanhua", "XiaoLan", "xiao lan hua"])
def test_a_name_is_found_as_it_is_typed_in_pinyin(world: World, typed: str) -> None:
    assert world.tea.title in titles(q=typed)
    assert world.rice.title not in titles(q=typed)


def test_synonyms_find_each_other_as_soon_as_the_operator_writes_them(shelf: World) -> None:
    assert titles(q="油茶籽油") == []
    SearchSynonym.objects.create(words="山茶油 油茶籽油")
    assert len(titles(q="油茶籽油")) == 3
    assert "<mark>山茶油</mark>" in get("catalogue", q="油茶籽油").content.decode()


def test_a_synonym_needs_two_words(db: Any) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        SearchSynonym(words="茶油、茶油").full_clean()


def test_what_is_typed_is_completed_from_half_words_and_initials(shelf: World) -> None:
    tally = make_tally()
    assert [term.name for term in complete(tally, "山", count=3)] == ["山茶油"]
    assert "山茶油" in [term.name for term in complete(tally, "scy", count=3)]
    assert "山茶油" in [term.name for term in complete(tally, "shancha", count=3)]
    assert complete(tally, "", count=3) == []


def test_suggestions_lead_to_a_list(shelf: World) -> None:
    assert get("suggestions", q="scy").json()["options"] == [
        {"name": "山茶油", "sort": "produce", "address": "/catalogue/?q=%E5%B1%B1%E8%8C%B6%E6%B2%B9", "count": 0}
    ]


def test_a_wrong_character_that_sounds_right_is_understood(shelf: World) -> None:
    assert [term.name for term in nearest(make_tally(), "山查油", count=1)] == ["山茶油"]
    page = get("catalogue", q="山查油").content.decode()
    assert "Did you mean" in page
    assert ">山茶油</a>" in page


def test_an_empty_answer_takes_a_note_for_the_officers(world: World) -> None:
    page = client().post(reverse("marketplace:tell_wish"), {"words": "荸荠", "note": "冬至前"}, follow=True)
    assert "will read it" in page.content.decode()
    wish = ProduceWish.objects.get()
    assert (wish.words, wish.note) == ("荸荠", "冬至前")
    officer = client()
    officer.force_login(world.officer)
    assert "冬至前" in officer.get(reverse("marketplace_backoffice:wishes")).content.decode()


@pytest.mark.parametrize("typed", [{"words": "", "note": " "}, {"words": "x", "website": "http://spam"}])
def test_an_empty_note_and_a_machines_are_not_kept(world: World, typed: dict[str, str]) -> None:
    client().post(reverse("marketplace:tell_wish"), typed)
    assert not ProduceWish.objects.exists()


def test_one_address_does_not_flood_the_officers(world: World, settings: Any) -> None:
    settings.MARKETPLACE_WISHES_PER_HOUR = 2
    for number in range(4):
        client().post(reverse("marketplace:tell_wish"), {"words": f"{number}"})
    assert ProduceWish.objects.count() == 2


# Places, vendors, the calendar


def test_a_township_without_a_page_tells_the_facts_and_its_villages(world: World) -> None:
    code = world.tea.origin.code
    text = get("place", code[:9]).content.decode()
    assert f"<h1>{world.tea.origin.parent.name}</h1>" in text
    assert world.tea.title in text
    assert reverse("marketplace:place", args=[code]) in text


def test_a_place_with_a_page_leads_to_it(world: World) -> None:
    page = pages.village_page(pages.home(), world.tea.origin.code)
    answer = get("place", world.tea.origin.code)
    assert (answer.status_code, answer["Location"]) == (302, page.get_url())


@pytest.mark.parametrize("code", ["341523", "341802", "nowhere"])
def test_what_is_no_township_or_village_that_sells_is_not_there(world: World, code: str) -> None:
    assert get("place", code).status_code == 404


def test_the_map_has_a_tile_and_a_row_for_every_township(world: World) -> None:
    text = get("places", show="listings").content.decode()
    tiles = re.findall(r'<a href="(/places/\d{9}/)" aria-label="([^"]+)"', text)
    rows = re.findall(r'<th scope="row"><a href="(/places/\d{9}/)">', text)
    assert sorted(address for address, _label in tiles) == sorted(rows)
    assert len(rows) == 22
    assert f"{world.tea.origin.parent.name} 1 listing" in [label for _address, label in tiles]


@pytest.mark.parametrize(
    ("amount", "most", "level"), [(0, 8, 0), (1, 8, 1), (4, 8, 2), (8, 8, 4), (1, 1, 3), (5, 0, 0)]
)
def test_the_colour_says_how_much_of_the_most(amount: int, most: int, level: int) -> None:
    assert level_of(amount, most) == level


def test_a_vendors_page_shows_who_they_are_and_what_they_sell(world: World) -> None:
    text = get("vendor", world.tea_vendor.slug).content.decode()
    assert world.tea_vendor.name in text
    assert world.tea.title in text
    assert world.rice.title not in text


def test_a_vendor_that_is_not_admitted_has_no_page(world: World) -> None:
    waiting = factory.Vendor.objects.create(
        name="New", slug="new", kind="cooperative", home=factory.region("341523108901"), applied_at=world.now
    )
    assert get("vendor", waiting.slug).status_code == 404
    assert waiting.name not in get("vendors").content.decode()


def test_the_calendar_counts_each_month_and_leads_to_that_list(shelf: World) -> None:
    text = get("calendar").content.decode()
    assert 'aria-label="农家民宿, April: 2 listings"' in text
    address = re.search(r'href="([^"]+)" aria-label="农家民宿, April', text)
    assert address is not None
    found = client().get(address[1].replace("&amp;", "&")).content.decode()
    assert found.count('class="card-title"') == 2


@pytest.fixture
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


on_the_day = pytest.mark.usefixtures("_frozen_clock")  # the page offers this year and the next


def festivals_on_the_calendar(year: str) -> dict[int, list[str]]:
    """The festivals as they stand above the months, by the number of the month."""
    text = client(language="zh-hans").get(reverse("marketplace:calendar"), {"year": year}).content.decode()
    row = re.search(r'<tr role="row" class="calendar-festivals">(.*?)</tr>', text, re.DOTALL)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)
    assert len(cells) == 12
    said = r'<span>(\S+) <time datetime="(\d{4}-\d\d-\d\d)">(\d+)</time></span>'
    return {
        number: [f"{name} {day} {said_day}" for name, day, said_day in re.findall(said, cell)]
        for number, cell in enumerate(cells, 1)
        if "<span>" in cell
    }


@on_the_day
def test_the_calendar_lays_the_festivals_over_the_months(shelf: World) -> None:
    assert festivals_on_the_calendar("2026") == {
        1: ["元旦 2026-01-01 1"],
        2: ["春节 2026-02-17 17"],
        3: ["三八妇女节 2026-03-08 8"],
        4: ["清明 2026-04-05 5"],
        5: ["劳动节 2026-05-01 1"],
        6: ["端午 2026-06-19 19"],
        9: ["中秋 2026-09-25 25"],
        10: ["国庆 2026-10-01 1"],
    }
    assert festivals_on_the_calendar("2027")[9] == ["中秋 2027-09-15 15"]


@on_the_day
def test_the_calendar_marks_the_festivals_months_in_every_row(shelf: World) -> None:
    text = client().get(reverse("marketplace:calendar"), {"year": "2026"}).content.decode()
    rows = re.findall(
        r'<tr role="row">\s*<th scope="row".*?</tr>', text.split("<tbody")[1].split("</tbody>")[0], re.DOTALL
    )
    assert len(rows) > 1
    for row in rows:
        cells = re.findall(r"<td ([^>]*)>", row)
        assert [number for number, cell in enumerate(cells, 1) if "data-festival" in cell] == [1, 2, 3, 4, 5, 6, 9, 10]


@on_the_day
def test_the_festivals_ahead_lead_to_what_is_on_offer_then(shelf: World) -> None:
    text = client(language="zh-hans").get(reverse("marketplace:calendar")).content.decode()
    ahead = re.search(r'<ul class="stats festivals">(.*?)</ul>', text, re.DOTALL)
    assert ahead is not None
    said = r'<strong>(\S+)</strong><time datetime="([^"]+)">[^<]*</time><a href="([^"]+)">([^<]+)</a>'
    assert re.findall(said, ahead[1])[:2] == [
        ("元旦", "2027-01-01", "/catalogue/?month=1", "看一月有什么"),
        ("春节", "2027-02-06", "/catalogue/?month=2", "看二月有什么"),
    ]


def test_vendors_and_places_stand_in_the_sitemap(world: World) -> None:
    assert f"/vendors/{world.tea_vendor.slug}/" in Client().get("/sitemap-vendors.xml").content.decode()
    assert f"/places/{world.tea.origin.code}/" in Client().get("/sitemap-places.xml").content.decode()


def test_more_packs_do_not_show_a_listing_twice(world: World) -> None:
    market.offer(world, world.tea_vendor, "wide", packs=5)
    assert titles().count("舒城茶 wide") == 1

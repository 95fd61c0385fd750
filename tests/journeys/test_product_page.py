"""The product page tells everything a buyer asks before they decide, in Chinese and as one can read it on the page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.linkage import FarmerLinkage, check_linkage
from marketplace.catalogue.models import Listing, Stock
from marketplace.parties.actions import office_day
from tests.factories import pages
from tests.factories import world as factory
from tests.factories.world import World
from tests.journeys.test_odd_input import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def changed(listing: Listing, world: World, **facts: Any) -> Listing:
    """The listing on sale with these facts, handed in and reviewed."""
    wanted = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object()
    for name, value in facts.items():
        setattr(wanted, name, value)
    return factory.reviewed(wanted, world)


def sold_in(world: World, *, minimum: int, multiple: int) -> None:
    """The tea in one pack sold like this."""
    pack = world.tea.get_latest_revision_as_object().packs.get()
    pack.minimum_quantity, pack.multiple = minimum, multiple
    changed(world.tea, world, packs=[pack])


def source(world: World, client: Client | None = None) -> str:
    return (client or Client()).get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()


def read(world: World) -> str:
    """The words of the tea's page as a visitor reads them: no marks, nothing only machines read."""
    shown = re.sub(r"<script.*?</script>|<svg.*?</svg>|<head>.*?</head>", " ", source(world), flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def test_the_ladder_tells_what_each_step_saves(world: World) -> None:
    shown = read(world)
    assert "1 袋起 ¥100.00 5 袋起 每袋省 ¥10.00，10% ¥90.00 10 袋起 每袋省 ¥20.00，20% ¥80.00" in shown


@pytest.mark.parametrize(
    ("minimum", "multiple", "least", "sentence"),
    [
        (1, 1, 1, "1 袋起订。"),
        (3, 1, 3, "3 袋起订。"),
        (4, 3, 6, "6 袋起订，须为 3 的倍数。"),
    ],
    ids=["single", "minimum", "multiple"],
)
def test_the_least_and_the_multiple_are_said_at_the_input(
    world: World, minimum: int, multiple: int, least: int, sentence: str
) -> None:
    if multiple > 1 or minimum > 1:
        sold_in(world, minimum=minimum, multiple=multiple)
    assert sentence in read(world)
    buyer = Client()
    buyer.force_login(world.users["buyer"])
    shown = source(world, buyer)
    field = re.search(r"<input class=\"quantity\"[^>]*>", shown)
    assert field is not None
    for wanted in (f'min="{least}"', f'step="{multiple}"', f'value="{least}"'):
        assert wanted in field[0]
    described = re.search(r'aria-describedby="([^"]+)"', field[0])
    assert described is not None
    rule = re.search(rf'<p [^>]*id="{described[1]}">([^<]+)</p>', shown)
    assert rule is not None
    assert rule[1] == sentence


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (date(2026, 12, 1), date(2026, 12, 20), "发货时间 2026年12月1日至2026年12月20日"),
        (date(2026, 12, 1), None, "发货时间 2026年12月1日起"),
        (None, date(2026, 12, 20), "发货时间 至2026年12月20日"),
    ],
    ids=["both", "first day", "last day"],
)
def test_the_shipping_window_is_said(world: World, first: date | None, last: date | None, sentence: str) -> None:
    changed(world.tea, world, ships_from=first, ships_until=last)
    assert sentence in read(world)


def test_a_listing_without_a_shipping_window_says_nothing_of_one(world: World) -> None:
    assert "发货时间" not in read(world)


def test_the_season_wheel_turns_on_the_page_and_is_said_in_words(world: World) -> None:
    changed(world.tea, world, season=",3,4,11,")
    assert "三月至四月、十一月有货。" in read(world)
    wheel = source(world).split('<div class="season-wheel">')[1].split("</svg>")[0]
    assert 'role="img" aria-label="三月至四月、十一月有货。"' in wheel
    assert re.findall(r"data-on>(\d+)</text>", wheel) == ["3", "4", "11"]
    assert wheel.count("data-now") == 1
    assert '<text class="season-month" y="20" text-anchor="middle">十一月</text>' in wheel


def test_origin_and_vendor_are_told_with_their_stories(world: World, django_capture_on_commit_callbacks: Any) -> None:
    assert "了解河西村" not in read(world)  # nobody has written about it yet
    with django_capture_on_commit_callbacks(execute=True):
        home = pages.home()
        village = pages.village_page(home)
        there = pages.story(home, "there", region=world.tea.origin)
        elsewhere = pages.story(home, "elsewhere", region=world.rice.origin)
        world.tea_vendor.story = "三户人家凑的炒茶锅。"
        world.tea_vendor.save()
    shown = source(world)
    origin = shown.split('<h2 id="origin">')[1].split("</section>")[0]
    place = reverse("marketplace:place", args=[world.tea.origin.code])
    assert f'<a href="{place}">南港镇 河西村</a>' in origin
    assert f'<a href="{village.url}">了解河西村</a>' in origin
    assert f'<a href="{there.url}">{there.title}</a>' in origin
    assert elsewhere.title not in shown
    seller = shown.split('<h2 id="vendor">')[1].split("</section>")[0]
    assert f'<a href="{reverse("marketplace:vendor", args=[world.tea_vendor.slug])}">TeaCo</a>' in seller
    assert "农民专业合作社 · 南港镇 河西村" in seller
    assert "三户人家凑的炒茶锅。" in seller


def test_households_are_told_by_way_number_year_and_evidence(world: World) -> None:
    assert "供应商还没有说明。" in read(world)
    told = [
        FarmerLinkage(mode="contract", households=20, year=2026, statement="收鲜叶"),
        FarmerLinkage(mode="land_rent", households=7, year=2025),
    ]
    listing = changed(world.tea, world, linkages=told)
    rent = "土地流转 供应商自报 2025 年 7 户"
    assert f"订单收购 供应商自报 2026 年 20 户 收鲜叶 {rent}" in read(world)
    assert "同一户可能计入多种方式，户数不相加。" in read(world)
    for level, said in (("documented", "有凭证"), ("verified", "已实地核实")):
        contract = listing.linkages.get(mode="contract")
        check_linkage(linkage=contract, level=level, note="看过", by=world.officer, at=world.now)
        assert f"订单收购 {said} 2026 年 20 户 收鲜叶 {rent}" in read(world)


def test_evidence_does_not_hold_for_another_number_of_households(world: World) -> None:
    listing = changed(world.tea, world, linkages=[FarmerLinkage(mode="contract", households=20, year=2026)])
    check_linkage(linkage=listing.linkages.get(), level="verified", note="看过", by=world.officer, at=world.now)
    assert "已实地核实 2026 年 20 户" in read(world)
    changed(world.tea, world, linkages=[FarmerLinkage(mode="contract", households=21, year=2026)])
    assert "供应商自报 2026 年 21 户" in read(world)


def test_a_certificate_tells_its_system_class_issuer_number_and_validity(world: World) -> None:
    day = office_day(world.now)
    factory.certified(
        world.tea,
        at=world.now,
        kind="gi_mark",
        system="agricultural",
        number="AGI 1",
        valid_to=None,
        issuer="农业农村部",
    )
    licence = factory.certified(world.tea, at=world.now, valid_to=day + timedelta(40))
    shown = read(world)
    assert "地理标志 农产品地理标志 农业农村部 · AGI 1 2025年11月23日起有效" in shown
    assert f"食品生产许可证（SC） 食品类别 114 市场监管局 · {licence.number} 有效期至 2027年1月2日" in shown


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"shelf_life_days": 540, "storage": "ambient"}, "保质期与贮存 18 个月，阴凉干燥避光"),
        ({"shelf_life_days": 45, "storage": "chilled"}, "保质期与贮存 45 天，冷藏"),
        ({"storage": "frozen"}, "保质期与贮存 冷冻"),
        ({"allergens": ",nuts,soy,"}, "致敏物质 大豆、坚果及果仁"),
        ({"allergens": "none"}, "致敏物质 无"),
        ({"ingredients": "鲜茶叶"}, "配料 鲜茶叶"),
    ],
    ids=["months", "days", "storage alone", "allergens", "no allergens", "ingredients"],
)
def test_what_the_label_says_is_read_on_the_page(world: World, facts: dict[str, Any], sentence: str) -> None:
    assert "标签信息" not in read(world)
    changed(world.tea, world, **facts)
    assert f"标签信息 {sentence}" in read(world)


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [("exempt", "免征增值税，不含运费"), ("9", "含 9% 增值税，不含运费"), ("13", "含 13% 增值税，不含运费")],
)
def test_the_tax_in_the_price_is_said(world: World, rate: str, sentence: str) -> None:
    if rate != "exempt":  # which the tea is
        changed(world.tea, world, tax_rate=rate)
    assert f"价格 {sentence}" in read(world)


def test_a_photograph_is_made_in_its_sizes_once_however_often_its_page_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = world.tea.pictures.get().image
    image.renditions.all().delete()
    caches["default"].clear()  # of what another test's reader saw
    made: list[str] = []
    make = type(image).generate_rendition_file

    def noted(self: Any, filter: Any, **kwargs: Any) -> Any:
        made.append(filter.spec)
        return make(self, filter, **kwargs)

    monkeypatch.setattr(type(image), "generate_rendition_file", noted)
    source(world)  # the first reader's page is made with its sizes, and kept
    assert {"fill-960x720|format-webp", "fill-1200x630|format-jpeg"} <= set(made)
    assert len(made) == len(set(made))
    made.clear()
    assert "srcset" in source(world)
    assert made == []


def test_what_is_kept_of_the_page_says_what_a_page_made_for_one_reader_says(world: World) -> None:
    made_for_one = source(world, signed_in(world, "keeper"))  # a receiver of goods, who puts nothing in a basket
    assert "Buying for yourself?" in made_for_one
    with_basket = source(world, signed_in(world, "buyer"))
    assert "Put in the basket" in with_basket
    assert "Buying for yourself?" not in with_basket
    for _time in range(2):
        kept = source(world, Client(headers={"accept-language": "en"}))
        assert offer_of(kept) == offer_of(made_for_one)
        assert "csrfmiddlewaretoken" not in offer_of(kept)
    stock = world.tea_pack.stock
    Stock.objects.filter(pk=stock.pk).update(on_hand=stock.reserved)
    assert offer_of(source(world, Client(headers={"accept-language": "en"}))) != offer_of(kept)


def offer_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]

"""Blocks keep what they rendered: the second reader costs no statement, and a change shows at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from marketplace.catalogue import actions as catalogue
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.models import GroupOrder
from marketplace.impact import actions as impact
from marketplace.orders.models import PurchaseOrder
from marketplace.programme.models import Campaign
from marketplace.storefront import blocks, fragments
from tests.factories import market, pages
from tests.factories import world as factory
from tests.factories.world import World
from website.pages.models import NoticeListPage

pytestmark = pytest.mark.django_db

Change = Callable[[World], Any]


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@dataclass(frozen=True)
class Case:
    """A block with its value; what changes in the world, and what the block then says that it did not say before."""

    block: blocks.KeptBlock
    value: Callable[[World], dict[str, Any]]
    change: Change
    says: str
    setting: Change = lambda world: None
    gone: bool = False


def withdraw(world: World) -> None:
    catalogue.withdraw_listing(listing=world.tea, by=world.users["teaco"], at=world.now)


def sell_out(world: World) -> None:
    """Everything that is left is promised to an order."""
    pack = world.tea_pack
    catalogue.reserve_stock(wanted={pack.pk: pack.stock.available}, labels={pack.pk: str(pack)})


def publish_another(world: World) -> None:
    market.offer(world, world.tea_vendor, "spring")


def buy_tea(world: World) -> None:
    market.bought(world, [world.tea_pack])


def complete(world: World) -> None:
    """The tea that was bought is completed: ¥100."""
    order = PurchaseOrder.objects.get()
    effect = impact.Effect(order, order.lines.get(), "completed", 1)
    impact.record(effects=[effect], reason="completed", at=world.now)


def rename_campaign(world: World) -> None:
    world.campaign.name = "冬季行动"
    world.campaign.save()


def open_drive(world: World) -> None:
    factory.open_group_order(world, count=2)


def choose_something(world: World) -> None:
    person = GroupOrder.objects.get().participants.order_by("pk")[0]
    grouporders.choose(participant=person, quantities={world.rice_pack.pk: 1}, at=world.now)


def close_drive(world: World) -> None:
    choose_something(world)
    close_group_order(group_order=GroupOrder.objects.get(), by=world.users["clerk"], at=world.now)


def list_of_notices(world: World) -> None:
    pages.notice(pages.notices(pages.home()), "第一号通知")


def another_notice(world: World) -> None:
    pages.notice(NoticeListPage.objects.get(), "第二号通知", issued_on=date(2026, 10, 1))


def rename_vendor(world: World) -> None:
    world.tea_vendor.story = "新写的介绍"
    world.tea_vendor.save()


def write_village(world: World) -> None:
    pages.village_page(pages.section(pages.home()))


def in_season(world: World) -> None:
    """The tea is on offer in November only."""
    world.tea.season = ",11,"
    world.tea.save()


def campaign(world: World) -> dict[str, Any]:
    return {"campaign": world.campaign.pk}


SHELF = {"heading": "货架", "rule": "newest", "category": None, "place": None, "listings": [], "count": 4}


def by_hand(world: World) -> dict[str, Any]:
    return {**SHELF, "rule": "hand", "listings": [world.rice.pk, world.tea.pk]}


def village(world: World) -> dict[str, Any]:
    return {"place": factory.region("341523108901").pk, "picture": None, "text": "茶山脚下"}


def effect_of(kind: str) -> Callable[[World], dict[str, Any]]:
    def value(world: World) -> dict[str, Any]:
        place = factory.region("341523108901").pk
        return {"heading": "", "of": kind, "campaign": world.campaign.pk, "place": place}

    return value


def call(world: World) -> dict[str, Any]:
    return {"group_order": GroupOrder.objects.get().pk, "text": ""}


CASES = {
    "shelf, withdrawn": Case(blocks.ListingShelfBlock(), lambda w: SHELF, withdraw, "舒城小兰花", gone=True),
    "shelf, sold out": Case(blocks.ListingShelfBlock(), lambda w: SHELF, sell_out, "已售完"),
    "shelf, published": Case(blocks.ListingShelfBlock(), lambda w: SHELF, publish_another, "舒城茶 spring"),
    "shelf by hand, withdrawn": Case(blocks.ListingShelfBlock(), by_hand, withdraw, "舒城小兰花", gone=True),
    "season": Case(blocks.SeasonBlock(), lambda w: {"heading": "", "count": 8}, in_season, "舒城小兰花"),
    "campaign, renamed": Case(blocks.CampaignProgressBlock(), campaign, rename_campaign, "冬季行动"),
    "campaign, completed": Case(blocks.CampaignProgressBlock(), campaign, complete, "¥100.00", setting=buy_tea),
    "impact of all": Case(blocks.ImpactBlock(), effect_of("all"), complete, "¥100.00", setting=buy_tea),
    "impact of a campaign": Case(blocks.ImpactBlock(), effect_of("campaign"), complete, "¥100.00", setting=buy_tea),
    "impact of a village": Case(blocks.ImpactBlock(), effect_of("place"), complete, "¥100.00", setting=buy_tea),
    "village, bought from": Case(blocks.VillageTeaserBlock(), village, complete, "¥100.00", setting=buy_tea),
    "village, written about": Case(blocks.VillageTeaserBlock(), village, write_village, "河西村的故事"),
    "vendor": Case(blocks.VendorTeaserBlock(), lambda w: {"vendor": w.tea_vendor.pk}, rename_vendor, "新写的介绍"),
    "call, chosen": Case(blocks.GroupOrderCallBlock(), call, choose_something, "50%", setting=open_drive),
    "call, closed": Case(blocks.GroupOrderCallBlock(), call, close_drive, "中秋慰问", setting=open_drive, gone=True),
    "notices": Case(
        blocks.NoticeListBlock(),
        lambda w: {"heading": "", "category": "", "count": 5},
        another_notice,
        "第二号通知",
        setting=list_of_notices,
    ),
}


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], Any]], None]:
    """Do something as a transaction of its own: what waits for the commit happens."""

    def do(step: Callable[[], Any]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            step()

    return do


def shown(block: blocks.KeptBlock, value: Any, **context: Any) -> str:
    with translation.override("zh-hans"):
        return str(block.render(value, context))


def read(block: blocks.KeptBlock, value: dict[str, Any]) -> Any:
    """The value as a page read from the database holds it."""
    return block.to_python(block.get_prep_value(block.to_python(value)))


@pytest.mark.parametrize("name", CASES)
def test_a_block_is_kept_and_a_change_shows_at_once(world: World, commits: Any, name: str) -> None:
    case = CASES[name]
    commits(lambda: case.setting(world))
    value = read(case.block, case.value(world))
    first = shown(case.block, value)
    stored = case.block.get_prep_value(value)
    with CaptureQueriesContext(connection) as asked:
        again = shown(case.block, case.block.to_python(stored))
    assert ([row["sql"] for row in asked], again) == ([], first)
    commits(lambda: case.change(world))
    after = shown(case.block, value)
    assert (case.says in first, case.says in after) == ((True, False) if case.gone else (False, True))


def test_what_was_kept_before_a_rollback_is_still_right(world: World, django_capture_on_commit_callbacks: Any) -> None:
    block, value = blocks.ListingShelfBlock(), read(blocks.ListingShelfBlock(), SHELF)
    first = shown(block, value)
    with django_capture_on_commit_callbacks(execute=False):
        withdraw(world)
    assert shown(block, value) == first  # nobody else can read the change before its commit


def test_each_language_and_elder_mode_has_a_piece_of_its_own(world: World) -> None:
    block, value = blocks.SeasonBlock(), read(blocks.SeasonBlock(), {"heading": "", "count": 8})
    with translation.override("en"):
        english = str(block.render(value, {}))
    assert "All produce and services" in english
    assert "全部商品与服务" in shown(block, value)
    elder = RequestFactory().get("/")
    elder.COOKIES["display"] = "elder"
    made: list[bool] = []
    block._make = lambda value, elder: made.append(elder) or fragments.Piece("x")  # type: ignore[method-assign, func-returns-value]
    shown(block, value)
    shown(block, value, request=elder)
    assert made == [True]


def test_a_call_is_not_kept_beyond_its_closing_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    open_drive(world)
    block, value = blocks.GroupOrderCallBlock(), call(world)
    closes_at = GroupOrder.objects.get().closes_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: closes_at - timedelta(seconds=90))
    assert block.seconds(block.facts(value)) == 90
    monkeypatch.setattr("django.utils.timezone.now", lambda: closes_at)
    assert block.facts(value) == {}


def test_a_season_changes_with_the_month(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    block, value = blocks.SeasonBlock(), read(blocks.SeasonBlock(), {"heading": "", "count": 8})
    in_season(world)
    assert "舒城小兰花" in shown(block, value)
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=40))
    assert "舒城小兰花" not in shown(block, value)


def test_stock_that_only_grows_less_keeps_the_shelf(world: World, commits: Any) -> None:
    block, value = blocks.ListingShelfBlock(), read(blocks.ListingShelfBlock(), SHELF)
    shown(block, value)
    commits(
        lambda: catalogue.reserve_stock(wanted={world.tea_pack.pk: 1}, labels={world.tea_pack.pk: str(world.tea_pack)})
    )
    with CaptureQueriesContext(connection) as asked:
        shown(block, value)
    assert len(asked) == 0


def test_a_lost_version_is_made_anew_and_not_guessed(world: World) -> None:
    block, value = blocks.ListingShelfBlock(), read(blocks.ListingShelfBlock(), SHELF)
    first = shown(block, value)
    caches["fragments"].clear()
    withdraw(world)
    assert shown(block, value) != first


@pytest.mark.parametrize(
    ("block", "value"),
    [
        (blocks.ListingShelfBlock(), {**SHELF, "rule": "category"}),
        (blocks.ListingShelfBlock(), {**SHELF, "rule": "place"}),
        (blocks.ListingShelfBlock(), {**SHELF, "rule": "hand"}),
        (blocks.ImpactBlock(), {"heading": "", "of": "campaign", "campaign": None, "place": None}),
    ],
    ids=["category", "place", "hand", "campaign"],
)
def test_a_rule_without_its_choice_is_refused(world: World, block: blocks.KeptBlock, value: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        block.clean(block.to_python(value))


def test_what_a_block_points_at_is_counted_as_used(world: World) -> None:
    block = blocks.CampaignProgressBlock()
    (found,) = block.extract_references(read(block, campaign(world)))
    assert found[:2] == (Campaign, str(world.campaign.pk))

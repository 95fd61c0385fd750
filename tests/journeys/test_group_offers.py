"""What a group order offers, as an organiser finds and ticks it: by words, page by page, nothing ticked elsewhere lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.actions import set_stock
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.models import GroupOrder
from marketplace.grouporders.terms import Terms
from marketplace.money import yuan
from marketplace.workspace import group_offers
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def one_pack_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_offers, "PACKS_A_PAGE", 1)


@pytest.fixture
def drafted(world: World) -> GroupOrder:
    """A group order being prepared, in which nothing is offered yet; ¥300 for each member."""
    terms = Terms(
        "慰问", world.campaign, "holiday_gifts", "union", yuan(300), world.union.delivery_points.get(),
        world.now, world.now + timedelta(days=3),
    )  # fmt: skip
    return grouporders.create_group_order(organisation=world.union, terms=terms, by=world.users["clerk"], at=world.now)


@pytest.fixture
def clerk(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["clerk"])
    return client


def address(group_order: GroupOrder) -> str:
    return reverse("marketplace:group_order_offers", args=[group_order.reference])


def shown(page: Any) -> list[str]:
    return [pack.listing.title for pack, _offer, _package in page.context["rows"]]


def filled_in(page: Any, **typed: Any) -> dict[str, Any]:
    """What a browser sends for the page as it stands, with ``typed`` over it."""
    rows = page.context["rows"]
    sent: dict[str, Any] = {"shown": [pack.pk for pack, _offer, _package in rows]}
    sent |= {offer.html_name: "on" for _pack, offer, _package in rows if offer.value()}
    sent |= {package.html_name: package.value() for _pack, _offer, package in rows if package.value()}
    sent |= {"package_name": page.context["form"]["package_name"].value() or ""}
    return sent | {"q": page.context["words"], "page": page.context["page_obj"].number} | typed


def offered(group_order: GroupOrder) -> list[str]:
    return list(group_order.offers.values_list("pack__listing__title", flat=True))


def packaged(group_order: GroupOrder) -> dict[str, int]:
    group_order = GroupOrder.objects.get(pk=group_order.pk)
    return dict(group_order.package.items.values_list("offer__pack__listing__title", "quantity"))


@pytest.mark.parametrize(
    ("words", "found"),
    [("兰花", ["舒城小兰花"]), ("稻虾米", ["双塘稻虾米"]), ("TeaCo", ["舒城小兰花"]), ("没有的东西", []), ("", None)],
)
def test_packs_on_sale_are_found_by_words(
    world: World, drafted: GroupOrder, clerk: Client, words: str, found: list[str] | None
) -> None:
    page = clerk.get(address(drafted), {"q": words})
    assert shown(page) == (["舒城小兰花", "双塘稻虾米"] if found is None else found)
    assert f'name="q" value="{words}"' in page.content.decode()
    assert ("Nothing on sale answers to that" in page.content.decode()) is (found == [])


def test_searching_saves_the_page_first_and_loses_no_tick(world: World, drafted: GroupOrder, clerk: Client) -> None:
    sent = filled_in(clerk.get(address(drafted)), q="稻虾米", go="search", **{f"offer_{world.tea_pack.pk}": "on"})
    page = clerk.post(address(drafted), sent, follow=True)
    assert shown(page) == ["双塘稻虾米"]
    assert offered(drafted) == ["舒城小兰花"]
    assert "Only what is offered: 1 pack<" in page.content.decode()
    clerk.post(address(drafted), filled_in(page, **{f"offer_{world.rice_pack.pk}": "on"}))
    assert offered(drafted) == ["舒城小兰花", "双塘稻虾米"]


@pytest.mark.usefixtures("one_pack_a_page")
def test_each_page_saves_its_own_ticks_and_keeps_those_of_the_others(
    world: World, drafted: GroupOrder, clerk: Client
) -> None:
    tea, rice = world.tea_pack.pk, world.rice_pack.pk
    first = clerk.get(address(drafted))
    assert shown(first) == ["舒城小兰花"]
    ticks = {f"offer_{tea}": "on", f"package_{tea}": "2", "package_name": "茶米套餐", "go": "2"}
    second = clerk.post(address(drafted), filled_in(first, **ticks), follow=True)
    assert shown(second) == ["双塘稻虾米"]
    assert second.context["form"]["package_name"].value() == "茶米套餐"
    ticks = {f"offer_{rice}": "on", f"package_{rice}": "1", "go": "1"}
    first = clerk.post(address(drafted), filled_in(second, **ticks), follow=True)
    assert packaged(drafted) == {"舒城小兰花": 2, "双塘稻虾米": 1}
    unticked = filled_in(first)
    del unticked[f"offer_{tea}"], unticked[f"package_{tea}"]
    assert clerk.post(address(drafted), unticked).url == reverse("marketplace:group_order", args=[drafted.reference])
    assert offered(drafted) == ["双塘稻虾米"]
    assert packaged(drafted) == {"双塘稻虾米": 1}


@pytest.mark.usefixtures("one_pack_a_page")
def test_a_package_over_the_allowance_is_refused_with_what_other_pages_put_into_it(
    world: World, drafted: GroupOrder, clerk: Client
) -> None:
    tea, rice = world.tea_pack.pk, world.rice_pack.pk
    ticks = {f"offer_{tea}": "on", f"package_{tea}": "2", "go": "2"}
    second = clerk.post(address(drafted), filled_in(clerk.get(address(drafted)), **ticks), follow=True)
    over = {f"offer_{rice}": "on", f"package_{rice}": "3", "package_name": "大礼包"}
    page = clerk.post(address(drafted), filled_in(second, **over))
    assert page.status_code == 422
    assert "The package costs ¥320.00, more than the allowance of ¥300.00." in page.content.decode()
    assert 'value="3"' in page.content.decode()
    assert 'value="大礼包"' in page.content.decode()
    assert (offered(drafted), packaged(drafted)) == (["舒城小兰花"], {"舒城小兰花": 2})


def test_what_is_offered_but_sold_out_is_still_shown_and_can_be_taken_out(
    world: World, drafted: GroupOrder, clerk: Client
) -> None:
    sold = {"packs": [world.tea_pack, world.rice_pack], "by": world.users["clerk"], "at": world.now}
    grouporders.set_offers(group_order=drafted, **sold)
    seller = world.tea_vendor.people.get().user
    set_stock(pack=world.tea_pack, on_hand=0, by=seller, at=world.now)
    page = clerk.get(address(drafted), {"offered": "1"})
    assert shown(page) == ["舒城小兰花", "双塘稻虾米"]
    sent = filled_in(page, offered="1")
    del sent[f"offer_{world.tea_pack.pk}"]
    clerk.post(address(drafted), sent)
    assert offered(drafted) == ["双塘稻虾米"]


def test_a_pack_that_comes_on_sale_while_the_page_is_filled_in_is_left_alone(
    world: World, drafted: GroupOrder, clerk: Client
) -> None:
    sent = filled_in(clerk.get(address(drafted), {"q": "兰花"}), **{f"offer_{world.tea_pack.pk}": "on", "q": ""})
    grouporders.add_offer(group_order=drafted, pack=world.rice_pack, by=world.users["clerk"], at=world.now)
    clerk.post(address(drafted), sent)
    assert sorted(offered(drafted)) == ["双塘稻虾米", "舒城小兰花"]

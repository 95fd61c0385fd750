"""The screens of services and vouchers as people use them: by forms, without a script, and without losing what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.catalogue.models import Listing, Pack
from marketplace.catalogue.sessions import ServiceSession
from marketplace.fulfilment.models import Consignment, GoodsReceipt
from marketplace.fulfilment.vouchering import issue_vouchers
from marketplace.fulfilment.vouchers import Voucher
from marketplace.grouporders.models import PersonalLink
from marketplace.orders.models import BasketLine, OrderLine
from marketplace.parties.tokens import token_hash
from tests.factories import world as factory
from tests.factories.world import World
from tests.journeys.test_sessions import group_order_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: Any) -> Iterator[None]:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    cache.clear()
    yield
    translation.deactivate()  # the pages were read in English


def at(monkeypatch: pytest.MonkeyPatch, world: World, days: int) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=days))


def client(world: World, name: str = "") -> Client:
    made = Client(headers={"accept-language": "en"})
    made.cookies["django_language"] = "en"
    if name:
        made.force_login(world.users[name])
    return made


PLAN = {"starts_on": "2026-12-20", "starts_at": "09:00", "persons": "30", "deadline_days": "5", "minimum_persons": "10"}


def test_a_vendor_opens_a_session_and_a_wrong_one_loses_nothing(world: World) -> None:
    listing, vendor = factory.service(world), client(world, "teaco")
    address = reverse("vendors:sessions", args=[listing.pk])
    assert "sold from stock, for any day" in vendor.get(address).content.decode()
    wrong = vendor.post(address, {**PLAN, "minimum_persons": "31"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "takes place from 31 persons on, but has room for 30 only" in text
    assert 'value="2026-12-20"' in text
    assert 'value="09:00"' in text
    assert not ServiceSession.objects.exists()
    assert vendor.post(address, PLAN).status_code == 302
    made = ServiceSession.objects.select_related("capacity").get()
    assert (made.label, made.persons, made.minimum_persons) == ("2026-12-20 09:00", 30, 10)
    tasks = vendor.get(reverse("vendors:change_listing", args=[listing.pk])).content.decode()
    assert "1 session to come" in tasks


def test_goods_have_no_sessions_and_a_strangers_sessions_are_not_found(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    session = listing.sessions.get()
    assert client(world, "teaco").get(reverse("vendors:sessions", args=[world.tea.pk])).status_code == 404
    for address in (
        reverse("vendors:sessions", args=[listing.pk]),
        reverse("vendors:session", args=[session.pk]),
    ):
        assert client(world, "riceco").get(address).status_code == 404
        assert client(world, "riceco").post(address, PLAN).status_code == 404
    off = reverse("vendors:call_off_session", args=[session.pk])
    assert client(world, "riceco").post(off, {"reason": "x"}).status_code == 404
    assert ServiceSession.objects.get().called_off_at is None


def test_a_vendor_changes_places_and_calls_off_with_a_reason(world: World) -> None:
    order = factory.outing(world)
    session, vendor = ServiceSession.objects.get(), client(world, "teaco")
    address = reverse("vendors:session", args=[session.pk])
    page = vendor.get(address).content.decode()
    assert order.buyer_name in page
    places = {"persons": "3", "deadline_days": "3", "minimum_persons": "1"}
    refused = vendor.post(address, places)
    assert refused.status_code == 422
    assert "4 places of" in refused.content.decode()
    assert vendor.post(address, {**places, "persons": "25"}).status_code == 302
    off = reverse("vendors:call_off_session", args=[session.pk])
    assert vendor.post(off, {"reason": " "}).status_code == 422
    assert vendor.post(off, {"reason": "大雪封路"}).status_code == 302
    assert "大雪封路" in vendor.get(address).content.decode()
    order.refresh_from_db()
    assert (order.cancelled_at, order.cancel_reason) == (world.now, "大雪封路")


def test_the_product_page_tells_places_and_deadline_and_fills_the_basket(world: World) -> None:
    listing = factory.service(
        world, factory.session_plan(world, persons=5), factory.session_plan(world, 2, deadline_days=1)
    )
    buyer = client(world, "buyer")
    address = reverse("marketplace:listing_detail", args=[listing.slug])
    text = buyer.get(address).content.decode()
    assert "5 of 5 places left" in text
    assert "Book until 10 Dec 2026." in text
    assert "takes place" not in text
    seat = Pack.objects.get(session__starts_on="2026-12-13", persons=1)
    assert f'name="pack" value="{seat.pk}"' in text
    assert f'name="pack" value="{listing.packs.all()[0].pk}"' not in text
    added = buyer.post(
        reverse("marketplace:basket_add", args=[world.society.slug]), {"pack": seat.pk, "quantity": 2, "next": address}
    )
    assert added["Location"] == address
    assert BasketLine.objects.get().pack == seat
    basket = buyer.get(reverse("marketplace:basket", args=[world.society.slug])).content.decode()
    assert "2026-12-13" in basket


def test_an_organiser_offers_a_session_and_members_pick_it(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    participant = factory.participants(order.requisition.group_order)[0]
    page = member(world, participant).get(reverse("marketplace:pick")).content.decode()
    assert "2026-12-13" in page


def member(world: World, participant: Any) -> Client:
    PersonalLink.objects.create(
        participant=participant,
        token_hash=token_hash("token"),
        issued_at=world.now,
        issued_by=world.users["clerk"],
        expires_at=world.now + timedelta(days=60),
    )
    made = client(world)
    made.get(reverse("marketplace:pick_link", args=["token"]))
    return made


def test_a_member_gets_a_code_only_by_pressing_and_only_of_their_own(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    (order,) = group_order_for(world, listing)
    factory.answered(order, world.now)
    issue_vouchers(order=order, by=world.users["clerk"], at=world.now)
    mine, other, _third = Voucher.objects.order_by("pk")
    holder = member(world, mine.participant)
    assert (
        reverse("marketplace:member_voucher", args=[mine.pk])
        in holder.get(reverse("marketplace:pick")).content.decode()
    )
    address = reverse("marketplace:member_voucher", args=[mine.pk])
    codes = mine.codes.count()
    assert "A code was given out" in holder.get(address).content.decode()
    assert mine.codes.count() == codes
    shown = holder.post(address).content.decode()
    assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown)
    assert "no cash value" in shown
    assert mine.codes.filter(revoked_at=None).count() == 1
    stranger = reverse("marketplace:member_voucher", args=[other.pk])
    assert holder.get(stranger).status_code == holder.post(stranger).status_code == 404


def code_on(page: str) -> str:
    return re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page)[0]


def test_vouchers_are_printed_once_redeemed_on_a_phone_and_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = factory.outing(world)
    buyer = client(world, "buyer")
    address = reverse("marketplace:vouchers", args=[order.reference])
    assert address in buyer.get(reverse("marketplace:order", args=[order.reference])).content.decode()
    assert "Give out the vouchers" in buyer.get(address).content.decode()
    sheets = buyer.post(reverse("marketplace:issue_vouchers", args=[order.reference]))
    assert sheets.status_code == 200
    assert "no-store" in sheets["Cache-Control"]
    assert sheets.content.decode().count('<article class="voucher">') == 4
    again = buyer.post(reverse("marketplace:issue_vouchers", args=[order.reference]))
    assert again["Location"] == address
    at(monkeypatch, world, 20)
    vendor, keeper = client(world, "teaco"), client(world, "keeper")
    code = code_on(sheets.content.decode())
    typed = vendor.post(reverse("vendors:redeem"), {"code": code.lower()})
    verdict = vendor.get(typed["Location"]).content.decode()
    assert "Valid" in verdict
    assert "Redeem now" in verdict
    assert not Voucher.objects.exclude(redeemed_at=None).exists()
    assert vendor.post(typed["Location"])["Location"] == reverse("vendors:redeem")
    used = vendor.get(typed["Location"]).content.decode()
    assert "Used already" in used
    assert "13 Dec 2026, 10:00" in used
    twice = vendor.post(typed["Location"]).content.decode()
    assert "This voucher was used already, at 13 Dec 2026, 10:00." in twice
    stranger = client(world, "riceco").get(typed["Location"]).content.decode()
    assert "Of another vendor" in stranger
    assert order.buyer_name not in stranger
    line = OrderLine.objects.get(order=order)
    page = vendor.get(reverse("vendors:order", args=[order.reference])).content.decode()
    assert "Carried out: who came" in page
    assert f'name="send_{line.pk}"' in page
    place = order.deliveries.get()
    sent = vendor.post(
        reverse("vendors:dispatch", args=[order.reference]),
        {"delivery": place.pk, "attended": "1", f"send_{line.pk}": "4", "note": ""},
    )
    assert sent.status_code == 302
    consignment = Consignment.objects.get()
    receiving = keeper.get(reverse("marketplace:receive", args=[consignment.reference])).content.decode()
    (row,) = consignment.lines.all()
    assert re.search(rf'name="r{row.pk}"[^>]*\s+value="1"', receiving)
    counts = {f"r{row.pk}": "3", f"s{row.pk}": "1", f"d{row.pk}": "0", "note": ""}
    refused = keeper.post(reverse("marketplace:receive", args=[consignment.reference]), counts)
    assert refused.status_code == 422
    assert "Only 1 vouchers of" in refused.content.decode()
    taken = keeper.post(reverse("marketplace:receive", args=[consignment.reference]), {**counts, "note": "两人忘带券"})
    assert taken.status_code == 302
    assert GoodsReceipt.objects.get().note == "两人忘带券"
    accepted = keeper.post(reverse("marketplace:accept_order", args=[order.reference]), {"note": ""})
    assert accepted.status_code == 302
    assert order.acceptance.lines.get().quantity == 3


def test_guessing_codes_is_slowed_down(world: World) -> None:
    factory.outing(world)
    vendor = client(world, "teaco")
    answers = [
        vendor.get(reverse("vendors:voucher", args=[f"ABCD2345EF{n:02d}".replace("0", "G").replace("1", "H")]))
        for n in range(2, 14)
    ]
    assert [answer.status_code for answer in answers] == [404] * 10 + [429] * 2
    assert vendor.post(reverse("vendors:redeem"), {"code": "short"}).status_code == 422


def test_a_vendor_writes_how_many_persons_a_pack_is_for(world: World) -> None:
    listing, vendor = factory.service(world), client(world, "teaco")
    address = reverse("vendors:listing_part", args=[listing.pk, "packs"])
    page = vendor.get(address).content.decode()
    assert "Persons for each" in page
    assert "Weight with packaging" not in page
    first, second = listing.packs.all()
    answer = vendor.post(
        address,
        {
            "pack0-pk": first.pk, "pack0-name": "每位", "pack0-unit": "位", "pack0-unit_price": "50",
            "pack0-is_offered": "on", "pack1-pk": second.pk, "pack1-name": "四口之家", "pack1-unit": "家",
            "pack1-unit_price": "120", "pack1-persons": "4", "pack1-is_offered": "on",
        },
    )  # fmt: skip
    assert answer.status_code == 302
    written = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object().packs.all()
    assert [(pack.name, pack.persons) for pack in written] == [("每位", 1), ("四口之家", 4)]
    assert timezone.now() == world.now


def test_the_page_of_a_service_does_not_speak_of_freight(world: World) -> None:
    listing = factory.service(world, factory.session_plan(world))
    goods = client(world).get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()
    page = client(world).get(reverse("marketplace:listing_detail", args=[listing.slug])).content.decode()
    for words in ("<dt>Freight</dt>", "without freight"):
        assert words in goods
        assert words not in page
    assert "value-added tax</dd>" in page

"""A session with fewer persons than its least: buyers see that it is not certain, and the vendor decides, never the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.errors import BookingStillOpen, NothingToDecide, SessionCalledOff
from marketplace.catalogue.models import Listing
from marketplace.catalogue.opening import change_session
from marketplace.catalogue.session_views import sessions_to_decide
from marketplace.catalogue.sessions import ServiceSession
from marketplace.errands.models import Errand
from marketplace.orders.models import PurchaseOrder
from marketplace.parties.actions import office_day
from marketplace.purchase.call_off import call_off_session
from marketplace.purchase.clock import go_round
from marketplace.purchase.hold import hold_session_anyway
from marketplace.purchase.place import place
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db
OPEN, CLOSED, HELD, OVER = 0, 18, 20, 21  # days from now: booked until the 17th, held on the 20th


@pytest.fixture
def order(world: World) -> PurchaseOrder:
    """Four seats on a session that is to be held from six persons on."""
    listing = factory.service(world, factory.session_plan(world, minimum_persons=6))
    made = factory.bought_directly(world, {factory.packs_of_session(listing)[0]: 4})
    (placed,) = place(requisition=made, by=world.users["head"], at=world.now)
    return factory.answered(placed, world.now)


def session() -> ServiceSession:
    return ServiceSession.objects.select_related("capacity", "listing").get()


def hold(world: World, days: int) -> ServiceSession:
    at = world.now + timedelta(days=days)
    return hold_session_anyway(session=session(), by=world.users["teaco"], at=at)


def undecided(world: World, days: int) -> list[ServiceSession]:
    return sessions_to_decide([world.tea_vendor.pk], office_day(world.now + timedelta(days=days)))


def text(world: World, monkeypatch: Any, days: int, username: str, name: str, *args: Any) -> str:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=days))
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[username])
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


@pytest.mark.parametrize(("days", "waits"), [(OPEN, False), (17, False), (CLOSED, True), (HELD, True), (OVER, False)])
def test_the_vendor_decides_between_the_last_day_for_booking_and_the_end(
    world: World, order: PurchaseOrder, days: int, waits: bool
) -> None:
    assert bool(undecided(world, days)) == waits
    assert sessions_to_decide([world.rice_vendor.pk], office_day(world.now + timedelta(days=CLOSED))) == []


def test_the_clock_closes_it_tells_the_vendor_and_cancels_nothing(world: World, order: PurchaseOrder) -> None:
    list(go_round(name="sessions", at=world.now + timedelta(days=CLOSED)))
    list(go_round(name="sessions", at=world.now + timedelta(days=CLOSED + 1)))
    told = [row.key for row in Errand.objects.filter(key__startswith="session_short:")]
    assert [key.split(":")[1] for key in told] == [str(session().pk)]
    order.refresh_from_db()
    assert (order.cancelled_at, session().called_off_at, session().booked) == (None, None, 4)


def test_enough_persons_need_no_decision(world: World, order: PurchaseOrder) -> None:
    more = factory.bought_directly(world, {factory.packs_of_session(Listing.objects.get(is_by_session=True))[0]: 2})
    place(requisition=more, by=world.users["head"], at=world.now)
    list(go_round(name="sessions", at=world.now + timedelta(days=CLOSED)))
    assert undecided(world, CLOSED) == []
    assert not Errand.objects.filter(key__startswith="session_short:").exists()
    with pytest.raises(NothingToDecide):
        hold(world, CLOSED)


def test_nobody_waits_for_a_session_nobody_booked(world: World) -> None:
    factory.service(world, factory.session_plan(world, minimum_persons=6))
    assert undecided(world, CLOSED) == []
    with pytest.raises(NothingToDecide):
        hold(world, CLOSED)


def test_holding_it_anyway_is_told_once_to_those_who_booked(world: World, order: PurchaseOrder) -> None:
    with pytest.raises(BookingStillOpen):
        hold(world, OPEN)
    assert hold(world, CLOSED).is_certain
    assert undecided(world, CLOSED) == []
    assert Errand.objects.filter(key__startswith=f"session_held:{order.reference}:").count() == 1
    with pytest.raises(NothingToDecide):
        hold(world, CLOSED)


def test_what_is_held_anyway_may_still_be_called_off(world: World, order: PurchaseOrder) -> None:
    hold(world, CLOSED)
    at = world.now + timedelta(days=HELD - 1)
    call_off_session(session=session(), reason="大雪", by=world.users["teaco"], at=at)
    assert not session().is_certain
    with pytest.raises(SessionCalledOff):
        hold(world, HELD)


def test_buyers_see_that_it_is_not_certain_and_how_many_are_missing(
    world: World, order: PurchaseOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = Listing.objects.get(is_by_session=True)
    product, own = ("marketplace:listing_detail", listing.slug), ("marketplace:order", order.reference)
    for name, key in (product, own):
        assert "Not yet certain: 2 persons are missing." in text(world, monkeypatch, OPEN, "buyer", name, key)
        page = text(world, monkeypatch, CLOSED, "buyer", name, key)
        assert "2 persons are missing, and the vendor decides whether it is held." in page
    hold(world, CLOSED)
    assert "It takes place." in text(world, monkeypatch, CLOSED, "buyer", *own)
    assert "Not yet certain" not in text(world, monkeypatch, CLOSED, "buyer", *product)


def test_the_vendors_desk_and_the_sessions_page_ask_for_the_decision(
    world: World, order: PurchaseOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Decide: hold it anyway, or call it off"
    page = ("vendors:session", session().pk)
    assert question not in text(world, monkeypatch, OPEN, "teaco", "vendors:desk")
    assert "Not yet certain: 2 persons are missing." in text(world, monkeypatch, OPEN, "teaco", *page)
    desk = text(world, monkeypatch, CLOSED, "teaco", "vendors:desk")
    assert question in desk
    assert "4 of at least 6 persons" in desk
    assert question in text(world, monkeypatch, CLOSED, "teaco", *page)
    assert "2 persons too few" in text(world, monkeypatch, CLOSED, "teaco", "vendors:sessions", session().listing_id)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["teaco"])
    client.post(reverse("vendors:hold_session_anyway", args=[session().pk]))
    assert question not in text(world, monkeypatch, CLOSED, "teaco", *page)
    assert "It is held with the 4 who have booked" in text(world, monkeypatch, CLOSED, "teaco", *page)
    assert session().held_anyway_by == world.users["teaco"]


def test_a_session_for_whoever_comes_is_not_called_uncertain(world: World, monkeypatch: Any) -> None:
    factory.service(world, factory.session_plan(world, minimum_persons=1))
    page = visitors_page(world, monkeypatch, OPEN).content.decode()
    assert "Not yet certain" not in page
    assert "places left" in page


def visitors_page(world: World, monkeypatch: Any, days: int, tag: str = "") -> Any:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now + timedelta(days=days))
    listing = Listing.objects.get(pk=session().listing_id)
    client = Client(headers={"accept-language": "en"} | ({"if-none-match": tag} if tag else {}))
    return client.get(reverse("marketplace:listing_detail", args=[listing.slug]))


def test_what_is_kept_of_the_page_for_everybody_follows_the_decision(
    world: World, order: PurchaseOrder, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = visitors_page(world, monkeypatch, CLOSED)
    assert "the vendor decides whether it is held" in before.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        hold(world, CLOSED)
    after = visitors_page(world, monkeypatch, CLOSED, tag=before["ETag"])
    assert after.status_code == 200
    assert "the vendor decides whether it is held" not in after.content.decode()


def test_what_is_kept_of_the_page_for_everybody_follows_the_sessions_terms(
    world: World, order: PurchaseOrder, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = visitors_page(world, monkeypatch, OPEN)
    assert "2 persons are missing" in before.content.decode()
    found = session()
    terms = {"persons": found.persons, "deadline_days": found.deadline_days, "minimum_persons": 5}
    with django_capture_on_commit_callbacks(execute=True):
        change_session(session=found, by=world.users["teaco"], at=world.now, **terms)
    after = visitors_page(world, monkeypatch, OPEN, tag=before["ETag"])
    assert after.status_code == 200
    assert "1 person is missing" in after.content.decode()

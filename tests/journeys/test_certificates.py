"""A certificate from the vendor's phone to its end: private, confirmed, shown, announced, ended, renewed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.catalogue.certificates import Certificate, CertificateNotice
from marketplace.catalogue.certifying import confirm_certificate, refuse_certificate
from marketplace.catalogue.errors import CertificateAnswered, ListingPaused, ReasonMissing
from marketplace.catalogue.linkage import FarmerLinkage, check_linkage
from marketplace.catalogue.models import Listing, Pack
from marketplace.errands.work import run_due
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.orders.actions import set_basket_line
from marketplace.parties.actions import office_day
from marketplace.parties.errors import AnotherCounty
from marketplace.purchase.clock import Tick, go_round
from marketplace.purchase.place import place
from tests.factories import world as factory
from tests.factories.files import picture
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sees(user: Any, address: str) -> int:
    answer = signed_in(user).get(address)
    if answer.streaming:
        b"".join(answer)  # read to its end, which closes the file and leaves the connection alone
    return int(answer.status_code)


def page(world: World, client: Client | None = None) -> str:
    return (client or Client()).get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()


def clock(at: datetime) -> list[Tick]:
    """What the clock says of certificates at a moment."""
    return list(go_round(name="certificates", at=at))


def basket(world: World) -> Any:
    pack = Pack.objects.select_related("listing").get(listing=world.tea.pk)
    return set_basket_line(organisation=world.society, pack=pack, quantity=1, by=world.users["buyer"], at=world.now)


def test_a_vendor_enters_it_and_only_an_officer_of_the_county_makes_it_public(world: World) -> None:
    person = signed_in(world.users["teaco"])
    address = reverse("vendors:new_certificate", args=[world.tea_vendor.slug])
    typed = {"kind": "organic", "number": "有机 1", "issuer": "认证中心", "valid_from": "2026-01-01", "valid_to": ""}
    refused = person.post(
        address, {**typed, "valid_to": "2025-01-01", "scan": SimpleUploadedFile("a.png", picture("PNG"))}
    )
    assert refused.status_code == 422
    assert Certificate.objects.count() == 0
    token = refused.content.decode().split('name="scan-held" value="')[1].split('"')[0]
    assert person.post(address, {**typed, "scan-held": token}).status_code == 302  # the photograph was kept
    made = Certificate.objects.get()
    scan = reverse("marketplace:file", args=[made.scan.token])
    eyes = [world.users["teaco"], world.officer, world.foreign_officer, world.users["riceco"]]
    assert [sees(user, scan) for user in eyes] == [200, 200, 404, 404]
    assert "有机 1" not in page(world)
    with pytest.raises(AnotherCounty):
        confirm_certificate(certificate=made, on=office_day(world.now), by=world.foreign_officer, at=world.now)
    answer = signed_in(world.officer).post(
        reverse("marketplace_backoffice:certificate", args=[made.pk]), {"confirm": "1"}
    )
    assert answer.status_code == 302
    made.refresh_from_db()
    shown = page(world)
    assert made.picture is not None
    assert "有机 1" in shown
    assert made.picture.get_rendition("max-1200x1600|format-webp").url in shown


def test_what_is_answered_is_not_answered_twice(world: World) -> None:
    made = factory.certified(world.tea, at=world.now, is_confirmed=False)
    with pytest.raises(ReasonMissing):
        refuse_certificate(certificate=made, reason=" ", by=world.officer, at=world.now)
    refuse_certificate(certificate=made, reason="看不清", by=world.officer, at=world.now)
    with pytest.raises(CertificateAnswered):
        confirm_certificate(certificate=made, on=office_day(world.now), by=world.officer, at=world.now)
    made.refresh_from_db()
    assert (made.confirmed_at, made.reason, made.picture) == (None, "看不清", None)
    assert "看不清" in signed_in(world.users["teaco"]).get(reverse("vendors:desk")).content.decode()


def test_the_vendor_is_told_thirty_seven_and_one_day_before_and_at_the_end_each_once(world: World) -> None:
    world.users["teaco"].email = "teaco@example.org"
    world.users["teaco"].save()
    factory.certified(world.tea, at=world.now, valid_to=office_day(world.now) + timedelta(40))
    told = []
    for day in range(43):
        at = world.now + timedelta(days=day)
        mail.outbox.clear()
        ticks = [*clock(at), *clock(at)]
        list(run_due(at=at))
        if ticks or mail.outbox:
            told.append((40 - day, [found.done for found in ticks], len(mail.outbox)))
    assert told == [(30, ["announced"], 1), (7, ["announced"], 1), (1, ["announced"], 1), (-1, ["paused"], 1)]
    assert list(CertificateNotice.objects.values_list("days", flat=True)) == [30, 7, 1, 0]


def test_a_renewed_certificate_is_not_spoken_of_and_pauses_nothing(world: World) -> None:
    day = office_day(world.now)
    factory.certified(world.tea, at=world.now, valid_to=day + timedelta(5))
    factory.certified(world.tea, at=world.now, number="SC11434152300025", valid_to=day + timedelta(900))
    assert clock(world.now + timedelta(days=1)) == []
    assert clock(world.now + timedelta(days=6)) == [Tick("SC11434152300017", done="ended")]
    assert Listing.objects.published().filter(pk=world.tea.pk).exists()


def ended(world: World) -> Certificate:
    """The tea's licence has run out yesterday, and the clock has seen it."""
    made = factory.certified(world.tea, at=world.now, valid_to=office_day(world.now) - timedelta(1))
    clock(world.now)
    world.tea.refresh_from_db()
    return made


def test_a_listing_without_its_licence_takes_no_new_orders_and_loses_nothing(world: World) -> None:
    requisition = factory.submitted(world, tea=2)
    group_order = factory.open_group_order(world, count=1)
    participant = factory.participants(group_order)[0]
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 2}, at=world.now)
    ended(world)
    assert (world.tea.state, Listing.objects.published().filter(pk=world.tea.pk).exists()) == ("paused", False)
    with pytest.raises(ListingPaused):
        basket(world)
    with pytest.raises(ListingPaused):
        grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 3}, at=world.now)
    grouporders.choose(participant=participant, quantities={world.tea_pack.pk: 1, world.rice_pack.pk: 1}, at=world.now)
    closed = close_group_order(group_order=group_order, by=world.users["clerk"], at=world.now)
    assert closed.state == "closed"
    approved = factory.orders.approve_requisition(requisition=requisition, by=world.users["chair"], at=world.now)
    placed = place(requisition=approved, by=world.users["chair"], at=world.now)
    assert [line.quantity_ordered for order in placed for line in order.lines.all()] == [6, 3]
    shown = page(world, signed_in(world.users["buyer"]))
    assert "basket/add" not in shown
    assert world.tea.title not in Client().get(reverse("marketplace:catalogue")).content.decode()


def test_it_comes_back_when_the_renewed_licence_is_confirmed(world: World) -> None:
    ended(world)
    day = office_day(world.now)
    made = factory.certified(world.tea, at=world.now, is_confirmed=False, number="SC2", valid_to=day + timedelta(300))
    assert basket_is_refused(world)
    confirm_certificate(certificate=made, on=day, by=world.officer, at=world.now)
    world.tea.refresh_from_db()
    assert (world.tea.paused_at, world.tea.state) == (None, "published")
    assert basket(world).quantity == 1


def basket_is_refused(world: World) -> bool:
    try:
        basket(world)
    except ListingPaused:
        return True
    return False


def test_a_licence_that_begins_later_brings_it_back_on_its_first_day(world: World) -> None:
    ended(world)
    day = office_day(world.now)
    factory.certified(world.tea, at=world.now, number="SC2", valid_from=day + timedelta(3), valid_to=None)
    assert clock(world.now + timedelta(days=2)) == []
    assert clock(world.now + timedelta(days=3)) == [Tick("SC2", done="resumed")]
    assert Listing.objects.published().filter(pk=world.tea.pk).exists()


def test_publishing_a_change_does_not_end_a_pause(world: World) -> None:
    ended(world)
    listing = world.tea.get_latest_revision_as_object()
    listing.summary = "改过的简介"
    factory.reviewed(listing, world)
    world.tea.refresh_from_db()
    assert (world.tea.summary, world.tea.state) == ("改过的简介", "paused")


def test_a_licence_taken_back_pauses_at_once_and_a_badge_only_goes(world: World, client: Client) -> None:
    day = office_day(world.now)
    green = factory.certified(world.tea, at=world.now, kind="green", number="绿 1", valid_to=day - timedelta(1))
    assert clock(world.now) == [Tick("绿 1", done="ended")]
    assert green.number not in page(world)
    licence = factory.certified(world.tea, at=world.now)
    client.force_login(world.users["teaco"])
    client.post(reverse("vendors:withdraw_certificate", args=[world.tea_vendor.slug, licence.pk]))
    assert basket_is_refused(world)


def test_the_operator_says_which_kinds_pause(world: World, settings: Any) -> None:
    settings.MARKETPLACE_CERTIFICATE_PAUSES = {"sc_licence": False}
    ended(world)
    assert world.tea.paused_at is None


def test_a_certificate_of_the_vendor_is_of_all_it_sells(world: World) -> None:
    factory.certified(world.tea, at=world.now, listing=None, kind="gi_mark", system="mark", number="商标 1")
    assert "商标 1" in page(world)
    other = Client().get(reverse("marketplace:listing_detail", args=[world.rice.slug])).content.decode()
    assert "商标 1" not in other


def test_evidence_holds_for_the_very_numbers_it_was_given_to(world: World) -> None:
    listing = world.tea.get_latest_revision_as_object()
    listing.linkages = [FarmerLinkage(mode="contract", households=20, year=2026, statement="收鲜叶")]
    listing = factory.reviewed(listing, world)
    assert "供应商自报" in page(world)
    with pytest.raises(AnotherCounty):
        check_linkage(
            linkage=listing.linkages.get(), level="verified", note="到村", by=world.foreign_officer, at=world.now
        )
    check_linkage(linkage=listing.linkages.get(), level="verified", note="到村", by=world.officer, at=world.now)
    assert 'data-tone="done"' in page(world).split('id="linkages"')[1].split("</section>")[0]
    changed = listing.get_latest_revision_as_object()
    changed.linkages = [FarmerLinkage(mode="contract", households=90, year=2026)]
    factory.reviewed(changed, world)
    assert 'data-tone="done"' not in page(world).split('id="linkages"')[1].split("</section>")[0]

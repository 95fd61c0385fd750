"""What proves a price: entered by the vendor, seen by the county's officers, asked for or only advised."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.errors import EvidenceOfTheFuture, EvidenceShowsNothing, PriceEvidenceMissing
from marketplace.catalogue.evidence import PriceEvidence, require_evidence
from marketplace.catalogue.models import Listing
from marketplace.errors import NotPermitted
from marketplace.money import yuan
from tests.factories.files import picture
from tests.factories.world import World
from vendors.listing.hearing import enter_evidence, withdraw_evidence

pytestmark = pytest.mark.django_db

TYPED = {
    "seller": "城关集市",
    "goods": "同级散茶",
    "price": "90",
    "net_grams": "1 kg",
    "seen_on": "2026-11-20",
    "link": "https://shop.example/tea",
}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def vendor(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["teaco"])
    return client


def address(world: World) -> str:
    return reverse("vendors:price_evidence", args=[world.tea.pk])


def shown(world: World, **more: Any) -> PriceEvidence:
    given: dict[str, Any] = {
        "seller": "集市",
        "price": yuan(90),
        "seen_on": date(2026, 11, 1),
        "link": "https://a.example/",
    }
    evidence = PriceEvidence(**{**given, **more})
    return enter_evidence(evidence=evidence, listing=world.tea, paper=None, by=world.users["teaco"], at=world.now)


def changed(world: World) -> None:
    """The vendor hands in another title, which waits for a review."""
    draft = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    draft.title = "新茶"
    catalogue.save_listing_draft(listing=draft, by=world.users["teaco"], at=world.now)
    catalogue.submit_listing(listing=draft, by=world.users["teaco"], at=world.now)


def review(world: World) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.officer)
    return client.get(reverse("marketplace_backoffice:review", args=[world.tea.pk])).content.decode()


def test_a_vendor_enters_a_price_seen_elsewhere_and_nobody_else_can(world: World, vendor: Client) -> None:
    assert vendor.post(address(world), TYPED).status_code == 302
    made = PriceEvidence.objects.get()
    assert (made.seller, made.price, made.net_grams, made.listing) == ("城关集市", yuan(90), 1000, world.tea)
    assert "城关集市" in vendor.get(address(world)).content.decode()
    stranger = Client()
    stranger.force_login(world.users["riceco"])
    assert stranger.get(address(world)).status_code == 404
    assert stranger.post(address(world), TYPED).status_code == 404
    with pytest.raises(NotPermitted):
        withdraw_evidence(evidence=made, by=world.users["riceco"], at=world.now)


def test_buyers_never_see_it(world: World, vendor: Client) -> None:
    vendor.post(address(world), TYPED)
    page = Client().get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()
    assert "城关集市" not in page


def test_the_task_list_advises_it_and_the_review_says_what_there_is(world: World, vendor: Client) -> None:
    tasks = reverse("vendors:change_listing", args=[world.tea.pk])
    assert "advised" in vendor.get(tasks).content.decode()
    vendor.post(address(world), TYPED)
    assert "1 piece of evidence" in vendor.get(tasks).content.decode()
    changed(world)
    text = review(world)
    assert "城关集市" in text
    assert "The price has evidence: 1 piece of evidence." in text


def test_the_review_says_that_there_is_none_or_that_it_costs_less_elsewhere(world: World) -> None:
    world.tea.packs.update(net_grams=1000)
    draft = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    packs = list(draft.packs.all())
    packs[0].net_grams = 1000
    draft.packs.set(packs)
    catalogue.save_listing_draft(listing=draft, by=world.users["teaco"], at=world.now)
    changed(world)
    assert "Nothing shows that the price is fair" in review(world)
    shown(world, net_grams=1000)
    assert "集市: ¥90.00 a kilogram there, from ¥100.00 here." in review(world)


def test_where_the_operator_asks_for_it_nothing_is_handed_in_without(world: World, settings: Any) -> None:
    settings.MARKETPLACE_PRICE_EVIDENCE_REQUIRED = True
    with pytest.raises(PriceEvidenceMissing):
        changed(world)
    assert not Listing.objects.get(pk=world.tea.pk).workflow_in_progress
    shown(world)
    changed(world)
    assert Listing.objects.get(pk=world.tea.pk).workflow_in_progress


def test_what_was_taken_back_proves_nothing(world: World, vendor: Client, settings: Any) -> None:
    made = shown(world)
    vendor.post(reverse("vendors:withdraw_price_evidence", args=[made.pk]))
    made.refresh_from_db()
    assert made.withdrawn_at == world.now
    settings.MARKETPLACE_PRICE_EVIDENCE_REQUIRED = True
    with pytest.raises(PriceEvidenceMissing):
        changed(world)


def test_it_has_to_show_something_and_what_was_typed_is_kept(world: World, vendor: Client) -> None:
    answer = vendor.post(address(world), {**TYPED, "link": ""})
    assert answer.status_code == 422
    assert "城关集市" in answer.content.decode()
    paper = SimpleUploadedFile("a.png", picture("PNG"))
    answer = vendor.post(address(world), {**TYPED, "link": "", "price": "", "paper": paper})
    token = answer.content.decode().split('name="paper-held" value="')[1].split('"')[0]
    assert vendor.post(address(world), {**TYPED, "link": "", "paper-held": token}).status_code == 302
    assert PriceEvidence.objects.get().paper.token == token


@pytest.mark.parametrize("wrong", [{"link": "javascript:alert(1)"}, {"price": "0"}, {"net_grams": "viel"}], ids=str)
def test_nonsense_is_said_at_its_field(world: World, vendor: Client, wrong: dict[str, str]) -> None:
    assert vendor.post(address(world), {**TYPED, **wrong}).status_code == 422
    assert PriceEvidence.objects.count() == 0


def test_the_action_and_the_database_refuse_it_as_well(world: World) -> None:
    with pytest.raises(EvidenceShowsNothing):
        shown(world, link="")
    with pytest.raises(EvidenceOfTheFuture):
        shown(world, seen_on=world.now.date() + timedelta(1))
    made = shown(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceEvidence.objects.filter(pk=made.pk).update(link="")


def test_of_many_listings_without_evidence_the_first_are_named_and_the_others_counted(settings: Any) -> None:
    settings.MARKETPLACE_PRICE_EVIDENCE_REQUIRED = True
    with translation.override("en"), pytest.raises(PriceEvidenceMissing) as refusal:
        require_evidence([Listing(pk=number, title=f"茶{number}") for number in range(1, 8)])
    assert "茶1、茶2、茶3、茶4、茶5 and 2 more" in str(refusal.value)

"""Which changes of a published listing buyers see at once, and which an officer sees first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import override_settings
from django.utils import translation

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.decisions import AfterLook, ListingDecision
from marketplace.catalogue.differences import differences
from marketplace.catalogue.errors import ListingInReview, NothingToReview, ReasonMissing
from marketplace.catalogue.linkage import FarmerLinkage
from marketplace.catalogue.models import Listing, ListingPicture, Pack, PriceTier
from marketplace.catalogue.reasons import ReturnReason
from marketplace.catalogue.selectors import reviewed_version
from marketplace.money import Money, yuan
from marketplace.parties.errors import AnotherCounty
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


def draft_of(world: World) -> Listing:
    """The rice as its vendor would go on writing it. 60 yuan a bag, 5 kg."""
    return Listing.objects.get(pk=world.rice.pk).get_latest_revision_as_object()


def hand_in(world: World, changed: Listing) -> Any:
    person = world.rice_vendor.people.get().user
    catalogue.save_listing_draft(listing=changed, by=person, at=world.now)
    return catalogue.submit_listing(listing=changed, by=person, at=world.now)


def approve(world: World) -> Listing:
    listing = Listing.objects.get(pk=world.rice.pk)
    return catalogue.approve_listing(
        listing=listing, revision_pk=listing.latest_revision_id or 0, by=world.officer, at=world.now
    )


def on_sale(world: World) -> Listing:
    return Listing.objects.get(pk=world.rice.pk)


def with_pack(listing: Listing, change: Callable[[Pack], None]) -> None:
    packs = list(listing.packs.all())
    change(packs[0])
    listing.packs.set(packs)


def of_hundred(price: Money, percent: int) -> Money:
    return Money(price.amount * percent // 100, price.currency)


def percent(amount: int) -> Callable[[Listing], None]:
    return lambda listing: with_pack(
        listing, lambda pack: setattr(pack, "unit_price", of_hundred(pack.unit_price, amount))
    )


def tier_at(amount: int) -> Callable[[Listing], None]:
    def change(pack: Pack) -> None:
        pack.tiers.set([PriceTier(from_quantity=10, unit_price=of_hundred(pack.unit_price, amount))])

    return lambda listing: with_pack(listing, change)


def with_field(**values: Any) -> Callable[[Listing], None]:
    def change(listing: Listing) -> None:
        for name, value in values.items():
            setattr(listing, name, value)

    return change


def on_pack(**values: Any) -> Callable[[Listing], None]:
    def change(pack: Pack) -> None:
        for name, value in values.items():
            setattr(pack, name, value)

    return lambda listing: with_pack(listing, change)


def another_pack(listing: Listing) -> None:
    listing.packs.add(Pack(name="10 kg 袋", unit="袋", unit_price=yuan(90), initial_stock=5, sort_order=1))


def another_linkage(listing: Listing) -> None:
    listing.linkages.add(FarmerLinkage(mode="contract", households=20, year=2026))


def another_picture(listing: Listing) -> None:
    listing.pictures.add(ListingPicture(image=factory.picture("另一张"), alt_text="稻田", sort_order=1))


def other_words(listing: Listing) -> None:
    pictures = list(listing.pictures.all())
    pictures[0].alt_text = "新的说明"
    listing.pictures.set(pictures)


def elsewhere(listing: Listing) -> None:
    listing.origin = factory.region("341523107")


def another_kind(world: World) -> Callable[[Listing], None]:
    def change(listing: Listing) -> None:
        listing.product = world.tea.product

    return change


SMALL: dict[str, Callable[[Listing], None]] = {
    "description": with_field(description="新的说明"),
    "summary": with_field(summary="新的一句话"),
    "season": with_field(season=",9,10,"),
    "how it is stored": with_field(storage="chilled"),
    "stock at publication": on_pack(initial_stock=7),
    "minimum and multiple": on_pack(minimum_quantity=2, multiple=2),
    "order of the packs": on_pack(sort_order=4),
    "words of a picture": other_words,
    "price up ten of a hundred": percent(110),
    "price down ten of a hundred": percent(90),
    "a tier within ten of a hundred": tier_at(95),
}
RISKY: dict[str, Callable[[Listing], None]] = {
    "title": with_field(title="另一种米"),
    "tax rate": with_field(tax_rate="9"),
    "origin": elsewhere,
    "price up eleven of a hundred": percent(111),
    "price down eleven of a hundred": percent(89),
    "a tier far below": tier_at(60),
    "weight": on_pack(weight_grams=900),
    "net weight": on_pack(net_grams=4900),
    "allergens": with_field(allergens=",nuts,"),
    "shelf life": with_field(shelf_life_days=90),
    "how farming households benefit": another_linkage,
    "what the pack is called": on_pack(name="500 g 袋"),
    "another pack": another_pack,
    "another picture": another_picture,
}


@pytest.mark.parametrize("change", SMALL.values(), ids=SMALL)
def test_a_small_change_is_published_at_once_and_waits_to_be_looked_at(
    world: World, change: Callable[[Listing], None]
) -> None:
    changed = draft_of(world)
    change(changed)
    assert hand_in(world, changed) is None
    now = on_sale(world)
    assert now.live
    assert not now.has_unpublished_changes
    assert now.state == "published"
    look = AfterLook.objects.get()
    assert (look.listing_id, look.looked_at, look.after_id) == (now.pk, None, now.latest_revision_id)
    assert ListingDecision.objects.filter(listing=now).count() == 1  # the first review, and none since


@pytest.mark.parametrize("change", RISKY.values(), ids=RISKY)
def test_a_risky_change_goes_to_review_while_the_published_one_stays(
    world: World, change: Callable[[Listing], None]
) -> None:
    before = on_sale(world)
    price, title = before.price_from, before.title
    changed = draft_of(world)
    change(changed)
    assert hand_in(world, changed) is not None
    now = on_sale(world)
    assert (now.state, now.price_from, now.title, now.live) == ("submitted", price, title, True)
    assert now.packs.count() == 1
    assert not AfterLook.objects.exists()


def test_another_kind_of_produce_is_a_risky_change(world: World) -> None:
    changed = draft_of(world)
    another_kind(world)(changed)
    assert hand_in(world, changed) is not None


def test_the_words_of_a_farmer_linkage_may_be_mended_its_numbers_are_looked_at(world: World) -> None:
    added = draft_of(world)
    another_linkage(added)
    hand_in(world, added)
    approve(world)
    for change, is_small in (({"statement": "收稻谷"}, True), ({"households": 200}, False)):
        changed = draft_of(world)
        (row,) = changed.linkages.all()
        for name, value in change.items():
            setattr(row, name, value)
        changed.linkages.set([row])
        assert (hand_in(world, changed) is None) == is_small
    assert [row.claim for row in on_sale(world).linkages.all()] == [("contract", 20, 2026)]


def test_an_officer_reads_allergens_days_and_weights_in_words(world: World) -> None:
    old, new = draft_of(world), draft_of(world)
    new.allergens, new.harvest_from = ",soy,nuts,", date(2026, 9, 1)
    on_pack(net_grams=4900)(new)
    another_linkage(new)
    with translation.override("en"):
        found = {row.path: row.new for row in differences(old, new)}
    assert found == {
        "allergens": "soy、nuts and kernels",
        "harvest_from": "1 Sep 2026",
        "packs.net_grams": "4.9 kg",
        "linkages": "added · 20",
    }


def test_two_small_steps_are_one_risky_step(world: World) -> None:
    first = draft_of(world)
    percent(108)(first)
    assert hand_in(world, first) is None
    second = draft_of(world)
    percent(108)(second)  # 16.64 of a hundred above what was reviewed
    assert hand_in(world, second) is not None
    assert on_sale(world).state == "submitted"


def test_what_an_officer_approved_is_what_the_next_change_is_compared_with(world: World) -> None:
    dearer = draft_of(world)
    percent(150)(dearer)
    hand_in(world, dearer)
    approve(world)
    small = draft_of(world)
    percent(109)(small)
    assert hand_in(world, small) is None


def test_a_returned_change_does_not_move_what_is_compared_with(world: World) -> None:
    dearer = draft_of(world)
    percent(150)(dearer)
    hand_in(world, dearer)
    listing = on_sale(world)
    catalogue.return_listing(listing=listing, reason="", reasons=["price_unproven"], by=world.officer, at=world.now)
    again = draft_of(world)
    again.description = "只改说明"
    assert hand_in(world, again) is not None  # the dear price is still in it
    decision = ListingDecision.objects.filter(listing=listing, is_approved=False).get()
    assert (decision.reasons, decision.words) == (["price_unproven"], "")
    assert decision.reason_labels == [ReturnReason.PRICE_UNPROVEN.label]


def test_a_pack_added_by_a_review_keeps_its_key_and_stock_through_the_next_change(world: World) -> None:
    changed = draft_of(world)
    another_pack(changed)
    hand_in(world, changed)
    approve(world)
    added = on_sale(world).packs.get(name="10 kg 袋")
    small = draft_of(world)
    small.description = "再改"
    assert hand_in(world, small) is None
    assert on_sale(world).packs.get(name="10 kg 袋").pk == added.pk
    reviewed = reviewed_version(world.rice)
    assert reviewed is not None
    assert {pack.pk for pack in reviewed.packs.all()} == {pack.pk for pack in on_sale(world).packs.all()}


def test_a_listing_never_reviewed_is_never_published_at_once(world: World) -> None:
    ListingDecision.objects.all().delete()
    changed = draft_of(world)
    changed.description = "新"
    assert hand_in(world, changed) is not None


def test_handing_in_without_a_change_is_refused(world: World) -> None:
    with pytest.raises(NothingToReview):
        hand_in(world, draft_of(world))
    assert on_sale(world).state == "published"
    assert not AfterLook.objects.exists()


def test_the_operator_says_which_changes_are_risky(world: World) -> None:
    with override_settings(MARKETPLACE_RISKY_CHANGES=["description"], MARKETPLACE_RISKY_PRICE_PERCENT=1):
        changed = draft_of(world)
        changed.title = "另一种米"
        assert hand_in(world, changed) is None
        changed = draft_of(world)
        changed.description = "新"
        assert hand_in(world, changed) is not None


def test_a_listing_in_review_is_frozen(world: World) -> None:
    changed = draft_of(world)
    changed.title = "另一种米"
    hand_in(world, changed)
    with pytest.raises(ListingInReview):
        hand_in(world, changed)


def test_looking_afterwards_is_the_countys_and_counts_once(world: World) -> None:
    changed = draft_of(world)
    changed.description = "新"
    hand_in(world, changed)
    look = AfterLook.objects.get()
    stranger = factory.officer("stranger", "341802", world.now)
    with pytest.raises(AnotherCounty):
        catalogue.look_after(look=look, by=stranger, at=world.now)
    look.refresh_from_db()
    assert look.looked_at is None
    catalogue.look_after(look=look, by=world.officer, at=world.now)
    later = catalogue.look_after(look=look, by=world.officer, at=world.now.replace(year=2030))
    assert (later.looked_at, later.looked_by) == (world.now, world.officer)


@pytest.mark.parametrize("reasons", [[], ["other"], ["no such"]], ids=["none", "other without words", "unknown"])
def test_returning_needs_a_reason_that_says_something(world: World, reasons: list[str]) -> None:
    changed = draft_of(world)
    changed.title = "另一种米"
    hand_in(world, changed)
    with pytest.raises(ReasonMissing):
        catalogue.return_listing(listing=on_sale(world), reason=" ", reasons=reasons, by=world.officer, at=world.now)
    assert on_sale(world).state == "submitted"

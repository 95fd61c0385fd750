"""The officer's desk: the queue, one review with its differences and reasons, the looks afterwards, delisting and re-entry."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import WorkflowState

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.decisions import AfterLook, ListingDecision
from marketplace.catalogue.delist import ask_reentry, delist_listing
from marketplace.catalogue.delistings import Delisting, ReEntry
from marketplace.catalogue.errors import (
    ListingDelisted,
    ListingNotDelisted,
    ListingNotPublished,
    ReasonMissing,
    ReEntryTooEarly,
    ReviewOutdated,
)
from marketplace.catalogue.models import Listing
from marketplace.errands.models import Errand
from marketplace.grouporders import actions as grouporders
from marketplace.grouporders.closing import close_group_order
from marketplace.grouporders.errors import ChoicesDoNotFit
from marketplace.money import yuan
from marketplace.parties.errors import AnotherCounty
from marketplace.purchase.delist import affected, delist
from tests.architecture.stage import scan
from tests.factories import market
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world: World, client: Client) -> Client:
    client.force_login(world.officer)
    return client


def change(world: World, listing: Listing, **values: Any) -> Listing:
    """The vendor hands in a changed version; ``price`` is of the first pack."""
    changed = Listing.objects.get(pk=listing.pk).get_latest_revision_as_object()
    packs = list(changed.packs.all())
    packs[0].unit_price = values.pop("price", packs[0].unit_price)
    changed.packs.set(packs)
    for name, value in values.items():
        setattr(changed, name, value)
    person = listing.vendor.people.get().user
    catalogue.save_listing_draft(listing=changed, by=person, at=world.now)
    catalogue.submit_listing(listing=changed, by=person, at=world.now)
    return Listing.objects.get(pk=listing.pk)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"marketplace_backoffice:{name}", args=args), headers={"accept-language": "en"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_review_shows_old_and_new_and_by_how_much_the_price_moved(world: World, officer: Client) -> None:
    before = world.tea.packs.get().unit_price
    change(world, world.tea, price=before * 2, summary="新的一句话")
    text = page(officer, "review", world.tea.pk)
    assert str(before) in text
    assert str(before * 2) in text
    assert "+100 %" in text
    assert "新的一句话" in text
    assert text.count("data-risky") == 1


def test_the_preview_is_the_buyers_page_with_the_submitted_words(world: World, officer: Client) -> None:
    change(world, world.tea, title="明前新茶")
    assert "明前新茶" in page(officer, "review_preview", world.tea.pk)
    assert "明前新茶" not in Client().get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()


def test_a_return_keeps_ticked_reasons_and_the_vendor_reads_them(world: World, officer: Client) -> None:
    change(world, world.tea, title="新茶")
    answer = officer.post(
        reverse("marketplace_backoffice:review", args=[world.tea.pk]),
        {"return": "1", "reasons": ["label_unreadable", "licence_scope"], "reason": "第二张照片模糊"},
    )
    assert answer.status_code == 302
    decision = ListingDecision.objects.get(listing=world.tea, is_approved=False)
    assert (decision.reasons, decision.words) == (["licence_scope", "label_unreadable"], "第二张照片模糊")
    seller = Client()
    seller.force_login(world.users["teaco"])
    text = seller.get(reverse("vendors:change_listing", args=[world.tea.pk])).content.decode()
    assert "第二张照片模糊" in text
    assert decision.reason_labels[0] in text


def test_after_deciding_the_longest_waiting_comes_next(world: World, officer: Client) -> None:
    first = change(world, world.tea, title="新茶")
    second = change(world, world.rice, title="新米")
    answer = officer.post(
        reverse("marketplace_backoffice:review", args=[first.pk]),
        {"approve": "1", "revision": first.latest_revision_id},
    )
    assert answer["Location"] == reverse("marketplace_backoffice:review", args=[second.pk])
    answer = officer.post(
        reverse("marketplace_backoffice:review", args=[second.pk]),
        {"approve": "1", "revision": second.latest_revision_id},
    )
    assert answer["Location"] == reverse("marketplace_backoffice:queue")


def test_the_queue_is_filtered_by_words_and_by_why_it_waits(world: World, officer: Client) -> None:
    change(world, world.tea, title="新茶")
    address = reverse("marketplace_backoffice:queue")
    assert "新茶" not in page(officer, "queue")  # the published title stands until it is approved
    assert world.tea.title in page(officer, "queue")
    for query, is_there in (("?sort=second", True), ("?sort=first", False), ("?q=没有", False), ("?sort=late", False)):
        assert (world.tea.title in officer.get(address + query).content.decode()) is is_there, query


def handed_in(listing: Listing, at: datetime) -> None:
    """The listing waits since then."""
    WorkflowState.objects.filter(object_id=str(listing.pk)).update(created_at=at)


def rows_of(text: str) -> list[list[str]]:
    """What stands in the rows of a table, cell by cell."""
    rows = re.findall(r"<tr>(.*?)</tr>", text.split("<tbody>")[1].split("</tbody>")[0], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_queue_tells_how_long_each_waits_and_until_when_it_is_to_be_answered(
    world: World, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    change(world, world.tea, title="新茶")
    change(world, world.rice, title="新米")
    for listing, days in ((world.tea, 7), (world.rice, 8)):
        handed_in(listing, world.now - timedelta(days=days))
    answer = officer.get(reverse("marketplace_backoffice:queue"), headers={"accept-language": "zh-hans"})
    rows = rows_of(answer.content.decode())
    assert [(row[0], row[4], row[5]) for row in rows] == [  # the longest waiting first; the last day is not late yet
        (world.rice.title, "2026年11月15日 8 天", "2026年11月22日 逾期"),
        (world.tea.title, "2026年11月16日 7 天", "2026年11月23日"),
    ]


def test_what_is_past_its_deadline_is_asked_for_alone(
    world: World, officer: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    change(world, world.tea, title="新茶")
    change(world, world.rice, title="新米")
    handed_in(world.tea, world.now - timedelta(days=7))
    handed_in(world.rice, world.now - timedelta(days=7, seconds=1))

    def late() -> list[str]:
        text = officer.get(reverse("marketplace_backoffice:queue"), {"sort": "late"}).content.decode()
        return [row[0] for row in rows_of(text)] if "<tbody>" in text else []

    assert late() == [world.rice.title]
    settings.MARKETPLACE_DAYS_TO_REVIEW = 6
    assert late() == [world.rice.title, world.tea.title]
    settings.MARKETPLACE_DAYS_TO_REVIEW = 8
    assert late() == []


def test_the_machine_compares_a_kilogram_with_the_median(world: World, officer: Client) -> None:
    for seller in market.vendors(world, 3):
        listing = market.offer(world, seller, f"{seller.slug}-tea")
        listing.packs.update(net_grams=500, unit_price=yuan(50).amount)  # 100 yuan a kilogram
    changed = Listing.objects.get(pk=world.tea.pk).get_latest_revision_as_object()
    packs = list(changed.packs.all())
    packs[0].unit_price, packs[0].net_grams = yuan(200), 1000
    changed.packs.set(packs)
    person = world.users["teaco"]
    catalogue.save_listing_draft(listing=changed, by=person, at=world.now)
    catalogue.submit_listing(listing=changed, by=person, at=world.now)
    text = page(officer, "review", world.tea.pk)
    assert "¥200.00 a kilogram, 100% above the median of ¥100.00" in text
    assert "100% above the middle of 3 like offers (¥50.00 for 500 g)." in text


def test_a_small_edit_is_looked_at_and_leaves_the_list(world: World, officer: Client) -> None:
    change(world, world.tea, description="新的说明")
    look = AfterLook.objects.get()
    assert world.tea.title in page(officer, "after_looks")
    assert "新的说明" in page(officer, "after_look", look.pk)
    officer.post(reverse("marketplace_backoffice:after_look", args=[look.pk]))
    look.refresh_from_db()
    assert look.looked_by == world.officer
    assert reverse("marketplace_backoffice:after_look", args=[look.pk]) not in page(officer, "after_looks")


def taken_off(world: World, **more: Any) -> Delisting:
    terms: dict[str, Any] = {"reasons": ["quality"], "words": "抽检不合格", "by": world.officer, "at": world.now}
    return delist(listing=world.tea, **{**terms, **more})


def test_a_delisted_listing_is_off_the_shelf_and_its_placed_orders_go_on(world: World) -> None:
    order = factory.placed(world, tea=1, rice=0, count=1)[0]
    made = taken_off(world, evidence=scan())
    listing = Listing.objects.get(pk=world.tea.pk)
    assert (listing.live, listing.state) == (False, "delisted")
    assert (made.number, made.reentry_from) == (1, world.now + timedelta(days=7))
    order.refresh_from_db()
    assert order.cancelled_at is None
    assert factory.answered(order, world.now).lines.get().quantity_confirmed == 1
    assert Client().get(reverse("marketplace:listing_detail", args=[world.tea.slug])).status_code == 404


def test_delisting_ends_a_review_under_way(world: World) -> None:
    change(world, world.tea, title="新茶")
    taken_off(world)
    assert Listing.objects.get(pk=world.tea.pk).state == "delisted"
    assert not Listing.objects.get(pk=world.tea.pk).workflow_in_progress


def test_an_open_group_order_keeps_its_choices_is_told_and_cannot_close_before_they_change(world: World) -> None:
    group_order = factory.open_group_order(world, count=1)
    member = factory.participants(group_order)[0]
    grouporders.choose(participant=member, quantities={world.tea_pack.pk: 1}, at=world.now)
    taken_off(world)
    assert [(row.reference, row.chosen) for row in affected(world.tea)] == [(group_order.reference, 1)]
    told = set(Errand.objects.filter(kind="tell").values_list("key", flat=True))
    assert any(key.startswith(f"offer_delisted:{group_order.reference}:") for key in told)
    assert any(key.startswith("listing_delisted:") for key in told)
    with pytest.raises(ChoicesDoNotFit):
        close_group_order(group_order=group_order, by=world.users["clerk"], at=world.now)
    grouporders.choose(participant=member, quantities={world.rice_pack.pk: 1}, at=world.now)
    closed = close_group_order(group_order=group_order, by=world.users["clerk"], at=world.now)
    assert closed.state == "closed"


@pytest.mark.parametrize(
    ("terms", "error"),
    [
        ({"reasons": []}, ReasonMissing),
        ({"reasons": ["other"], "words": " "}, ReasonMissing),
        ({"reasons": ["no such"]}, ReasonMissing),
    ],
    ids=["none", "other without words", "unknown"],
)
def test_delisting_without_a_reason_is_refused(world: World, terms: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        taken_off(world, **terms)
    assert Listing.objects.get(pk=world.tea.pk).live
    assert not Delisting.objects.exists()


def test_only_officers_of_the_county_delist_and_only_what_is_published(world: World) -> None:
    with pytest.raises(AnotherCounty):
        taken_off(world, by=factory.officer("stranger", "341802", world.now))
    assert Listing.objects.get(pk=world.tea.pk).live
    taken_off(world)
    with pytest.raises(ListingNotPublished):
        taken_off(world)
    assert Delisting.objects.count() == 1


def test_a_delisted_listing_comes_back_by_a_review_after_its_time(world: World) -> None:
    person = world.users["teaco"]
    made = taken_off(world)
    with pytest.raises(ListingDelisted):
        catalogue.submit_listing(listing=world.tea, by=person, at=world.now)
    with pytest.raises(ReEntryTooEarly):
        ask_reentry(listing=world.tea, mended="已换包装", by=person, at=made.reentry_from - timedelta(seconds=1))
    with pytest.raises(ReasonMissing):
        ask_reentry(listing=world.tea, mended=" ", by=person, at=made.reentry_from)
    assert not ReEntry.objects.exists()
    ask_reentry(listing=world.tea, mended="已换包装", by=person, at=made.reentry_from)
    listing = Listing.objects.get(pk=world.tea.pk)
    assert listing.state == "submitted"
    catalogue.return_listing(listing=listing, reason="照片呢", by=world.officer, at=made.reentry_from)
    assert Listing.objects.get(pk=world.tea.pk).state == "delisted"
    ask_reentry(listing=world.tea, mended="附上照片", by=person, at=made.reentry_from)
    listing = Listing.objects.get(pk=world.tea.pk)
    catalogue.approve_listing(
        listing=listing, revision_pk=listing.latest_revision_id or 0, by=world.officer, at=made.reentry_from
    )
    made.refresh_from_db()
    assert (made.readmitted_by, Listing.objects.get(pk=world.tea.pk).state) == (world.officer, "published")
    assert list(made.reentries.values_list("mended", "is_admitted")) == [("已换包装", False), ("附上照片", True)]
    again = delist_listing(listing=world.tea, reasons=["quality"], words="", by=world.officer, at=world.now)
    assert (again.number, again.reentry_from) == (2, world.now + timedelta(days=14))


def test_what_was_never_delisted_asks_for_no_re_entry(world: World) -> None:
    with pytest.raises(ListingNotDelisted):
        ask_reentry(listing=world.rice, mended="好了", by=world.users["riceco"], at=world.now)


def test_the_screens_walk_a_listing_off_the_shelf_and_back(world: World, officer: Client) -> None:
    address = reverse("marketplace_backoffice:delist", args=[world.tea.pk])
    assert officer.post(address, {"words": "抽检"}).status_code == 422
    assert (
        officer.post(address, {"reasons": ["quality"], "words": "抽检不合格", "evidence": scan_file()}).status_code
        == 302
    )
    delisting = Delisting.objects.get()
    seller = Client()
    seller.force_login(world.users["teaco"])
    history = reverse("vendors:listing_history", args=[world.tea.pk])
    assert "抽检不合格" in seller.get(history).content.decode()
    assert delisting.evidence is not None
    file = reverse("marketplace:file", args=[delisting.evidence.token])
    for client in (seller, officer):
        answer = client.get(file)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)
    other = Client()
    other.force_login(world.users["riceco"])
    assert (other.get(file).status_code, other.get(history).status_code) == (404, 404)
    Delisting.objects.update(reentry_from=world.now)
    assert seller.post(history, {"mended": ""}).status_code == 422
    assert seller.post(history, {"mended": "已换包装"}).status_code == 302
    assert "已换包装" in page(officer, "review", world.tea.pk)


def scan_file() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("scan.png", scan().content, "image/png")


def test_the_queue_and_the_looks_cost_the_same_for_one_and_for_eight(world: World, officer: Client) -> None:
    def costs() -> list[int]:
        found = []
        for name in ("queue", "after_looks"):
            page(officer, name)
            with CaptureQueriesContext(connection) as seen:
                page(officer, name)
            found.append(len(seen))
        return found

    change(world, world.rice, description="新的说明")
    change(world, world.tea, title="新茶")
    few = costs()
    for number, seller in enumerate(market.vendors(world, 7)):
        listing = market.offer(world, seller, f"{seller.slug}-tea")
        change(world, listing, description="新的说明")
        change(world, listing, title=f"新茶 {number}")
    assert costs() == few


def reviewed_again(world: World) -> tuple[int, Listing]:
    """While an officer reads, a colleague returns what is read and the vendor hands in another: the old revision, the listing."""
    read = change(world, world.tea, title="春茶").latest_revision_id
    catalogue.return_listing(
        listing=Listing.objects.get(pk=world.tea.pk), reason="照片呢", by=world.officer, at=world.now
    )
    return read or 0, change(world, world.tea, title="秋茶")


def test_what_was_reviewed_is_published_and_nothing_handed_in_since(world: World) -> None:
    read, listing = reviewed_again(world)
    for revision in (read, 0):
        with pytest.raises(ReviewOutdated):
            catalogue.approve_listing(listing=listing, revision_pk=revision, by=world.officer, at=world.now)
    fresh = Listing.objects.get(pk=listing.pk)
    assert (fresh.title, fresh.workflow_in_progress) == (world.tea.title, True)
    assert not ListingDecision.objects.filter(
        listing=listing, is_approved=True, revision=fresh.latest_revision
    ).exists()


@pytest.mark.parametrize("forged", [False, True], ids=["an old page", "no number at all"])
def test_an_officer_who_read_an_older_version_is_asked_to_read_the_new_one(
    world: World, officer: Client, forged: bool
) -> None:
    read, listing = reviewed_again(world)
    address = reverse("marketplace_backoffice:review", args=[listing.pk])
    answer = officer.post(
        address,
        {"approve": "1", "revision": "x" if forged else read},
        follow=True,
        headers={"accept-language": "en"},
    )
    text = answer.content.decode()
    assert str(ReviewOutdated(listing=world.tea.title)) in html.unescape(text)
    assert "秋茶" in text
    assert Listing.objects.get(pk=listing.pk).title == world.tea.title

"""Ratings: only of what was completed, once, without a name; answered, hidden, marked when goods go back; totals that agree."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.images.models import Image

from marketplace.catalogue.errors import ReasonMissing
from marketplace.errands.work import run_due
from marketplace.errors import NotPermitted
from marketplace.management.books import ratings as check
from marketplace.parties.errors import AnotherCounty
from marketplace.purchase.erase import erase_account
from marketplace.purchase.personal import about_account
from marketplace.ratings.actions import answer_rating, hide_rating, rate, show_rating
from marketplace.ratings.errors import (
    AlreadyRated,
    AnswerMissing,
    AnswerTooLong,
    NotCompleted,
    RatingAnswered,
    RatingHidden,
    RatingShown,
    StarsMissing,
    TooManyPictures,
)
from marketplace.ratings.models import Rating, RatingTotal
from marketplace.ratings.selectors import invitations, lines_to_rate
from marketplace.uploads import Upload
from tests.factories import ratings as factory
from tests.factories.files import photo_from_a_phone, picture
from tests.factories.world import World, sent_back

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def signed_in(user: Any = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user)
    return client


def rated(world: World, **more: Any) -> Rating:
    line = factory.line_of(factory.completed(world))
    given: dict[str, Any] = {"line": line, "stars": 4, "words": "汤色清亮", "by": world.users["keeper"]}
    return rate(**{**given, "at": world.now, **more})


def page(world: World) -> str:
    return signed_in().get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()


def cards() -> str:
    return signed_in().get(reverse("marketplace:catalogue")).content.decode()


def total(world: World) -> tuple[int, int]:
    found = RatingTotal.objects.get(listing=world.tea.pk)
    return found.count, found.stars


def test_a_purchase_is_rated_only_once_paid_accepted_and_invoiced(world: World) -> None:
    order = factory.accepted(world)
    line = factory.line_of(order)
    terms: dict[str, Any] = {"line": line, "stars": 5, "by": world.users["keeper"], "at": world.now}
    for step in (lambda: None, lambda: factory.paid(order, world)):
        step()
        assert lines_to_rate(order) == []
        with pytest.raises(NotCompleted):
            rate(**terms)
    factory.matched(order, world)
    assert lines_to_rate(order) == [line]
    assert [row.pk for row in invitations([world.society.pk], at=world.now)] == [line.pk]
    made = rate(**terms)
    assert (made.buyer_kind, made.district, total(world)) == ("social_organisation", "宣州区", (1, 5))
    assert lines_to_rate(order) == invitations([world.society.pk], at=world.now) == []


def test_invitations_end_after_their_time(world: World) -> None:
    factory.completed(world)
    assert len(invitations([world.society.pk], at=world.now + timedelta(days=60))) == 1
    assert invitations([world.society.pk], at=world.now + timedelta(days=61)) == []


def test_the_order_page_and_the_desk_invite_whoever_may(world: World) -> None:
    order = factory.completed(world)
    address = reverse("marketplace:rate_line", args=[order.reference, factory.line_of(order).pk])
    order_page = reverse("marketplace:order", args=[order.reference])
    keeper, head = signed_in(world.users["keeper"]), signed_in(world.users["head"])
    assert address in keeper.get(order_page).content.decode()
    assert "Rate the goods" in keeper.get(reverse("marketplace:desk")).content.decode()
    assert address not in head.get(order_page).content.decode()
    assert "Rate the goods" not in head.get(reverse("marketplace:desk")).content.decode()
    assert head.post(address, {"stars": "5"}).status_code == 422
    assert [client.get(address).status_code for client in (keeper, signed_in(world.users["clerk"]))] == [200, 404]
    assert Rating.objects.count() == 0


def test_a_rating_with_pictures_is_on_the_page_without_a_name(world: World) -> None:
    order = factory.completed(world)
    keeper = world.users["keeper"]
    keeper.last_name = "仓小满"
    keeper.save()
    address = reverse("marketplace:rate_line", args=[order.reference, factory.line_of(order).pk])
    assert "of 5" not in cards()
    photo = SimpleUploadedFile("a.jpg", photo_from_a_phone())
    answer = signed_in(keeper).post(address, {"stars": "4", "words": "汤色清亮", "picture_1": photo})
    assert answer.status_code == 302
    shown = page(world)
    assert "汤色清亮" in shown
    assert "social organisation · 宣州区" in shown
    assert "仓小满" not in shown
    assert "Society" not in shown
    assert "4.0 of 5, 1 rating" in cards()
    image = Image.objects.get(collection__name="Ratings")
    with image.file.open("rb") as stream:
        assert b"Phone Model" not in stream.read()
    linked = [json.loads(part.split("</script>")[0]) for part in shown.split('<script type="application/ld+json">')[1:]]
    assert linked[0]["aggregateRating"] == {
        "@type": "AggregateRating",
        "ratingValue": "4.0",
        "bestRating": 5,
        "worstRating": 1,
        "ratingCount": 1,
    }


def test_what_was_typed_and_chosen_is_kept_when_the_stars_are_missing(world: World) -> None:
    order = factory.completed(world)
    address = reverse("marketplace:rate_line", args=[order.reference, factory.line_of(order).pk])
    photo = SimpleUploadedFile("a.png", picture("PNG"))
    answer = signed_in(world.users["keeper"]).post(address, {"words": "很好", "picture_2": photo})
    assert answer.status_code == 422
    assert "很好" in answer.content.decode()
    assert 'name="picture_2-held"' in answer.content.decode()
    assert Rating.objects.count() == 0


def test_one_rating_for_each_buyer_and_listing(world: World) -> None:
    made = rated(world)
    again = factory.line_of(factory.completed(world))
    with pytest.raises(AlreadyRated):
        rate(line=again, stars=1, by=world.users["buyer"], at=world.now)
    assert (list(Rating.objects.all()), total(world)) == ([made], (1, 4))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"stars": 0}, StarsMissing),
        ({"stars": 6}, StarsMissing),
        ({"pictures": [Upload("a.png", b"x")] * 4}, TooManyPictures),
    ],
    ids=["none", "six", "four pictures"],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(world: World, change: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        rated(world, **change)
    assert (Rating.objects.count(), RatingTotal.objects.count()) == (0, 0)


@pytest.mark.parametrize("who", ["head", "clerk", "teaco", "officer"])
def test_only_people_of_the_buyer_with_a_fitting_role_rate(world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        rated(world, by=world.users[who])
    assert Rating.objects.count() == 0


def test_the_vendor_answers_once_and_only_its_own(world: World) -> None:
    made = rated(world)
    address = reverse("vendors:answer_rating", args=[made.pk])
    assert signed_in(world.users["riceco"]).post(address, {"words": "谢谢"}).status_code == 404
    vendor = signed_in(world.users["teaco"])
    assert "汤色清亮" in vendor.get(reverse("vendors:ratings")).content.decode()
    assert "汤色清亮" not in signed_in(world.users["riceco"]).get(reverse("vendors:ratings")).content.decode()
    vendor.post(address, {"words": "谢谢惠顾"})
    vendor.post(address, {"words": "改口"})
    assert "谢谢惠顾" in page(world)
    assert "改口" not in page(world)
    with pytest.raises(RatingAnswered):
        answer_rating(rating=made, words="再答", by=world.users["teaco"], at=world.now)


@pytest.mark.parametrize(("words", "refusal"), [(" ", AnswerMissing), ("长" * 501, AnswerTooLong)])
def test_an_answer_has_a_few_words(world: World, words: str, refusal: type[Exception]) -> None:
    made = rated(world)
    with pytest.raises(refusal):
        answer_rating(rating=made, words=words, by=world.users["teaco"], at=world.now)


def test_an_officer_hides_with_a_reason_both_are_told_and_the_total_follows(world: World) -> None:
    for user in world.users.values():
        user.email = f"{user.username}@example.org"
        user.save()
    made = rated(world, pictures=[Upload("a.png", picture("PNG"))])
    address = reverse("marketplace_backoffice:decide_rating", args=[made.pk])
    officer = signed_in(world.officer)
    officer.post(address, {"reason": " "})
    assert total(world) == (1, 4)
    assert signed_in(world.foreign_officer).post(address, {"reason": "广告"}).status_code == 404
    officer.post(address, {"reason": "含电话号码"})
    assert total(world) == (0, 0)
    assert "汤色清亮" not in page(world)
    assert Image.objects.filter(collection__name="Ratings").count() == 0
    list(run_due(at=world.now + timedelta(minutes=1)))
    told = {letter.to[0]: letter.body for letter in mail.outbox if "含电话号码" in letter.body}
    assert set(told) == {"keeper@example.org", "teaco@example.org"}
    assert list(check()) == []
    officer.post(address, {"show": "1"})
    assert total(world) == (1, 4)
    assert Image.objects.filter(collection__name="Ratings").count() == 1
    assert "汤色清亮" in page(world)


def test_hiding_and_showing_are_for_the_county_and_once(world: World) -> None:
    made = rated(world)
    with pytest.raises(AnotherCounty):
        hide_rating(rating=made, reason="广告", by=world.foreign_officer, at=world.now)
    with pytest.raises(ReasonMissing):
        hide_rating(rating=made, reason="", by=world.officer, at=world.now)
    with pytest.raises(RatingShown):
        show_rating(rating=made, by=world.officer, at=world.now)
    hide_rating(rating=made, reason="广告", by=world.officer, at=world.now)
    with pytest.raises(RatingHidden):
        hide_rating(rating=made, reason="广告", by=world.officer, at=world.now)
    with pytest.raises(RatingHidden):
        answer_rating(rating=made, words="谢谢", by=world.users["teaco"], at=world.now)
    assert total(world) == (0, 0)


def test_goods_that_go_back_mark_the_rating_and_leave_it(world: World) -> None:
    made = rated(world)
    line = made.line
    sent_back(line.order, quantities={line.pk: 1}, reason="有异味", by=world.users["keeper"], at=world.now)
    made.refresh_from_db()
    assert made.returned_at == world.now
    assert "goods were sent back" in page(world)
    assert total(world) == (1, 4)


def test_whoever_rates_after_sending_some_back_is_marked_at_once(world: World) -> None:
    order = factory.completed(world)
    line = factory.line_of(order)
    keeper = world.users["keeper"]
    sent_back(order, quantities={line.pk: 1}, reason="有异味", by=keeper, at=world.now)
    made = rate(line=line, stars=2, by=keeper, at=world.now + timedelta(days=1))
    assert made.returned_at == world.now
    assert list(check()) == []


def test_what_went_back_whole_is_not_rated(world: World) -> None:
    order = factory.completed(world)
    line = factory.line_of(order)
    keeper = world.users["keeper"]
    sent_back(order, quantities={line.pk: 2}, reason="有异味", by=keeper, at=world.now)
    with pytest.raises(NotCompleted):
        rate(line=line, stars=2, by=keeper, at=world.now)


def test_all_ratings_have_a_page_of_their_own(world: World) -> None:
    rated(world)
    address = reverse("marketplace:ratings", args=[world.tea.slug])
    assert "汤色清亮" in signed_in().get(address).content.decode()
    assert signed_in().get(reverse("marketplace:ratings", args=["nothing"])).status_code == 404


def test_an_erased_persons_rating_stays_without_the_person(world: World) -> None:
    from django.contrib.auth.models import User

    made = rated(world)
    keeper = world.users["keeper"]
    assert any("汤色清亮" in str(table.rows) for table in about_account(keeper))
    erase_account(account=keeper, by=User.objects.create_superuser("operator", password="secret"), at=world.now)
    made.refresh_from_db()
    assert (made.rated_by, made.words, total(world)) == (None, "汤色清亮", (1, 4))


def test_the_average_is_rounded_half_up_to_a_tenth() -> None:
    averages = [RatingTotal(count=count, stars=stars).average for count, stars in ((0, 0), (3, 11), (4, 17), (20, 99))]
    assert averages == ["0.0", "3.7", "4.3", "5.0"]

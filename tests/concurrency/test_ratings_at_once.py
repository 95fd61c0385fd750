"""Two colleagues rate at one moment, and two officers decide; on PostgreSQL, and with the locks taken away as a control."""

from __future__ import annotations

from functools import partial

import pytest

from marketplace.management.books import ratings as check
from marketplace.orders.models import OrderLine
from marketplace.ratings.actions import hide_rating, rate
from marketplace.ratings.errors import AlreadyRated, RatingHidden
from marketplace.ratings.models import Rating, RatingTotal
from marketplace.reports.actions import acknowledge_report, file_report
from marketplace.reports.errors import ReportAcknowledged
from marketplace.reports.models import ListingReport
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import ratings as factory
from tests.factories.world import World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def market(transactional_db: None, now: object) -> World:
    """The small world, really committed."""
    return build_world(now)


def two_colleagues(world: World, line: OrderLine, _attempt: int) -> None:
    """The requester and the receiver of one buyer rate one offer: one rating, one in the total."""
    Rating.objects.all().delete()
    RatingTotal.objects.all().delete()
    people = (world.users["buyer"], world.users["keeper"])
    with lingering("marketplace.ratings.actions.is_completed"):
        answers = together(*(partial(rate, line=line, stars=4, by=person, at=world.now) for person in people))
    assert sorted(type(answer) for answer in answers if isinstance(answer, Exception)) == [AlreadyRated]
    assert (Rating.objects.count(), RatingTotal.objects.get().count) == (1, 1)


def test_two_colleagues_leave_one_rating(market: World) -> None:
    line = factory.line_of(factory.completed(market))
    for attempt in range(5):
        two_colleagues(market, line, attempt)


def test_without_the_lock_one_of_them_meets_the_constraint(market: World) -> None:
    line = factory.line_of(factory.completed(market))
    with without_locks():
        assert failures(partial(two_colleagues, market, line)) >= 9


def two_hands(world: World, made: Rating, _attempt: int) -> None:
    """Two officers hide one rating: it leaves the total once."""
    Rating.objects.update(hidden_at=None, hidden_by=None, hidden_reason="")
    RatingTotal.objects.update(count=1, stars=4)
    step = partial(hide_rating, rating=made, reason="广告", by=world.officer, at=world.now)
    with lingering("marketplace.ratings.actions.lock_rating"):
        answers = together(step, step)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [RatingHidden]
    assert (RatingTotal.objects.get().count, list(check())) == (0, [])


def test_a_rating_leaves_the_total_once(market: World) -> None:
    line = factory.line_of(factory.completed(market))
    made = rate(line=line, stars=4, by=market.users["keeper"], at=market.now)
    for attempt in range(5):
        two_hands(market, made, attempt)


def test_without_the_lock_it_leaves_twice(market: World) -> None:
    line = factory.line_of(factory.completed(market))
    made = rate(line=line, stars=4, by=market.users["keeper"], at=market.now)
    with without_locks():
        assert failures(partial(two_hands, market, made)) >= 9


def two_officers(world: World, _attempt: int) -> None:
    """Two officers take up one report: one does."""
    made = file_report(listing=world.tea, reason="other", words="不对", contact="0563", at=world.now)
    step = partial(acknowledge_report, report=made, by=world.officer, at=world.now)
    with lingering("marketplace.reports.actions.lock_report"):
        answers = together(step, step)
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [ReportAcknowledged]
    assert ListingReport.objects.get(pk=made.pk).acknowledged_by == world.officer


def test_a_report_is_taken_up_once(market: World) -> None:
    for attempt in range(5):
        two_officers(market, attempt)


def test_without_the_lock_both_take_it_up(market: World) -> None:
    with without_locks():
        assert failures(partial(two_officers, market)) >= 9

"""Two buyers of different packs that share the last of a harvest, on PostgreSQL; and the lock taken away as a control."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction

from marketplace.catalogue.actions import reserve_stock
from marketplace.catalogue.capacity import SharedCapacity
from marketplace.catalogue.certificates import Certificate, CertificateNotice
from marketplace.catalogue.certifying import note_expiry
from marketplace.catalogue.errors import InsufficientStock
from marketplace.catalogue.models import Pack, Stock
from marketplace.errands.models import Errand
from marketplace.parties.actions import office_day
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import world as factory
from tests.factories.world import World, build_world

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def market(transactional_db: None, now: object) -> World:
    """The small world, really committed."""
    return build_world(now)


@transaction.atomic
def reserve(pack: Pack, quantity: int) -> str:
    reserve_stock(wanted={pack.pk: quantity}, labels={pack.pk: str(pack)})
    return "promised"


def last_kilograms(packs: list[Pack], _attempt: int) -> None:
    """Ten kilograms are left: one buyer wants eight small bags, another four large ones."""
    Stock.objects.filter(pack__in=packs).update(reserved=0)
    SharedCapacity.objects.update(promised=0, spent=0)
    small, large = packs
    with lingering("marketplace.catalogue.drawing.lock_capacities"):
        answers = together(partial(reserve, small, 8), partial(reserve, large, 4))
    assert [answer for answer in answers if answer == "promised"] == ["promised"]
    assert sum(isinstance(answer, InsufficientStock) for answer in answers) == 1
    assert SharedCapacity.objects.get().promised == 8000


def packs_of(world: World) -> list[Pack]:
    listing = factory.advance(world, kilograms=10)
    return list(listing.packs.select_related("listing").order_by("sort_order"))


def test_packs_that_share_a_harvest_cannot_oversell_it(market: World) -> None:
    packs = packs_of(market)
    for attempt in range(5):
        last_kilograms(packs, attempt)


def test_without_the_harvest_lock_it_is_quarrelled_over(market: World) -> None:
    packs = packs_of(market)
    with without_locks():
        assert failures(partial(last_kilograms, packs)) >= 9


def two_clocks(world: World, made: Certificate, _attempt: int) -> None:
    """Two clocks come upon one certificate that ends soon: the vendor is told once."""
    CertificateNotice.objects.all().delete()
    Errand.objects.all().delete()
    step = partial(note_expiry, certificate=made, on=office_day(world.now), at=world.now)
    with lingering("marketplace.catalogue.certifying.lock_certificate"):
        answers = together(step, step)
    assert sorted(map(str, answers)) == ["", "announced"]
    assert CertificateNotice.objects.count() == 1


def ending(world: World) -> Certificate:
    day = office_day(world.now)
    return factory.certified(world.tea, at=world.now, valid_to=day.replace(day=28))


def test_two_clocks_announce_a_last_day_once(market: World) -> None:
    two_clocks(market, ending(market), 0)


def test_without_the_certificates_lock_the_second_clock_fails(market: World) -> None:
    made = ending(market)
    with without_locks():
        assert failures(partial(two_clocks, market, made)) >= 9

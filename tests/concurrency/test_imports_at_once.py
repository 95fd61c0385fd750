"""An import is undone while its small changes are going on sale, on PostgreSQL; with the locks taken away, it half stands."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from marketplace.catalogue.models import Listing
from marketplace.errands import work
from tests.concurrency.together import failures, lingering, together, without_locks
from tests.factories import imports, market
from tests.factories.world import World, build_world
from vendors.listing.importing import apply_import, upload_listings
from vendors.listing.models import ListingImport
from vendors.listing.planning import import_plan
from vendors.listing.publishing import ERRAND, ERRAND_BACK, publish_small
from vendors.listing.undoing import undo_import

pytestmark = [pytest.mark.concurrency, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No errand starts by itself: the test says when."""
    for kind in (ERRAND, ERRAND_BACK):
        monkeypatch.setitem(work._kinds, kind, lambda key, at: None)


@pytest.fixture
def world(transactional_db: None, now: Any) -> World:
    made = build_world(now)
    for number in range(3):
        market.offer(made, made.tea_vendor, f"small-{number}")
    return made


def told(world: World) -> dict[str, str]:
    """What buyers read."""
    return dict(
        Listing.objects.filter(vendor=world.tea_vendor, slug__startswith="small").values_list("slug", "summary")
    )


def undone_while_it_goes_on_sale(world: World, attempt: int) -> None:
    """Afterwards everything is as it was, on sale too, and nothing is left to do."""
    person, at, before = world.users["teaco"], world.now, told(world)
    rows = [{"slug": slug, "pack": "0 号罐", "summary": f"第{attempt}次改的"} for slug in sorted(before)]
    asked = {"vendor": world.tea_vendor, "sheet": imports.sheet(rows), "pictures": None}
    document = upload_listings(**asked, by=person, at=at)
    digest = import_plan(document, at=at).digest
    apply_import(document=document, digest=digest, submit=True, by=person, at=at)
    with ExitStack() as slowly:
        for name in ("publishing.lock_document", "undoing.lock_import"):
            slowly.enter_context(lingering(f"vendors.listing.{name}"))
        answers = together(
            lambda: publish_small(str(document.pk), at), lambda: undo_import(document=document, by=person, at=at)
        )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert publish_small(str(document.pk), at) is None
    assert ListingImport.objects.get(pk=document.pk).left_to_publish == 0
    assert told(world) == before


@pytest.mark.parametrize("attempt", range(3))
def test_an_import_undone_while_it_goes_on_sale_is_undone_whole(world: World, attempt: int) -> None:
    undone_while_it_goes_on_sale(world, attempt)


def test_without_the_locks_it_half_stands(world: World) -> None:
    with without_locks():
        assert failures(partial(undone_while_it_goes_on_sale, world)) >= 5

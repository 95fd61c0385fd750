"""The large world beside the demonstration is sound, can be searched, and leaves nothing behind when it is taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse

from benchmarks.inside import approved, place_all
from marketplace.catalogue.finding import keys_matching, matching
from marketplace.catalogue.models import Listing, Stock
from marketplace.ledger.models import Posting
from marketplace.management.books import CHECKS
from marketplace.orders.models import OrderLine, PurchaseOrder
from tests.architecture.test_demonstration import row_counts
from website.demo.scale.words import PREFIX

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.fixture(scope="module")
def before(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """The demonstration with two thousand listings beside it; the row counts before those came."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(DEMO=True):
        call_command("load_demo", verbosity=0)
        counts = row_counts()
        call_command("load_demo", scale=2, verbosity=0)
        yield counts
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", CHECKS)
def test_its_books_are_content(before: dict[str, int], name: str) -> None:
    assert list(CHECKS[name]()) == []


def test_it_is_as_large_as_asked_for(before: dict[str, int]) -> None:
    assert Listing.objects.published().filter(slug__startswith=PREFIX).count() == 2000
    assert OrderLine.objects.filter(listing__slug__startswith=PREFIX).count() == 2000
    assert Stock.objects.filter(pack__listing__slug__startswith=PREFIX, reserved__gt=0).exists()
    assert not User.objects.filter(username__startswith=PREFIX, is_active=True).exists()


def test_its_listings_are_found_by_two_characters_whichever_way_they_are_looked_for(before: dict[str, int]) -> None:
    published = Listing.objects.published()
    named = set(published.filter(product__name__contains="白茶").values_list("pk", flat=True))
    assert named <= set(matching(published, "白茶").values_list("pk", flat=True))
    assert named <= set(keys_matching("白茶"))


def test_a_long_list_is_counted_exactly_and_can_be_leafed_through_to_its_end(before: dict[str, int]) -> None:
    address, client = reverse("marketplace:catalogue"), Client(headers={"accept-language": "en"})
    count = Listing.objects.published().count()
    last = client.get(address, {"page": "9999"})
    assert last.context["page_obj"].number == -(-count // 24)
    assert f"{count} listings" in last.content.decode()
    left = client.get(address, {"in_stock": "true"}).context["page_obj"].paginator.count
    assert left == Listing.objects.published().in_stock().count()


def test_what_is_measured_there_can_be_placed(before: dict[str, int]) -> None:
    with transaction.atomic():
        pks = approved(2)
        place_all(pks)
        assert PurchaseOrder.objects.filter(requisition__in=pks).count() == 20
        transaction.set_rollback(True)


def test_another_size_is_refused_while_one_is_loaded(before: dict[str, int]) -> None:
    with override_settings(DEMO=True), pytest.raises(CommandError, match="Scale 2 is loaded"):
        call_command("load_demo", scale=3, verbosity=0)


def test_it_can_be_taken_out_again_and_the_book_stays_guarded(before: dict[str, int]) -> None:
    with override_settings(DEMO=True):
        call_command("load_demo", remove_scale=True, verbosity=0)
    after = row_counts()
    after.pop("marketplace.ReferenceCounter")
    assert after == {name: count for name, count in before.items() if name in after}
    assert [mismatch for check in CHECKS.values() for mismatch in check()] == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.first().delete()  # type: ignore[union-attr]  # there are some


def test_it_is_refused_where_the_demonstration_is() -> None:
    with override_settings(DEMO=False), pytest.raises(CommandError):
        call_command("load_demo", scale=2, verbosity=0)

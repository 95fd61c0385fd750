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

from marketplace.catalogue.finding import matching
from marketplace.catalogue.models import Listing, Stock
from marketplace.ledger.models import Posting
from marketplace.management.books import CHECKS
from marketplace.orders.models import OrderLine
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
    for broad in (False, True):
        found = set(matching(published, "白茶", broad=broad).values_list("pk", flat=True))
        assert named <= found


def test_a_long_list_says_that_it_is_cut(before: dict[str, int]) -> None:
    address = reverse("marketplace:catalogue")
    plain = Client(headers={"accept-language": "en"}).get(address, {"page": "9999"})
    assert plain.context["page_obj"].number == 50
    text = " ".join(plain.content.decode().split())
    assert f"{Listing.objects.published().count()} listings The first 1200 are shown page by page." in text
    narrowed = Client(headers={"accept-language": "en"}).get(address, {"in_stock": "true"})
    assert "More than 1200 listings" in " ".join(narrowed.content.decode().split())


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

"""The screens beside the main road, as each role sees them: at 360 and 1280 px, in both languages and in no other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from tests.architecture.stage import Stage, set_stage
from tests.browser.conftest import DESK, HEIGHTS, PHONE, Person
from tests.browser.looks import look
from tests.browser.words import chinese_words, english_words
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def stage(_frozen_clock: None, market: World) -> Stage:
    """One of everything, where the server sees it."""
    return set_stage(market)


def own(name: str, *args: Any) -> str:
    return reverse(f"marketplace:{name}", args=args)


def office(name: str, *args: Any) -> str:
    return reverse(f"marketplace_backoffice:{name}", args=args)


def of_a_union(stage: Stage) -> list[str]:
    """Purchases elsewhere, hand-over, unions, names, going back, refunds, privacy."""
    slug, store = stage.union.slug, stage.world.users["store"].pk
    return [
        own("group_order_offers", stage.draft_order.reference),
        own("elsewhere_list", slug),
        own("elsewhere", stage.elsewhere.reference),
        own("change_elsewhere", stage.elsewhere_draft.reference),
        own("elsewhere_sheet", slug, stage.sheet.pk),
        own("people", slug),
        own("person", slug, store),
        own("unions", slug),
        own("names", slug),
        own("delivery_points", slug),
        own("departments", slug),
        own("return_goods", stage.order.reference),
        own("call_off", stage.running.reference),
        own("correct_attribution", stage.order.reference),
        own("invoice", stage.invoice.number),
        own("reverse_payment", stage.payment.pk),
        own("privacy_desk", slug),
        own("member_privacy", slug, stage.leaver.pk),
    ]


def of_an_individual(stage: Stage) -> list[str]:
    """The private basket, what it did, and one's own data."""
    slug = stage.individual.slug
    return [own("desk"), own("basket", slug), own("own_impact", slug), own("delivery_points", slug), own("my_data")]


def of_a_vendor(stage: Stage) -> list[str]:
    """Freight, what was sent back and what shall be called off."""
    return [
        reverse("vendors:desk"),
        reverse("vendors:freight", args=[stage.listing.vendor.slug]),
        reverse("vendors:order", args=[stage.order.reference]),
        reverse("vendors:order", args=[stage.running.reference]),
    ]


def of_the_operator(stage: Stage) -> list[str]:
    """Totals, late orders, refunds, the books beside the payment service's, health, privacy, organisations."""
    return [
        office("dashboard"),
        office("totals", "buyer"),
        office("lines", "buyer", stage.union.pk) + "?measure=ordered",
        office("orders") + "?late=on",
        office("order", stage.order.reference),
        office("elsewhere_list"),
        office("elsewhere", stage.elsewhere.reference),
        office("refunds"),
        office("reconcile"),
        office("health"),
        office("privacy"),
        office("organisations"),
        office("organisation", stage.union.slug),
    ]


ROLES = {"admin": of_a_union, "caring": of_an_individual, "teaco": of_a_vendor, "operator": of_the_operator}


@pytest.mark.parametrize("who", ROLES)
def test_the_screens_of_a_role_fit_read_well_and_keep_to_their_language(stage: Stage, person: Person, who: str) -> None:
    wrong: list[str] = []
    for locale, foreign in (("zh-CN", english_words), ("en-GB", chinese_words)):
        page = person(who, PHONE, locale=locale)
        for address in ROLES[who](stage):
            answer = page.goto(address)
            assert answer is not None
            assert (answer.status, page.url.endswith(address)) == (200, True), address
            if words := foreign(page):
                wrong.append(f"{address} in {locale}: {' '.join(words)}")
            for width in (PHONE, DESK):
                page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
                try:
                    look(page)
                except AssertionError as found:
                    wrong.append(f"{address} at {width} px in {locale}: {found}")
        page.context.close()
    assert wrong == [], "\n".join(wrong)

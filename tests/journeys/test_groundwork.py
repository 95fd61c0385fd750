"""The operator lays what everything stands on, in the Wagtail admin; nobody else may."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from marketplace.parties.models import OfficeMembership, Vendor
from marketplace.parties.selectors import counties_of
from marketplace.programme.models import Campaign, Pairing, Region
from tests.factories import world as factory
from tests.factories.world import World
from vendors.people.selectors import vendors_of

pytestmark = pytest.mark.django_db

SCREENS = [
    "region", "pairing", "campaign", "campaign_target", "category", "product", "vendor", "delivery_point",
    "office_seat", "vendor_seat",
]  # fmt: skip


@pytest.fixture
def operator(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("operator"))
    return client


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_opens_for_the_operator_and_for_no_officer(world: World, operator: Client, screen: str) -> None:
    officer = Client()
    officer.force_login(world.users["officer"])
    for page in ("index", "add"):
        assert operator.get(reverse(f"{screen}:{page}")).status_code == 200
        refused = officer.get(reverse(f"{screen}:{page}"))
        assert refused.status_code in (302, 403, 404)
        assert refused.headers.get("Location", "/admin/") == "/admin/"


def test_a_campaign_is_made_for_a_pairing(world: World, operator: Client) -> None:
    typed = {
        "name": "年货进机关",
        "slug": "new-year",
        "pairing": Pairing.objects.get().pk,
        "starts_on": "2026-12-01",
        "ends_on": "2027-02-01",
    }
    operator.post(reverse("campaign:add"), typed)
    assert Campaign.objects.get(slug="new-year").pairing.aided.name == "舒城县"


def test_a_vendor_is_entered_seated_and_waits_for_its_countys_officer(world: World, operator: Client) -> None:
    home = factory.region("341523108901").pk
    operator.post(reverse("vendor:add"), {"name": "新社", "slug": "new-coop", "kind": "cooperative", "home": home})
    made = Vendor.objects.get(slug="new-coop")
    assert made.admitted_at is None
    person = factory.user("newcomer")
    operator.post(reverse("vendor_seat:add"), {"user": person.pk, "vendor": made.pk})
    assert list(vendors_of(person)) == [made]
    officer = Client()
    officer.force_login(world.users["officer"])
    assert "新社" in officer.get(reverse("marketplace_backoffice:dashboard")).content.decode()


def test_an_officers_seat_opens_the_admin_until_it_ends(world: World, operator: Client) -> None:
    person = factory.user("deputy")
    operator.post(reverse("office_seat:add"), {"user": person.pk, "region": factory.region("341523").pk})
    assert counties_of(person) == {"341523"}
    client = Client()
    client.force_login(person)
    assert client.get(reverse("marketplace_backoffice:dashboard")).status_code == 200
    seat = OfficeMembership.objects.get(user=person)
    typed = {"user": person.pk, "region": seat.region_id, "ended_at": "2026-01-01 00:00"}
    operator.post(reverse("office_seat:edit", args=[seat.pk]), typed)
    assert counties_of(person) == frozenset()
    refused = client.get(reverse("marketplace_backoffice:dashboard"), follow=True)
    assert refused.redirect_chain == [("/admin/", 302)]


@pytest.mark.parametrize(
    ("county", "townships"), [("341802", 24), ("341871", 3), ("341523", 22)], ids=["宣州区", "its zone", "舒城县"]
)
def test_every_township_of_the_pair_is_there_with_its_code(world: World, county: str, townships: int) -> None:
    """Of the 26 that people of 宣州区 name, the edition lists 飞彩 and 金坝 under the development zone beside it."""
    rows = Region.objects.filter(level="township", parent__code=county)
    assert rows.count() == townships == len(set(rows.values_list("name", flat=True)))
    assert all(re.fullmatch(county + r"\d{3}", code) for code in rows.values_list("code", flat=True))


def test_regions_and_rule_packs_are_loaded_by_a_command_that_can_be_repeated(db: None) -> None:
    first, second = io.StringIO(), io.StringIO()
    call_command("load_groundwork", stdout=first)
    call_command("load_groundwork", stdout=second)
    assert not first.getvalue().startswith("0 regions")
    assert second.getvalue().startswith("0 regions added; rule packs: ")
    with pytest.raises(CommandError, match=r"nowhere\.toml is not there"):
        call_command("load_groundwork", regions=Path("nowhere.toml"))

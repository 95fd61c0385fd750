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

from marketplace.catalogue.actions import submit_listing
from marketplace.catalogue.models import Listing
from marketplace.parties.errors import VendorNotAdmitted
from marketplace.parties.identifiers import normalised
from marketplace.parties.models import BuyerOrganisation, Invitation, OfficeMembership, Vendor
from marketplace.parties.selectors import counties_of, roles_of
from marketplace.programme.models import Campaign, Pairing, Region
from tests.factories import world as factory
from tests.factories.world import World
from vendors.people.models import VendorMembership
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


RIGHT, WRONG = "51341802MA8TEXT17Y", "51341802MA8TEXT179"  # the last digit checks the others


def founding(**typed: str) -> dict[str, str]:
    """What the operator types to found an organisation."""
    return {
        "name": "新协会", "slug": "new-society", "social_credit_code": RIGHT, "kind": "",
        "region": str(factory.region("341802").pk), "fapiao_title": "", "point_name": "门卫", "address": "示范路2号",
        "contact_name": "乙", "phone": "13800000001", "administrator": "新干事", **typed,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (RIGHT, "social_organisation"),
        ("81341802MA8TEXT17U", "trade_union"),
        ("１１341802ma8text17-X", "agency"),
        ("91 3418 02MA 8TEXT 17X", "company"),
    ],
)
def test_the_codes_prefix_suggests_the_kind_of_a_new_organisation(
    world: World, operator: Client, code: str, kind: str
) -> None:
    operator.post(reverse("marketplace_backoffice:organisations"), founding(social_credit_code=code))
    made = BuyerOrganisation.objects.get(slug="new-society")
    assert (made.kind, made.fapiao_title) == (kind, "新协会")
    assert made.social_credit_code == normalised(code)
    assert made.delivery_points.get().address == "示范路2号"


def test_a_kind_that_was_chosen_stands_and_a_code_that_suggests_none_asks_for_one(
    world: World, operator: Client
) -> None:
    address = reverse("marketplace_backoffice:organisations")
    page = operator.post(address, founding(social_credit_code="99341802MA8TEXT17X")).content.decode()
    assert "The code suggests no kind. Choose one." in page
    assert 'value="示范路2号"' in page
    assert not BuyerOrganisation.objects.filter(slug="new-society").exists()
    operator.post(address, founding(kind="institution"))
    assert BuyerOrganisation.objects.get(slug="new-society").kind == "institution"


@pytest.mark.parametrize(("code", "warned"), [(RIGHT, False), (WRONG, True), ("", False)])
def test_a_wrong_check_digit_warns_and_does_not_block(world: World, operator: Client, code: str, warned: bool) -> None:
    typed = founding(social_credit_code=code, kind="social_organisation")
    page = operator.post(reverse("marketplace_backoffice:organisations"), typed)
    assert (f"The check digit of {code} is wrong. It was kept; please compare it." in page.content.decode()) is warned
    assert BuyerOrganisation.objects.get(slug="new-society").social_credit_code == code
    assert page.context["link"] in page.content.decode()


def test_the_first_administrator_takes_up_the_link_and_invites_the_rest(world: World, operator: Client) -> None:
    link = operator.post(reverse("marketplace_backoffice:organisations"), founding()).context["link"]
    made, first = BuyerOrganisation.objects.get(slug="new-society"), Client(headers={"accept-language": "en"})
    assert "新协会" in first.get(link).content.decode()
    account = {"username": "first", "name": "新干事", "password": "Long-enough-51"}
    assert "This is your desk" in first.post(link, account, follow=True).content.decode()
    assert roles_of(User.objects.get(username="first"), made) == {"administrator"}
    assert Client().get(link).status_code == 404  # it opens once
    people = reverse("marketplace:people", args=[made.slug])
    page = first.post(people, {"invitee_name": "采购员", "roles": ["requester", "receiver"]})
    second = Client(headers={"accept-language": "en"})
    second.post(page.context["link"], {"username": "second", "name": "采购员", "password": "Long-enough-52"})
    assert roles_of(User.objects.get(username="second"), made) == {"requester", "receiver"}
    refused = second.post(people, {"invitee_name": "外人", "roles": ["administrator"]})
    assert refused.context["link"] == ""
    assert list(Invitation.objects.filter(organisation=made, accepted_at=None)) == []


def test_a_vendor_trades_once_its_countys_officer_has_pressed_admit(world: World, operator: Client) -> None:
    home = factory.region("341523108901")
    made = Vendor.objects.create(name="新社", slug="new-coop", kind="cooperative", home=home, applied_at=world.now)
    person = factory.user("newcomer")
    VendorMembership.objects.create(vendor=made, user=person, began_at=world.now)
    draft = factory.drafted("新茶", made, world.tea.product, person, world.now)
    with pytest.raises(VendorNotAdmitted) as refusal:
        submit_listing(listing=draft, by=person, at=world.now)
    assert "新社" in str(refusal.value)
    assert Listing.objects.get(pk=draft.pk).latest_revision is not None
    assert not Listing.objects.get(pk=draft.pk).workflow_in_progress
    officer = Client(headers={"accept-language": "en"})
    officer.force_login(world.users["officer"])
    address = reverse("marketplace_backoffice:admit", args=[made.pk])
    assert f'action="{address}"' in officer.get(reverse("marketplace_backoffice:dashboard")).content.decode()
    told = officer.post(address, follow=True).content.decode()
    assert "新社 is admitted and can submit listings." in told
    assert f'action="{address}"' not in told
    made.refresh_from_db()
    assert made.admitted_at is not None
    submit_listing(listing=Listing.objects.get(pk=draft.pk), by=person, at=world.now)
    assert Listing.objects.get(pk=draft.pk).workflow_in_progress


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

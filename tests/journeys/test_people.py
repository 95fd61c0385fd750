"""Who works for an organisation: invited, seated, taken back; and never nobody left to invite."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.errors import NotPermitted
from marketplace.parties import actions
from marketplace.parties.errors import LastAdministrator
from marketplace.parties.models import Invitation, Membership, Role
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["admin"])
    return client


def invited(world: World, admin: Client, name: str = "新同事") -> str:
    """The link that the page shows once."""
    address = reverse("marketplace:people", args=[world.union.slug])
    page = admin.post(address, {"invitee_name": name, "roles": ["receiver"]})
    link: str = page.context["link"]
    return link


def test_an_invitation_that_was_revoked_opens_nothing(world: World, admin: Client) -> None:
    link = invited(world, admin)
    assert Client().get(link).status_code == 200
    invitation = Invitation.objects.get()
    address = reverse("marketplace:revoke_invitation", args=[world.union.slug, invitation.pk])
    page = admin.post(address, follow=True).content.decode()
    assert "The invitation no longer works" in page
    assert "新同事" not in page
    assert Client().get(link).status_code == 404


def test_only_an_administrator_of_the_organisation_revokes(world: World, admin: Client) -> None:
    invited(world, admin)
    invitation = Invitation.objects.get()
    with pytest.raises(NotPermitted):
        actions.revoke_invitation(invitation=invitation, by=world.users["clerk"], at=world.now)
    stranger = Client()
    stranger.force_login(world.users["buyer"])
    address = reverse("marketplace:revoke_invitation", args=[world.society.slug, invitation.pk])
    assert stranger.post(address).status_code == 404
    invitation.refresh_from_db()
    assert invitation.revoked_at is None


def test_an_invitation_that_was_taken_up_is_not_revoked(world: World, admin: Client) -> None:
    link = invited(world, admin)
    token = link.rstrip("/").rsplit("/", 1)[1]
    actions.accept_invitation(token=token, by=factory.user("newcomer"), at=world.now)
    actions.revoke_invitation(invitation=Invitation.objects.get(), by=world.users["admin"], at=world.now)
    assert Invitation.objects.get().revoked_at is None


def test_the_last_administrator_stays(world: World, admin: Client) -> None:
    seat = world.union.memberships.get(role=Role.ADMINISTRATOR)
    page = admin.post(reverse("marketplace:end_role", args=[world.union.slug, seat.pk]), follow=True)
    assert "This is the last administrator" in page.content.decode()
    second = Membership.objects.create(
        user=world.users["store"], organisation=world.union, role=Role.ADMINISTRATOR, began_at=world.now
    )
    actions.end_role(membership=seat, by=world.users["store"], at=world.now)
    with pytest.raises(LastAdministrator):
        actions.end_role(membership=second, by=world.users["store"], at=world.now)
    assert Membership.objects.filter(organisation=world.union, role=Role.ADMINISTRATOR, ended_at=None).get() == second

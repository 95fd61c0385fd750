"""A lost account is recovered by two persons, by a link that works once; never by oneself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.errors import NotPermitted
from marketplace.parties import recovery
from marketplace.parties.changes import AccountRecovery
from marketplace.parties.errors import (
    LinkInvalid,
    NotAMember,
    NotPending,
    NotRecoverable,
    ReasonNeeded,
    RecoveryStands,
    SecondPersonNeeded,
    TooManyRecoveries,
)
from marketplace.parties.models import Membership
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(world: World) -> User:
    return User.objects.create_superuser("op", password="secret")


def asked(world: World, who: str = "clerk", at: datetime | None = None) -> AccountRecovery:
    return recovery.ask_recovery(
        organisation=world.union,
        person=world.users[who],
        reason="手机丢失",
        by=world.users["admin"],
        at=at or world.now,
    )


def confirmed(world: World, operator: User) -> tuple[AccountRecovery, str]:
    return recovery.confirm_recovery(recovery=asked(world), identity_check="当面核对工作证", by=operator, at=world.now)


def test_two_persons_bring_somebody_back_and_the_old_sessions_end(
    world: World, operator: User, django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: world.now)
    clerk = world.users["clerk"]
    clerk.email = "clerk@example.org"
    clerk.save()
    old = Client()
    old.force_login(clerk)
    assert old.get(reverse("marketplace:desk")).status_code == 200
    admin = Client(headers={"accept-language": "en"})
    admin.force_login(world.users["admin"])
    admin.post(reverse("marketplace:ask_recovery", args=["union", clerk.pk]), {"recovery-reason": "手机丢失"})
    office = Client(headers={"accept-language": "en"})
    office.force_login(operator)
    address = reverse("marketplace_backoffice:decide_recovery", args=[AccountRecovery.objects.get().pk])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # a fixture
        page = office.post(address, {"decision": "confirm", "identity_check": "当面核对工作证"})
    link = page.context["link"]
    assert [message.to for message in mail.outbox] == [["clerk@example.org"]]
    assert link not in mail.outbox[0].body
    lost = Client(headers={"accept-language": "en"})
    before = clerk.password
    assert lost.get(link).status_code == 200
    clerk.refresh_from_db()
    assert clerk.password == before  # opening a link changes nothing
    assert lost.post(link, {"password": "12345"}).status_code == 422
    assert lost.post(link, {"password": "新的-passphrase-2026"}).status_code == 302
    clerk.refresh_from_db()
    assert clerk.check_password("新的-passphrase-2026")
    assert old.get(reverse("marketplace:desk")).status_code == 302
    assert lost.get(link).status_code == 404
    actions = list(ModelLogEntry.objects.filter(action__contains="recover").values_list("action", flat=True))
    assert sorted(actions) == ["marketplace.ask_recovery", "marketplace.confirm_recovery", "marketplace.recover"]


def test_the_link_works_once_for_a_day_and_is_kept_as_a_hash(world: World, operator: User) -> None:
    row, token = confirmed(world, operator)
    assert token not in (row.token_hash or "")
    with pytest.raises(LinkInvalid):
        recovery.recover(token=token, password="x", at=world.now + timedelta(hours=24))
    recovery.recover(token=token, password="new-secret", at=world.now + timedelta(hours=23))
    with pytest.raises(LinkInvalid):
        recovery.recover(token=token, password="another", at=world.now + timedelta(hours=23))
    assert User.objects.get(username="clerk").check_password("new-secret")


def test_whoever_has_left_meanwhile_gets_nothing_by_the_link(world: World, operator: User) -> None:
    _row, token = confirmed(world, operator)
    Membership.objects.filter(user=world.users["clerk"]).update(ended_at=world.now)
    with pytest.raises(LinkInvalid):
        recovery.recover(token=token, password="x", at=world.now)
    assert User.objects.get(username="clerk").check_password("secret")


def test_nobody_recovers_an_account_alone(world: World, operator: User) -> None:
    admin, at = world.users["admin"], world.now
    with pytest.raises(NotPermitted):
        asked(world, "admin")
    with pytest.raises(NotPermitted):
        recovery.ask_recovery(
            organisation=world.union, person=world.users["chair"], reason="忘了", by=world.users["clerk"], at=at
        )
    Membership.objects.create(user=operator, organisation=world.union, role="administrator", began_at=at)
    mine = recovery.ask_recovery(
        organisation=world.union, person=world.users["clerk"], reason="忘了", by=operator, at=at
    )
    with pytest.raises(SecondPersonNeeded):
        recovery.confirm_recovery(recovery=mine, identity_check="看过", by=operator, at=at)
    for name in ("admin", "officer"):  # no officer of the union's county
        with pytest.raises(NotPermitted):
            recovery.confirm_recovery(recovery=mine, identity_check="看过", by=world.users[name], at=at)
    assert AccountRecovery.objects.get().token_hash is None
    with pytest.raises(NotRecoverable):
        recovery.ask_recovery(organisation=world.union, person=operator, reason="忘了", by=admin, at=at)


def test_an_officer_of_the_county_confirms_with_a_note_and_once(world: World) -> None:
    near = factory.officer("near", "341802", world.now)
    row = asked(world)
    with pytest.raises(ReasonNeeded):
        recovery.confirm_recovery(recovery=row, identity_check=" ", by=near, at=world.now)
    recovery.confirm_recovery(recovery=row, identity_check="视频核对", by=near, at=world.now)
    with pytest.raises(NotPending):
        recovery.confirm_recovery(recovery=row, identity_check="视频核对", by=near, at=world.now)


def test_for_the_only_administrator_an_approver_asks(world: World) -> None:
    row = recovery.ask_recovery(
        organisation=world.union, person=world.users["admin"], reason="忘了", by=world.users["chair"], at=world.now
    )
    assert row.person == world.users["admin"]


def test_requests_are_few_and_one_at_a_time(world: World) -> None:
    asked(world)
    with pytest.raises(RecoveryStands):
        asked(world)
    for who in ("chair", "store"):
        asked(world, who)
    with pytest.raises(TooManyRecoveries):
        asked(world, "treasurer")
    assert AccountRecovery.objects.count() == 3
    asked(world, "treasurer", at=world.now + timedelta(days=2))


def test_somebody_of_another_organisation_is_not_asked_for(world: World) -> None:
    with pytest.raises(NotAMember):
        asked(world, "buyer")


def test_a_refused_request_makes_no_link(world: World, operator: User) -> None:
    row = asked(world)
    recovery.close_recovery(recovery=row, by=operator, at=world.now)
    with pytest.raises(NotPending):
        recovery.confirm_recovery(recovery=row, identity_check="看过", by=operator, at=world.now)
    assert asked(world).pk != row.pk


def test_too_many_tries_from_one_address_are_stopped(world: World, settings: object) -> None:
    settings.MARKETPLACE_RECOVERY_TRIES_PER_HOUR = 2  # type: ignore[attr-defined]  # a fixture
    client = Client(REMOTE_ADDR="192.0.2.77")
    address = reverse("marketplace:recover", args=["guess"])
    assert [client.get(address).status_code for _ in range(3)] == [404, 404, 429]

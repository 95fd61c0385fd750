"""Secret links: long, random, stored only as a hash, and in no log."""

from __future__ import annotations

import hashlib
import logging
import re

import pytest

from marketplace.grouporders.links import issue_links, revoke_links
from marketplace.grouporders.models import PersonalLink
from marketplace.grouporders.selectors import participant_by_token
from marketplace.parties.models import Invitation
from marketplace.parties.tokens import fresh_token, token_hash
from tests.factories import world as factory
from tests.factories.world import World
from website.logs import HidePersonalLinks


def test_tokens_are_long_random_and_fit_an_address() -> None:
    tokens = {fresh_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", token) for token in tokens)


def test_the_hash_is_sha_256_and_tells_nothing_of_the_token() -> None:
    token = fresh_token()
    assert token_hash(token) == hashlib.sha256(token.encode()).hexdigest()
    assert len(token_hash(token)) == PersonalLink._meta.get_field("token_hash").max_length
    assert len(token_hash(token)) == Invitation._meta.get_field("token_hash").max_length
    assert token not in token_hash(token)


def test_only_the_hash_of_a_personal_link_is_stored(world: World) -> None:
    group_order = factory.open_group_order(world)
    issued = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)
    stored = list(PersonalLink.objects.values())
    assert {row["token_hash"] for row in stored} == {token_hash(token) for _person, token in issued}
    assert not any(token in str(stored) for _person, token in issued)


def test_a_token_lets_its_own_member_in_until_it_is_revoked_or_expires(world: World) -> None:
    group_order = factory.open_group_order(world)
    (person, token), *_rest = issue_links(group_order=group_order, by=world.users["clerk"], at=world.now)
    link = person.links.get()
    assert participant_by_token(token, world.now) == person
    assert participant_by_token(token + "x", world.now) is None
    assert participant_by_token(token_hash(token), world.now) is None
    assert participant_by_token(token, link.expires_at) is None
    revoke_links(group_order=group_order, participants=[person], by=world.users["clerk"], at=world.now)
    assert participant_by_token(token, world.now) is None


@pytest.mark.parametrize("way", ["pick", "join"])
def test_no_token_stands_in_a_log(way: str) -> None:
    token = fresh_token()
    record = logging.LogRecord("x", logging.INFO, "", 0, '"GET /%s/%s/ HTTP/1.1" 302', (way, token), None)
    assert HidePersonalLinks().filter(record)
    assert record.getMessage() == f'"GET /{way}/-/ HTTP/1.1" 302'


def test_other_lines_of_a_log_stay_as_they_are() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET /%s/", ("catalogue",), None)
    assert HidePersonalLinks().filter(record)
    assert record.getMessage() == "GET /catalogue/"

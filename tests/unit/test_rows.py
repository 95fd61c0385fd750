"""Many rows in one statement: written, added to, and refused as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from wagtail.models import ModelLogEntry

from marketplace import audit
from marketplace.catalogue.models import Stock
from marketplace.errands.models import Errand
from marketplace.ledger.models import Account, JournalEntry, Posting
from marketplace.money import yuan
from marketplace.parties.models import DeliveryPoint
from marketplace.programme.models import CampaignTarget
from marketplace.rows import add_to_rows, as_text, insert_objects, insert_rows
from tests.factories.world import World

NAMES = ("kind", "key", "asked_at", "due_at")


def stocks() -> list[tuple[int, int]]:
    return list(Stock.objects.order_by("pk").values_list("on_hand", "reserved"))


def test_every_row_moves_by_its_own_steps(world: World, django_assert_num_queries: Any) -> None:
    changes = {world.tea_pack.pk: (-3, 2), world.rice_pack.pk: (4, 0), 10**9: (1, 1)}
    with django_assert_num_queries(1):
        add_to_rows(Stock, key="pack_id", columns=["on_hand", "reserved"], changes=changes)
    assert stocks() == [(47, 2), (104, 0)]


def test_a_constraint_that_refuses_one_row_refuses_all(world: World) -> None:
    changes = {world.tea_pack.pk: (0, 1), world.rice_pack.pk: (0, 101)}
    with pytest.raises(IntegrityError), transaction.atomic():
        add_to_rows(Stock, key="pack_id", columns=["on_hand", "reserved"], changes=changes)
    assert stocks() == [(50, 0), (100, 0)]


def test_nothing_to_add_or_to_write_asks_nothing(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        add_to_rows(Stock, key="pack_id", columns=["on_hand"], changes={})
        assert insert_rows(Errand, NAMES, []) == []
        assert insert_objects([]) == []


def test_rows_are_written_as_django_would_write_them(world: World, django_assert_num_queries: Any) -> None:
    awkward = [
        '"quoted" 100 % \\ back',
        "两行\n和制表\t",
        "",
        "'; DROP TABLE marketplace_errand; --",
        "𠮷野 😀",
        "null",
    ]
    later = world.now + timedelta(microseconds=7)
    with django_assert_num_queries(1):
        pks = insert_rows(Errand, NAMES, [("x", text, world.now, later) for text in awkward])
    found = Errand.objects.in_bulk(pks)
    assert [found[pk].key for pk in pks] == awkward, "the keys answer in the order of the rows"
    by_hand = Errand.objects.create(kind="x", key="by hand", asked_at=world.now, due_at=later)
    by_hand.refresh_from_db()
    for row in found.values():
        assert (row.asked_at, row.due_at) == (by_hand.asked_at, by_hand.due_at)
        assert (row.attempts, row.last_failure, row.done_at) == (0, "", None), "columns not named take their default"


def test_thousands_of_rows_are_one_statement(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        pks = insert_rows(Errand, NAMES, [("x", str(number), world.now, world.now) for number in range(20_000)])
    assert dict(Errand.objects.filter(kind="x").values_list("pk", "key")) == {pk: str(n) for n, pk in enumerate(pks)}


def test_what_is_there_already_is_left_out_only_when_that_was_asked_for(world: World) -> None:
    insert_rows(Errand, NAMES, [("x", "one", world.now, world.now)])
    again = [("x", key, world.now, world.now) for key in ("one", "two")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(Errand, NAMES, again)
    assert Errand.objects.filter(kind="x").count() == 1
    assert len(insert_rows(Errand, NAMES, again, unless_there=True)) == 1
    assert set(Errand.objects.filter(kind="x").values_list("key", flat=True)) == {"one", "two"}


@pytest.mark.pg
def test_what_is_too_long_for_its_column_is_refused_and_not_cut(world: World) -> None:
    assert connection.vendor == "postgresql"
    with pytest.raises(DatabaseError), transaction.atomic():
        insert_rows(Errand, NAMES, [("k" * 31, "key", world.now, world.now)])


def test_objects_know_their_keys_and_are_what_was_kept(world: World) -> None:
    place = world.union.delivery_points.get()
    made = insert_objects(
        [
            DeliveryPoint(organisation=world.union, name=name, address="甲路 1 号", contact_name="某某", phone="0563")
            for name in ("东门", "西门")
        ]
    )
    assert [DeliveryPoint.objects.get(pk=row.pk).name for row in made] == ["东门", "西门"]
    assert not made[0]._state.adding
    assert made[0].pk not in (place.pk, made[1].pk)
    made[0].name = "南门"
    made[0].save()
    assert DeliveryPoint.objects.get(pk=made[0].pk).name == "南门"


def test_money_and_json_and_identifiers_are_kept(world: World) -> None:
    CampaignTarget.objects.filter(campaign=world.campaign).delete()
    (pk,) = insert_rows(CampaignTarget, ("campaign_id", "amount"), [(world.campaign.pk, yuan("1234.56"))])
    assert CampaignTarget.objects.get(pk=pk).amount == yuan("1234.56")
    audit.record(
        "marketplace.place", [world.union, world.tea], by=world.users["chair"], at=world.now, reason='因"故"', n=3
    )
    first, second = ModelLogEntry.objects.filter(action="marketplace.place").order_by("pk")
    assert first.data == second.data == {"reason": '因"故"', "n": 3}
    assert first.uuid == second.uuid
    assert ModelLogEntry.objects.filter(uuid=first.uuid).count() == 2
    assert (first.timestamp, first.content_changed, first.label) == (world.now, True, str(world.union))


def test_a_column_made_anew_for_each_row_has_to_be_named(world: World) -> None:
    with pytest.raises(TypeError, match="opened_at"):
        insert_rows(Account, ("key",), [("somewhere",)])


def test_what_is_no_columns_value_is_refused_before_it_is_written() -> None:
    with pytest.raises(TypeError, match="no value of a column"):
        as_text([(object(),)])


def test_the_guards_of_the_book_stand_behind_it(world: World) -> None:
    def post_half_an_entry() -> None:
        (entry,) = insert_rows(JournalEntry, ("source", "memo", "posted_at"), [("test:1", "", world.now)])
        account = Account.objects.create(key="test").pk
        insert_rows(Posting, ("entry_id", "account_id", "amount"), [(entry, account, 1)])
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        post_half_an_entry()

"""A roster on the screens: the template read back, a second file that changes and ends, and a preview that no longer holds."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from marketplace.parties import actions
from marketplace.parties.errors import RosterAlreadyApplied, RosterMovedOn
from marketplace.parties.models import Department, Member, RosterImport
from tests.factories.world import World

pytestmark = pytest.mark.django_db
HEAD = ["姓名", "部门", "工号", "手机", "入会日期"]


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def clerk(world: World) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["clerk"])
    return client


def upload(clerk: Client, *rows: list[str], is_complete: bool = False, content: bytes = b"") -> Any:
    """The preview of a file with these rows."""
    if not content:
        book, buffer = Workbook(), io.BytesIO()
        for row in [HEAD, *rows]:
            book.active.append(row)
        book.save(buffer)
        content = buffer.getvalue()
    typed = {"file": SimpleUploadedFile("名册.xlsx", content)} | ({"is_complete": "on"} if is_complete else {})
    page = clerk.post(reverse("marketplace:roll", args=["union"]), typed, follow=True)
    assert page.status_code == 200
    return page


def confirm(clerk: Client, preview: Any) -> str:
    """What is said after confirming the preview as it was shown."""
    digest = preview.context["plan"].digest
    return clerk.post(preview.redirect_chain[-1][0], {"digest": digest}, follow=True).content.decode()


def members() -> list[tuple[Any, ...]]:
    return list(Member.objects.order_by("pk").values_list("name", "department", "staff_number", "phone", "left_on"))


def test_the_template_is_read_back_as_it_was_given(world: World, clerk: Client) -> None:
    given = clerk.get(reverse("marketplace:roster_template", args=["union"])).content
    preview = upload(clerk, content=given)
    assert preview.context["plan"].counts == {"new": 2, "changed": 0, "unchanged": 0, "left": 0, "refused": 0}
    assert "The roll is up to date." in confirm(clerk, preview)
    assert members() == [
        ("示例甲", "办公室", "A001", "13800000001", None),
        ("示例乙", "财务科", "A002", "", None),
    ]


def test_a_second_roster_changes_who_is_there_and_ends_who_is_missing(world: World, clerk: Client) -> None:
    confirm(clerk, upload(clerk, ["张三", "办公室", "A1", "13800000001", ""], ["李四", "财务科", "A2", "", ""]))
    again = [["张三丰", "宣传科", "A1", "13900000009", ""], ["王五", "财务科", "A3", "", ""]]
    preview = upload(clerk, *again, is_complete=True)
    text = preview.content.decode()
    assert preview.context["plan"].counts == {"new": 1, "changed": 1, "unchanged": 0, "left": 1, "refused": 0}
    assert all(word in text for word in ("张三丰", "宣传科", "13900000009", "李四"))
    assert members()[0][0] == "张三"
    assert "The roll is up to date." in confirm(clerk, preview)
    today = actions.office_day(world.now)
    assert members() == [
        ("张三丰", "宣传科", "A1", "13900000009", None),
        ("李四", "财务科", "A2", "", today),
        ("王五", "财务科", "A3", "", None),
    ]
    assert set(Department.objects.values_list("name", flat=True)) == {"办公室", "财务科", "宣传科"}


def test_an_incomplete_roster_ends_nobody_and_brings_back_who_left(world: World, clerk: Client) -> None:
    confirm(clerk, upload(clerk, ["张三", "办公室", "A1", "", ""], ["李四", "财务科", "A2", "", "2020-01-01"]))
    Member.objects.filter(staff_number="A2").update(left_on=actions.office_day(world.now) - timedelta(days=1))
    preview = upload(clerk, ["李四", "", "A2", "", ""])
    assert preview.context["plan"].counts == {"new": 0, "changed": 1, "unchanged": 0, "left": 0, "refused": 0}
    confirm(clerk, preview)
    assert members() == [("张三", "办公室", "A1", "", None), ("李四", "财务科", "A2", "", None)]


def test_a_preview_that_the_roll_has_left_behind_changes_nothing(world: World, clerk: Client) -> None:
    confirm(clerk, upload(clerk, ["张三", "办公室", "A1", "", ""]))
    preview = upload(clerk, ["张三", "财务科", "A1", "", ""])
    Member.objects.filter(staff_number="A1").update(department="宣传科")
    assert "The roll has changed since this preview" in confirm(clerk, preview)
    assert members() == [("张三", "宣传科", "A1", "", None)]
    document = RosterImport.objects.latest("pk")
    assert document.applied_at is None
    with pytest.raises(RosterMovedOn):
        actions.apply_roster(
            roster_import=document,
            digest=preview.context["plan"].digest,
            by=world.users["clerk"],
            at=world.now,
        )
    fresh = clerk.get(preview.redirect_chain[-1][0])
    assert "宣传科" in fresh.content.decode()
    clerk.post(preview.redirect_chain[-1][0], {"digest": fresh.context["plan"].digest})
    assert members() == [("张三", "财务科", "A1", "", None)]


def test_a_roster_is_applied_once(world: World, clerk: Client) -> None:
    preview = upload(clerk, ["张三", "办公室", "A1", "", ""])
    confirm(clerk, preview)
    Member.objects.update(department="财务科")
    assert "This roster has already been applied" in confirm(clerk, preview)
    document = RosterImport.objects.get()
    plan = actions.roster_plan(document, at=world.now)
    with pytest.raises(RosterAlreadyApplied):
        actions.apply_roster(roster_import=document, digest=plan.digest, by=world.users["clerk"], at=world.now)
    assert members() == [("张三", "财务科", "A1", "", None)]

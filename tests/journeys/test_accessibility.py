"""Elder mode is remembered and keeps the page; a complaint about a barrier is taken, followed and answered once."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from marketplace.access.actions import answer_complaint, file_complaint
from marketplace.access.errors import ComplaintAnswered
from marketplace.access.models import BarrierComplaint, DisplayWish
from tests.factories.world import World

pytestmark = pytest.mark.django_db

ELDER_SHEET = "marketplace/elder.css"
STATEMENT = "/accessibility/"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    cache.clear()


def is_elder(client: Client, address: str = "/catalogue/") -> bool:
    return ELDER_SHEET in client.get(address).content.decode()


def switch(client: Client, to: str, back: str = "/catalogue/") -> Any:
    return client.post(reverse("marketplace:switch_display"), {"display": to, "next": back})


# Elder mode


def test_a_visitors_device_remembers_elder_mode_and_one_press_leads_back(world: World) -> None:
    client = Client()
    assert not is_elder(client)
    answer = switch(client, "elder", "/catalogue/?q=茶&sort=price")
    assert unquote(answer["Location"]) == "/catalogue/?q=茶&sort=price"
    assert answer.cookies["display"]["max-age"] == 365 * 24 * 3600
    assert is_elder(client)
    switch(client, "usual")
    assert not is_elder(client)
    assert DisplayWish.objects.count() == 0


def test_a_persons_wish_follows_them_to_another_device_and_leaves_with_them(world: World) -> None:
    client = Client()
    client.login(username="clerk", password="secret")
    switch(client, "elder", "/desk/")
    other = Client()
    assert not is_elder(other)
    other.login(username="clerk", password="secret")
    assert is_elder(other, "/desk/")
    other.logout()
    assert not is_elder(other)  # the device itself was never asked


def test_who_never_said_sees_what_the_device_shows(world: World) -> None:
    client = Client()
    switch(client, "elder")
    client.post("/accounts/login/", {"login": "clerk", "password": "secret"})
    assert is_elder(client, "/desk/")
    assert DisplayWish.objects.count() == 0


def test_a_wish_for_the_usual_pages_is_stronger_than_the_device(world: World) -> None:
    DisplayWish.objects.create(person=world.users["clerk"], is_elder=False)
    client = Client()
    switch(client, "elder")
    client.post("/accounts/login/", {"login": "clerk", "password": "secret"})
    assert not is_elder(client, "/desk/")


def test_in_elder_mode_the_commonest_tasks_come_first(world: World) -> None:
    client = Client()
    client.force_login(world.users["clerk"])
    assert "elder-tasks" not in client.get("/desk/").content.decode()
    switch(client, "elder")
    main = client.get("/desk/").content.decode().split('<main id="main"')[1]
    links = main.split("</nav>")[0]
    assert links.count("<a ") == 3
    assert reverse("marketplace:purchases", args=[world.union.slug]) in links


def test_the_switch_leads_to_no_other_site(world: World) -> None:
    assert switch(Client(), "elder", "https://other.example/")["Location"] == "/"
    assert switch(Client(), "elder", "//other.example/")["Location"] == "/"


def test_caches_keep_the_two_ways_apart(world: World) -> None:
    assert "Cookie" in Client().get("/catalogue/")["Vary"]


def test_a_public_page_carries_no_token_so_that_it_can_be_kept(world: World) -> None:
    answer = Client().get("/catalogue/")
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "csrftoken" not in answer.cookies


def test_the_language_switch_keeps_the_page_and_its_query(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("marketplace:switch_language"), {"language": "en", "next": "/catalogue/?q=茶&page=2"})
    assert unquote(answer["Location"]) == "/catalogue/?q=茶&page=2"
    assert 'lang="en"' in client.get("/catalogue/").content.decode()


# Complaints

BARRIER = "读屏软件在选购页读不出加减按钮"


def complain(client: Client, **typed: Any) -> Any:
    return client.post(STATEMENT, {"hindrance": BARRIER, **typed}, headers={"accept-language": "en"})


def test_a_visitors_complaint_gets_a_number_and_a_deadline(world: World) -> None:
    client = Client(headers={"accept-language": "en"})
    answer = client.post(STATEMENT, {"hindrance": BARRIER, "address": "/pick/", "contact": "0563-0000000"}, follow=True)
    made = BarrierComplaint.objects.get()
    assert (made.hindrance, made.address, made.contact, made.made_by) == (BARRIER, "/pick/", "0563-0000000", None)
    assert str(made.due_on) == "2026-12-08"  # fifteen days after 23 November
    assert answer.redirect_chain[-1][0] == f"/accessibility/complaints/?number={made.reference}"
    text = answer.content.decode()
    assert made.reference in text
    assert "being looked into" in text
    assert "0563-0000000" not in text  # the contact is for officers


def test_the_answer_is_read_by_the_number_however_it_is_typed(world: World) -> None:
    made = file_complaint(hindrance=BARRIER, contact="clerk@example.org", by=None, at=world.now)
    answer_complaint(complaint=made, answer="按钮已加上名称。", by=world.users["officer"], at=world.now)
    text = Client().get(f"/accessibility/complaints/?number=%20{made.reference.lower()}").content.decode()
    assert "按钮已加上名称。" in text
    assert "clerk@example.org" not in text
    assert "officer" not in text


def test_an_unknown_number_is_said_at_the_field(world: World) -> None:
    answer = Client(headers={"accept-language": "en"}).get("/accessibility/complaints/?number=AC-2026-XXXXXXXX")
    assert answer.status_code == 200
    assert "No complaint has this number" in answer.content.decode()


def test_what_was_typed_is_kept_when_something_is_missing(world: World) -> None:
    answer = complain(Client(), hindrance="", contact="0563-0000000")
    assert answer.status_code == 422
    assert 'value="0563-0000000"' in answer.content.decode()
    assert BarrierComplaint.objects.count() == 0


def test_more_than_people_write_are_refused_and_nothing_is_kept_of_them(world: World, settings: Any) -> None:
    settings.MARKETPLACE_COMPLAINTS_PER_HOUR = 2
    client = Client()
    assert [complain(client).status_code for _ in range(3)] == [302, 302, 422]
    assert BarrierComplaint.objects.count() == 2


def test_a_machine_that_fills_the_hidden_field_is_not_kept(world: World) -> None:
    assert complain(Client(), website="https://spam.example/").status_code == 302
    assert BarrierComplaint.objects.count() == 0


def test_an_officer_answers_and_a_second_answer_is_refused(world: World) -> None:
    made = file_complaint(hindrance=BARRIER, by=None, at=world.now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users["officer"])
    address = reverse("marketplace_backoffice:answer_complaint", args=[made.reference])
    assert BARRIER in client.get(reverse("marketplace_backoffice:complaints")).content.decode()
    client.post(address, {"answer": "已修好。"})
    second = client.post(address, {"answer": "另一个答复。"}, follow=True)
    assert "has been answered already" in second.content.decode()
    made.refresh_from_db()
    assert (made.answer, made.answered_by) == ("已修好。", world.users["officer"])


def test_an_empty_answer_is_refused(world: World) -> None:
    made = file_complaint(hindrance=BARRIER, by=None, at=world.now)
    client = Client()
    client.force_login(world.users["officer"])
    client.post(reverse("marketplace_backoffice:answer_complaint", args=[made.reference]), {"answer": " "})
    made.refresh_from_db()
    assert (made.answer, made.answered_at) == ("", None)


def test_the_action_refuses_a_second_answer(world: World) -> None:
    made = file_complaint(hindrance=BARRIER, by=world.users["clerk"], at=world.now)
    answer_complaint(complaint=made, answer="已修好。", by=world.users["officer"], at=world.now)
    with pytest.raises(ComplaintAnswered):
        answer_complaint(complaint=made, answer="再答。", by=world.users["officer"], at=world.now)
    made.refresh_from_db()
    assert made.answer == "已修好。"

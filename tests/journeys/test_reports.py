"""A report of a price or product from its page to its outcome: followed by a number, decided by the county, naming nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from marketplace.catalogue.models import Listing
from marketplace.errands.work import run_due
from marketplace.files import PrivateFile
from marketplace.parties.errors import AnotherCounty
from marketplace.parties.models import AccessLog, PeopleList
from marketplace.purchase.stuck import stuck
from marketplace.purchase.uphold import decide
from marketplace.reports.actions import acknowledge_report, answer_report, file_report, reveal_reporter
from marketplace.reports.errors import (
    FindingMissing,
    NotTheReportersCounty,
    ReportAcknowledged,
    ReportAnswered,
    ReportDecided,
    ReportEmpty,
    ReporterUnknown,
    ReportNotAcknowledged,
)
from marketplace.reports.models import ListingReport
from marketplace.reports.selectors import overdue
from tests.factories.files import picture
from tests.factories.world import World

pytestmark = pytest.mark.django_db

WORDS = "同样的茶在别处便宜三成"
SECRET = "0563-7654321"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    cache.clear()


def signed_in(user: Any = None) -> Client:
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user)
    return client


def address(world: World) -> str:
    return reverse("marketplace:report_listing", args=[world.tea.slug])


TYPED = {"reason": "price_too_high", "words": WORDS, "contact": SECRET}


def made(world: World, **more: Any) -> ListingReport:
    given: dict[str, Any] = {"listing": world.tea, "reason": "price_too_high", "words": WORDS, "contact": SECRET}
    return file_report(**{**given, "by": None, "at": world.now, **more})


def taken_up(world: World, **more: Any) -> ListingReport:
    return acknowledge_report(report=made(world, **more), by=world.officer, at=world.now)


def text(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_product_page_leads_to_the_form(world: World) -> None:
    page = signed_in().get(reverse("marketplace:listing_detail", args=[world.tea.slug])).content.decode()
    assert address(world) in page
    assert signed_in().get(address(world)).status_code == 200
    Listing.objects.filter(pk=world.tea.pk).update(live=False)
    assert signed_in().get(address(world)).status_code == 404


def test_anybody_with_a_contact_gets_a_number_and_two_deadlines(world: World) -> None:
    answer = signed_in().post(address(world), TYPED, follow=True)
    report = ListingReport.objects.get()
    assert answer.redirect_chain[-1][0] == f"/reports/?number={report.reference}"
    assert report.reference in answer.content.decode()
    assert (str(report.acknowledge_by), str(report.decide_by)) == ("2026-11-26", "2026-12-08")
    assert (report.price_then, report.made_by) == (world.tea.price_from, None)
    assert SECRET not in answer.content.decode()


def test_a_visitor_without_a_contact_keeps_what_was_typed_even_the_file(world: World) -> None:
    evidence = SimpleUploadedFile("a.png", picture("PNG"))
    answer = signed_in().post(address(world), {**TYPED, "contact": "", "evidence": evidence})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert WORDS in page
    token = page.split('name="evidence-held" value="')[1].split('"')[0]
    assert signed_in().post(address(world), {**TYPED, "evidence-held": token}).status_code == 302
    assert ListingReport.objects.get().evidence.token == token


def test_somebody_signed_in_needs_no_contact_and_the_log_does_not_say_who(world: World) -> None:
    assert signed_in(world.users["buyer"]).post(address(world), {**TYPED, "contact": ""}).status_code == 302
    report = ListingReport.objects.get()
    assert report.made_by == world.users["buyer"]
    assert [entry.user_id for entry in ModelLogEntry.objects.filter(action="marketplace.file_report")] == [None]


@pytest.mark.parametrize(
    ("change", "refusal"), [({"contact": " "}, ReporterUnknown), ({"words": "  "}, ReportEmpty)], ids=["who", "what"]
)
def test_the_action_refuses_what_cannot_be_followed_up(world: World, change: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        made(world, **change)
    assert ListingReport.objects.count() == 0


def test_more_than_people_write_are_refused_and_a_machine_is_not_kept(world: World, settings: Any) -> None:
    settings.MARKETPLACE_REPORTS_PER_HOUR = 2
    client = signed_in()
    assert client.post(address(world), {**TYPED, "website": "https://spam.example/"}).status_code == 302
    assert [client.post(address(world), TYPED).status_code for _ in range(3)] == [302, 302, 422]
    assert ListingReport.objects.count() == 2


def test_files_are_not_examined_beyond_what_people_try(world: World, settings: Any) -> None:
    settings.MARKETPLACE_REPORTS_PER_HOUR = 1
    client = signed_in()
    for number in range(6):
        evidence = SimpleUploadedFile(f"{number}.png", picture("PNG"))
        answer = client.post(address(world), {**TYPED, "words": "", "evidence": evidence})
        assert answer.status_code == 422
    assert PrivateFile.objects.filter(kind="report_evidence").count() == 4
    assert "Too many reports" in answer.content.decode()


def test_a_dangerous_link_is_refused(world: World) -> None:
    for link in ("javascript:alert(1)", "ftp://shop.example/"):
        assert signed_in().post(address(world), {**TYPED, "link": link}).status_code == 422
    assert ListingReport.objects.count() == 0


def test_the_vendor_hears_the_matter_once_it_is_taken_up_and_never_by_whom(world: World) -> None:
    report = made(world, by=world.users["buyer"])
    vendor = signed_in(world.users["teaco"])
    page = reverse("vendors:report", args=[report.reference])
    assert vendor.get(page).status_code == 404
    acknowledge_report(report=report, by=world.officer, at=world.now)
    shown = vendor.get(page).content.decode()
    assert WORDS in shown
    for name in (SECRET, "buyer"):
        assert name not in shown
        assert name not in text(vendor, "vendors:reports")
        assert name not in text(vendor, "vendors:desk")
    assert report.listing.title in text(vendor, "vendors:desk")
    assert signed_in(world.users["riceco"]).get(page).status_code == 404


def test_the_vendor_answers_once(world: World) -> None:
    report = taken_up(world)
    vendor = signed_in(world.users["teaco"])
    page = reverse("vendors:report", args=[report.reference])
    assert vendor.post(page, {"words": "一芽一叶，比不得粗茶。"}).status_code == 302
    assert vendor.post(page, {"words": "再说一遍"}).status_code == 422
    report.refresh_from_db()
    assert report.vendor_answer == "一芽一叶，比不得粗茶。"
    with pytest.raises(ReportAnswered):
        answer_report(report=report, words="再说", by=world.users["teaco"], at=world.now)


def test_a_vendor_cannot_answer_before_or_after(world: World) -> None:
    report = made(world)
    with pytest.raises(ReportNotAcknowledged):
        answer_report(report=report, words="说明", by=world.users["teaco"], at=world.now)
    decide(report=report, outcome="not_upheld", finding="核实无误", by=world.officer, at=world.now)
    with pytest.raises(ReportDecided):
        answer_report(report=report, words="说明", by=world.users["teaco"], at=world.now)


def test_the_queue_says_what_is_late_and_hides_who_reported(world: World) -> None:
    late = made(world, at=world.now - timedelta(days=5))
    fresh = made(world, listing=world.rice)
    officer = signed_in(world.officer)
    page = text(officer, "marketplace_backoffice:reports")
    assert page.index(late.reference) < page.index(fresh.reference)
    assert page.count("jd-late") == 2  # the row and the sum
    assert SECRET not in page
    assert SECRET not in text(officer, "marketplace_backoffice:report", late.reference)
    only = officer.get(reverse("marketplace_backoffice:reports") + "?shown=late").content.decode()
    assert (late.reference in only, fresh.reference in only) == (True, False)
    assert list(overdue(ListingReport.objects.all(), world.now.date())) == [late]


def test_the_operator_sees_which_reports_lie_too_long(world: World) -> None:
    late = made(world, at=world.now - timedelta(days=5))
    made(world)
    assert [row.reference for row in stuck(at=world.now)["reports"]] == [late.reference]


def test_a_visitors_held_file_pushes_out_nobody_elses(world: World, settings: Any) -> None:
    settings.MARKETPLACE_FILES_HELD = 1
    for number in range(3):
        evidence = SimpleUploadedFile(f"{number}.png", picture("PNG"))
        signed_in().post(address(world), {**TYPED, "words": "", "evidence": evidence})
    assert PrivateFile.objects.filter(kind="report_evidence").held().count() == 3


def test_an_officer_of_another_county_sees_and_does_nothing(world: World) -> None:
    report = made(world)
    stranger = signed_in(world.foreign_officer)
    assert report.reference not in text(stranger, "marketplace_backoffice:reports")
    for name in ("report", "acknowledge_report", "reveal_reporter"):
        address = reverse(f"marketplace_backoffice:{name}", args=[report.reference])
        assert stranger.post(address, {"outcome": "not_upheld", "finding": "无"}).status_code == 404
    with pytest.raises(AnotherCounty):
        acknowledge_report(report=report, by=world.foreign_officer, at=world.now)
    with pytest.raises(AnotherCounty):
        decide(report=report, outcome="not_upheld", finding="无", by=world.foreign_officer, at=world.now)
    with pytest.raises(NotTheReportersCounty):
        reveal_reporter(report=report, by=world.foreign_officer, at=world.now)
    report.refresh_from_db()
    assert (report.acknowledged_at, report.decided_at) == (None, None)
    assert AccessLog.objects.filter(people_list=PeopleList.REPORTER).count() == 0


def test_each_look_at_the_reporter_is_written_down(world: World) -> None:
    report = made(world, by=world.users["buyer"])
    officer = signed_in(world.officer)
    address = reverse("marketplace_backoffice:reveal_reporter", args=[report.reference])
    assert officer.get(address).status_code == 405
    shown = officer.post(address)
    assert SECRET in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    look = AccessLog.objects.get(people_list=PeopleList.REPORTER)
    assert (look.seen_by, look.subject, look.rows) == (world.officer, report.reference, 1)
    assert "Who has looked" in text(officer, "marketplace_backoffice:report", report.reference)
    assert SECRET not in text(officer, "marketplace_backoffice:report", report.reference)


def test_the_evidence_is_for_the_countys_officers_and_the_reporter(world: World) -> None:
    from tests.architecture.stage import scan

    report = made(world, by=world.users["buyer"], evidence=scan())
    assert report.evidence is not None
    file = reverse("marketplace:file", args=[report.evidence.token])
    eyes = ("officer", "buyer", "teaco", "foreign-officer", "head")
    seen = []
    for name in eyes:
        answer = signed_in(world.users[name]).get(file)
        if answer.streaming:
            b"".join(answer)
        seen.append(answer.status_code)
    assert seen == [200, 200, 404, 404, 404]
    assert AccessLog.objects.filter(people_list=PeopleList.REPORTER, seen_by=world.officer).count() == 1


def test_upheld_takes_the_goods_off_the_shelf_in_the_same_step(world: World) -> None:
    report = taken_up(world)
    officer = signed_in(world.officer)
    address = reverse("marketplace_backoffice:report", args=[report.reference])
    assert officer.post(address, {"outcome": "delisted", "finding": "价格确实过高"}).status_code == 302
    listing = Listing.objects.get(pk=world.tea.pk)
    delisting = listing.delistings.get()
    assert (listing.live, delisting.reasons, delisting.words) == (False, ["price_too_high"], "价格确实过高")
    page = signed_in().get(f"/reports/?number={report.reference.lower()}").content.decode()
    assert "upheld: taken off the shelf" in page
    assert "价格确实过高" in page
    assert "officer" not in page.split("<main")[1].split("</main>")[0].replace("taken up by an officer", "")


def test_goods_off_the_shelf_already_stay_so(world: World) -> None:
    report = taken_up(world)
    Listing.objects.filter(pk=world.tea.pk).update(live=False)
    decide(report=report, outcome="delisted", finding="已下架", by=world.officer, at=world.now)
    assert Listing.objects.get(pk=world.tea.pk).delistings.count() == 0


def test_a_decision_needs_words_and_stands(world: World) -> None:
    report = made(world)
    officer = signed_in(world.officer)
    address = reverse("marketplace_backoffice:report", args=[report.reference])
    answer = officer.post(address, {"outcome": "correction", "finding": ""})
    assert answer.status_code == 422
    with pytest.raises(FindingMissing):
        decide(report=report, outcome="correction", finding=" ", by=world.officer, at=world.now)
    decided = decide(report=report, outcome="correction", finding="请改标价", by=world.officer, at=world.now)
    assert decided.acknowledged_by == world.officer
    with pytest.raises(ReportDecided):
        decide(report=report, outcome="not_upheld", finding="改主意", by=world.officer, at=world.now)
    with pytest.raises(ReportDecided):
        acknowledge_report(report=report, by=world.officer, at=world.now)
    assert "请改标价" in text(signed_in(world.users["teaco"]), "vendors:report", report.reference)


def test_it_is_taken_up_once(world: World) -> None:
    report = taken_up(world)
    with pytest.raises(ReportAcknowledged):
        acknowledge_report(report=report, by=world.officer, at=world.now)


def test_an_unknown_number_is_said_at_the_field(world: World) -> None:
    assert "No report has this number" in signed_in().get("/reports/?number=RP-2026-XXXXXXXX").content.decode()


def test_both_sides_are_written_to(world: World) -> None:
    for user in world.users.values():
        user.email = f"{user.username}@example.org"
        user.save()
    report = taken_up(world, by=world.users["buyer"])
    list(run_due(at=world.now))
    assert [letter.to for letter in mail.outbox] == [["teaco@example.org"]]
    assert SECRET not in mail.outbox[0].body
    mail.outbox.clear()
    decide(report=report, outcome="not_upheld", finding="价格有据", by=world.officer, at=world.now)
    list(run_due(at=world.now + timedelta(minutes=1)))
    assert sorted(letter.to[0] for letter in mail.outbox) == ["buyer@example.org", "teaco@example.org"]
    assert all("价格有据" in letter.body for letter in mail.outbox)
    to_vendor = next(letter for letter in mail.outbox if letter.to == ["teaco@example.org"])
    assert "buyer" not in to_vendor.body


def test_a_report_says_how_many_others_and_looks_there_are_beside_those_it_shows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (made(world, contact=f"0563-765432{number}") for number in range(3))
    other = made(world, listing=world.rice)
    for _ in range(3):
        reveal_reporter(report=first, screen="report", by=world.officer, at=world.now)
    monkeypatch.setattr("marketplace.backoffice.reports.OTHERS", 1)
    monkeypatch.setattr("marketplace.backoffice.reports.LOOKS", 2)
    officer = signed_in(world.officer)
    page = text(officer, "marketplace_backoffice:report", first.reference)
    assert "All 2 other reports about it" in page
    assert "The latest 2 of 3 looks." in page
    linked = f"{reverse('marketplace_backoffice:reports')}?shown=all&listing={world.tea.pk}"
    assert linked.replace("&", "&amp;") in page
    narrowed = officer.get(linked).content.decode()
    assert all(report.reference in narrowed for report in (first, second, third))
    assert other.reference not in narrowed
    assert f"Only about “{world.tea.title}”." in narrowed
    assert (
        other.reference in officer.get(reverse("marketplace_backoffice:reports") + "?listing=nonsense").content.decode()
    )

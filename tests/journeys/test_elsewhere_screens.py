"""A purchase made elsewhere on the screens: the clerk's form, the officer's queue, and every figure that shows it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.impact.elsewhere.models import ElsewherePurchase
from marketplace.impact.models import ImpactEntry
from marketplace.management.books import CHECKS
from tests.factories import elsewhere
from tests.factories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch, now: object) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def client_of(world: World, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.users[name])
    return client


def typed(world: World, **changed: Any) -> dict[str, Any]:
    tea, rice = elsewhere.line(), elsewhere.line(origin=elsewhere.RICE, shelf="grain")
    return {
        "mode": "direct",
        "channel": "832",
        "bought_on": "2026-11-20",
        "seller_name": "茶叶店",
        "external_reference": "DD77",
        "campaign": world.campaign.pk,
        "purpose": "canteen",
        "fund_source": "canteen",
        "what_0": "秋茶",
        "category_0": tea.category.pk,
        "origin_0": tea.origin.pk,
        "amount_0": "120.50",
        "what_2": "米",
        "category_2": rice.category.pk,
        "origin_2": rice.origin.pk,
        "amount_2": "40",
        "quantity_2": "10",
        "unit_2": "斤",
        **changed,
    }


def content(answer: Any) -> str:
    return answer.content.decode()


def entered(world: World) -> ElsewherePurchase:
    """Typed in by the clerk, with its voucher."""
    clerk = client_of(world, "buyer")
    clerk.post(reverse("marketplace:new_elsewhere", args=["society"]), typed(world))
    made = ElsewherePurchase.objects.get()
    files = {"files": [SimpleUploadedFile(f"{name}.pdf", elsewhere.SCAN.content) for name in "ab"]}
    clerk.post(reverse("marketplace:elsewhere_add_vouchers", args=[made.reference]), files)
    return made


def test_a_refusal_stands_at_the_field_and_keeps_what_was_typed(world: World) -> None:
    clerk, address = client_of(world, "buyer"), reverse("marketplace:new_elsewhere", args=["society"])
    page = clerk.post(address, typed(world, origin_2="", amount_0="很多"))
    assert page.status_code == 422
    assert "Line 3: fill this in" in content(page)
    assert 'value="秋茶"' in content(page)
    assert "still to come" in content(clerk.post(address, typed(world, bought_on="2026-11-24")))
    assert not ElsewherePurchase.objects.exists()


def test_from_the_receipt_to_the_figure(world: World) -> None:
    elsewhere.district(world)
    made = entered(world)
    clerk, officer = client_of(world, "buyer"), client_of(world, "district")
    assert "Submit the purchase made elsewhere" in content(clerk.get(reverse("marketplace:desk")))
    shown = content(clerk.post(reverse("marketplace:elsewhere_submit", args=[made.reference]), follow=True))
    assert "It is submitted" in shown
    assert "¥160.50" in shown
    queue = content(officer.get(reverse("marketplace_backoffice:elsewhere_list")))
    assert made.reference in queue
    assert "Check 1 purchase made elsewhere" in content(officer.get(reverse("marketplace_backoffice:dashboard")))
    voucher = reverse("marketplace:file", args=[made.vouchers.first().file.token])
    assert b"".join(officer.get(voucher)) == elsewhere.SCAN.content
    decision = reverse("marketplace_backoffice:decide_elsewhere", args=[made.reference])
    told = content(officer.post(decision, {"submission": 1, "decision": "return", "reason": ""}, follow=True))
    assert "Write the reason" in told
    told = content(officer.post(decision, {"submission": 1, "decision": "confirm"}, follow=True))
    assert "It is confirmed and counts from today" in told
    assert ImpactEntry.objects.count() == 2
    assert "¥160.50" in content(clerk.get(reverse("marketplace:own_impact", args=["society"])))
    assert "¥160.50" in content(Client().get(reverse("marketplace:impact")))


def test_each_figure_opens_the_entries_of_its_own_way(world: World) -> None:
    elsewhere.confirmed(world)
    elsewhere.confirmed(world, elsewhere.helped(world, elsewhere.line(amount=elsewhere.yuan(7)), seller_name="别家"))
    officer = client_of(world, "district")
    address = reverse("marketplace_backoffice:lines", args=["buyer", world.society.pk])
    sums = {way: content(officer.get(f"{address}?way={way}")) for way in ("platform", "elsewhere", "helped", "all")}
    assert "0 lines" in sums["platform"]
    assert "1 line, ¥100.00 in all" in sums["elsewhere"]
    assert "1 line, ¥7.00 in all" in sums["helped"]
    assert "2 lines, ¥107.00 in all" in sums["all"]
    dashboard = content(officer.get(reverse("marketplace_backoffice:dashboard")))
    assert all(amount in dashboard for amount in ("¥100.00", "¥7.00", "¥107.00"))


def test_the_register_says_how_and_where_it_was_bought(world: World) -> None:
    made = elsewhere.confirmed(world, elsewhere.entry(world, channel="832", external_reference="DD88"))
    elsewhere.confirmed(world, elsewhere.helped(world, seller_name="别家"))
    answer = client_of(world, "district").get(reverse("marketplace_backoffice:register", args=["2026-11"]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    head = list(rows[1])
    first = dict(zip(head, rows[2], strict=True))
    assert (first["订单号"], first["外部单号"], first["供应商"]) == (made.reference, "DD88", "山里人家")
    assert {row[head.index("渠道")] for row in rows[2:4]} == {"832 Platform", "market or stall"}
    sums = {row[2]: row[head.index("金额（元）")] for row in rows[4:]}
    assert sums == {"合计": 200, "其中：本平台直接采购": 0, "其中：平台外直接采购": 100, "其中：帮助销售": 100}


def test_another_county_and_another_union_see_nothing_of_it(world: World) -> None:
    made = elsewhere.submitted(world)
    voucher = reverse("marketplace:file", args=[made.vouchers.get().file.token])
    page = reverse("marketplace_backoffice:elsewhere", args=[made.reference])
    decision = reverse("marketplace_backoffice:decide_elsewhere", args=[made.reference])
    for name in ("foreign-officer", "officer"):
        stranger = client_of(world, name)
        assert made.reference not in content(stranger.get(reverse("marketplace_backoffice:elsewhere_list")))
        for answer in (stranger.get(page), stranger.get(voucher), stranger.post(decision, {"decision": "confirm"})):
            assert answer.status_code == 404
    clerk = client_of(world, "clerk")
    assert clerk.get(voucher).status_code == 404
    assert clerk.get(reverse("marketplace:elsewhere", args=[made.reference])).status_code == 404
    made.refresh_from_db()
    assert made.state == "submitted"


def test_the_county_it_comes_from_reads_what_counts_but_not_the_vouchers(world: World) -> None:
    made = elsewhere.confirmed(world)
    officer = client_of(world, "officer")
    page = content(officer.get(reverse("marketplace_backoffice:elsewhere", args=[made.reference])))
    assert "The buyer&#x27;s county keeps the vouchers" in page or "The buyer's county keeps the vouchers" in page
    assert officer.get(reverse("marketplace:file", args=[made.vouchers.get().file.token])).status_code == 404
    assert "Ask to void it" not in page


def test_voiding_on_the_screens(world: World) -> None:
    made = elsewhere.confirmed(world)
    officer, second = client_of(world, "district"), client_of(world, "second")
    ask = reverse("marketplace_backoffice:propose_voiding", args=[made.reference])
    decide = reverse("marketplace_backoffice:decide_voiding", args=[made.reference])
    assert "Until then it counts" in content(officer.post(ask, {"reason": "退货"}, follow=True))
    assert "Another officer of the county" in content(officer.post(decide, {"decision": "agree"}, follow=True))
    assert "The decision is recorded" in content(second.post(decide, {"decision": "agree"}, follow=True))
    made.refresh_from_db()
    assert made.state == "voided"
    assert [row for check in CHECKS.values() for row in check()] == []


def test_the_template_is_read_back_as_it_was_given(world: World) -> None:
    clerk = client_of(world, "buyer")
    given = clerk.get(reverse("marketplace:elsewhere_template", args=["society"])).content
    upload = SimpleUploadedFile("模板.xlsx", given)
    page = clerk.post(reverse("marketplace:elsewhere_sheets", args=["society"]), {"file": upload}, follow=True)
    assert page.context["plan"].refused == 0
    digest = page.context["plan"].digest
    done = clerk.post(page.redirect_chain[-1][0], {"digest": digest}, follow=True)
    assert "All purchases of the sheet are entered" in content(done)
    assert list(ElsewherePurchase.objects.order_by("pk").values_list("mode", "state")) == [
        ("direct", "draft"),
        ("helped", "draft"),
    ]

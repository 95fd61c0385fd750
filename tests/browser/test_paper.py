"""What comes out of the printer: A4, numbered, with the document's reference on each page and room for the seal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from marketplace.purchase.hand_out import make_handout_list
from tests.browser.conftest import Person
from tests.factories import world as factory
from tests.factories.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A4 = (595, 842)  # points


@dataclass(frozen=True)
class Sheet:
    """One printed page: its size in points, and its text without spaces."""

    size: tuple[int, int]
    text: str


def printed(page: Page, address: str) -> list[Sheet]:
    page.goto(address)
    return leaves(page)


def leaves(page: Page) -> list[Sheet]:
    """The open page as it leaves the printer."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = []
    for leaf in document:
        width, height = leaf.get_size()
        words = leaf.get_textpage()
        sheets.append(Sheet((round(width), round(height)), re.sub(r"\s", "", words.get_text_range())))
        words.close()
        leaf.close()
    document.close()
    return sheets


def test_a_long_document_carries_its_reference_and_number_on_each_page(
    market: World, person: Person, settings: Any
) -> None:
    settings.MARKETPLACE_STYLEGUIDE = True
    sheets = printed(person(), "/styleguide/")
    assert len(sheets) > 3
    for number, sheet in enumerate(sheets, start=1):
        assert sheet.size == A4
        assert "PO-2026-7K3F9QXM" in sheet.text
        assert f"{number}/{len(sheets)}" in sheet.text


def test_the_papers_of_a_purchase_carry_their_references_and_room_for_the_seal(market: World, person: Person) -> None:
    order = factory.placed(market)[0]
    factory.answered(order, market.now)
    order = factory.delivered(order, market.users["store"], market.now)
    papers = {
        ("store", f"/orders/{order.reference}/"): order.reference,
        ("store", f"/orders/{order.reference}/certificate/"): order.acceptance.number,
        ("clerk", f"/requisitions/{order.requisition.reference}/"): order.requisition.reference,
        ("treasurer", f"/invoices/{order.requisition.invoice.number}/notice/"): order.requisition.invoice.number,
        (
            "teaco",
            f"/vendor/consignments/{order.consignments.get().reference}/note/",
        ): order.consignments.get().reference,
    }
    people = {name: person(name) for name, _address in papers}
    for (name, address), reference in papers.items():
        sheets = printed(people[name], address)
        assert all(reference in sheet.text and sheet.size == A4 for sheet in sheets), address
        assert "盖章" in sheets[-1].text, address
        assert "我的工作台" not in sheets[0].text, address


def test_the_hand_out_list_is_printed_by_department_with_room_to_sign(market: World, person: Person) -> None:
    orders = factory.placed(market, count=4)
    for order in orders:
        factory.answered(order, market.now)
        order = factory.delivered(order, market.users["store"], market.now)
    handed = make_handout_list(requisition=order.requisition, by=market.users["clerk"], at=market.now)
    sheets = printed(person("clerk"), f"/hand-outs/{handed.reference}/")
    assert all(sheet.size == A4 and handed.reference in sheet.text for sheet in sheets)
    assert "我的工作台" not in sheets[0].text
    text = "".join(sheet.text for sheet in sheets)
    for department in ("一部", "二部"):
        assert f"{department}会员物品签名" in text
    for member in market.union.members.all():
        assert text.count(member.name) == 1
    assert "勾选" not in text  # what is ticked on the screen is signed on paper
    assert "盖章" in sheets[-1].text


def test_personal_links_are_printed_as_slips_that_are_not_cut_by_a_page(market: World, person: Person) -> None:
    group_order = factory.open_group_order(market, count=30)
    page = person("clerk")
    page.goto(f"/group-orders/{group_order.reference}/")
    page.locator(f"form[action$='/group-orders/{group_order.reference}/links/sheet/'] button").click()
    expect(page.locator(".slip")).to_have_count(30)
    sheets = leaves(page)
    assert len(sheets) > 1
    assert all(sheet.size == A4 and group_order.reference in sheet.text for sheet in sheets)
    assert "我的工作台" not in sheets[0].text
    assert "只显示这一次" not in sheets[0].text
    for member in market.union.members.all():
        (slip,) = [sheet for sheet in sheets if re.search(rf"{member.name}(?!\d)", sheet.text)]
        assert f"{member.name}{member.department}{member.staff_number}" in slip.text

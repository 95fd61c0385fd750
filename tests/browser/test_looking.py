"""The eyes of the browser tests see: each of these pages has a fault, and it is found."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error

from tests.browser.conftest import PHONE, Person, Witness
from tests.browser.looks import axe, fits, look_without_scripts

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UNNAMED_FIELD = "document.querySelector('main').append(document.createElement('input'))"


def test_axe_finds_a_field_without_a_label(person: Person) -> None:
    page = person()
    page.goto("/catalogue/")
    page.evaluate(UNNAMED_FIELD)
    with pytest.raises(AssertionError, match="label: Form elements must have labels"):
        axe(page)


def test_axe_reads_a_page_without_scripts(person: Person) -> None:
    page = person(scripts=False)
    page.goto("/catalogue/")
    look_without_scripts(page)
    page.evaluate(UNNAMED_FIELD)
    with pytest.raises(AssertionError, match="label: Form elements must have labels"):
        look_without_scripts(page)


def test_a_page_wider_than_the_phone_is_seen(person: Person) -> None:
    page = person(width=PHONE)
    page.goto("/catalogue/")
    fits(page)
    page.evaluate("document.querySelector('h1').textContent = 'W'.repeat(99)")
    page.evaluate("document.querySelector('h1').style.whiteSpace = 'nowrap'")
    with pytest.raises(AssertionError, match="px wide in a window of 360 px"):
        fits(page)


def test_a_word_to_another_host_is_written_down(person: Person, witness: Witness) -> None:
    page = person()
    page.goto("/catalogue/")
    with pytest.raises(Error, match="ERR_FAILED"):
        page.goto("https://other.example/")
    assert witness.seen == ["asked another host: https://other.example/"]
    witness.seen.clear()


def test_what_the_content_policy_forbids_is_written_down(person: Person, witness: Witness) -> None:
    page = person()
    page.goto("/catalogue/")
    with page.expect_event("console"):
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    assert "Content Security Policy" in witness.seen[0]
    witness.seen.clear()


def test_a_script_that_breaks_is_written_down(person: Person, witness: Witness) -> None:
    page = person()
    page.goto("/catalogue/")
    with page.expect_event("pageerror"):
        page.evaluate("setTimeout(() => { throw new Error('broken') })")
    assert "broken" in witness.seen[0]
    witness.seen.clear()

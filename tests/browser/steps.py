"""What people do on every page, by the words they read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.looks import look


def press(page: Page | Locator, name: str) -> None:
    """Press the button of exactly this name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page | Locator, name: str) -> None:
    """Follow the link of this name."""
    page.get_by_role("link", name=name).first.click()


def told(page: Page, sentence: str) -> None:
    """The page says what was done, and looks as it should."""
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()
    look(page)


def refused(page: Page, sentence: str) -> None:
    """The page says in a sentence why nothing was done."""
    expect(page.get_by_role("alert")).to_contain_text(sentence)


def desk(page: Page, task: str) -> None:
    """Open the task from one's own desk."""
    page.goto("/desk/")
    look(page)
    follow(page, task)


def downloaded(page: Page, press_or_follow: Callable[[], None]) -> list[tuple[Any, ...]]:
    """The rows of the workbook that arrives."""
    with page.expect_download() as waiting:
        press_or_follow()
    assert waiting.value.suggested_filename.endswith(".xlsx")
    book = load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    return list(book.active.iter_rows(values_only=True))


def photograph() -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((800, 600)).convert("RGB").save(buffer, "JPEG")
    return {"name": "手机照片.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def amount_to_invoice(page: Page) -> str:
    """What the vendor's page says the fapiao has to show, without its sign."""
    return page.locator("aside .facts dd").nth(-2).inner_text().lstrip("¥")

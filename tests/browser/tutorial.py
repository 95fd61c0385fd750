"""Follows a tutorial word by word: each numbered line is one of a few instructions, done in a browser as it stands there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

STEP = re.compile(r"^\d+\. (.+)$", re.MULTILINE)
WRITTEN_FOR = "http://127.0.0.1:8000"


def instructions(document: Path) -> Iterator[str]:
    """The numbered lines, in order."""
    yield from STEP.findall(document.read_text())


@dataclass
class Follower:
    """A reader with a browser, at the address where the demonstration really runs."""

    page: Page
    base: str
    links: dict[str, str] = field(default_factory=dict)

    def follow(self, instruction: str) -> None:
        """Do what the line says; ``AssertionError`` naming it when no instruction reads like this or it is not true."""
        for pattern, act in FORMS:
            if found := re.fullmatch(pattern, instruction):
                try:
                    return act(self, *found.groups())
                except Exception as problem:
                    seen = self.page.locator("main, body").first.inner_text()[:1500]
                    raise AssertionError(f"“{instruction}” at {self.page.url}: {problem}\n\n{seen}") from problem
        raise AssertionError(f"The tutorial says what nobody can follow: “{instruction}”")

    def open(self, address: str) -> None:
        assert address.startswith(WRITTEN_FOR), address
        self.page.goto(self.base + address.removeprefix(WRITTEN_FOR))

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.base}/accounts/login/")
        line = self.page.get_by_role("button").filter(has=self.page.locator("code", has_text=re.compile(f"^{name}$")))
        if not line.count() or not line.first.is_visible():
            self.page.get_by_text("Everybody else", exact=True).click()
        line.first.click()
        self.page.wait_for_url(lambda address: "/accounts/login/" not in address)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def press_for_file(self, name: str) -> None:
        with self.page.expect_download() as waiting:
            self.press(name)
        rows = list(load_workbook(io.BytesIO(waiting.value.path().read_bytes())).active.iter_rows(values_only=True))
        self.links = {str(row[1]): str(row[-1]) for row in rows[1:]}

    def open_link(self, name: str) -> None:
        self.page.goto(self.links[name])

    def go(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def go_beside(self, name: str, text: str) -> None:
        row = self.page.get_by_role("listitem").filter(has_text=text)
        row.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def enter(self, value: str, label: str) -> None:
        self.page.get_by_label(label, exact=True).or_(self.page.get_by_label(f"{label} optional", exact=True)).fill(
            value
        )

    def enter_tomorrow(self, label: str) -> None:
        day = timezone.localdate() + timedelta(days=1)
        self.page.get_by_label(label).first.fill(day.isoformat())

    def choose(self, option: str, label: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, label: str) -> None:
        self.page.get_by_role("checkbox", name=label, exact=True).check()

    def see(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)


FORMS: list[tuple[str, Callable[..., None]]] = [
    (r"Open `([^`]+)`\.", Follower.open),
    (r"Open the link in the row of `([^`]+)`\.", Follower.open_link),
    (r"Sign in as `([^`]+)`\.", Follower.sign_in),
    (r"Press \*\*([^*]+)\*\* and open the file\.", Follower.press_for_file),
    (r"Press \*\*([^*]+)\*\*\.", Follower.press),
    (r"Follow \*\*([^*]+)\*\*\.", Follower.go),
    (r"Follow \*\*([^*]+)\*\* beside “([^”]+)”(?:: another one waits, too)?\.", Follower.go_beside),
    (r"Enter the date of tomorrow in \*\*([^*]+)\*\*\.", Follower.enter_tomorrow),
    (r"Enter `([^`]+)` in \*\*([^*]+)\*\*\.", Follower.enter),
    (r"Choose \*\*([^*]+)\*\* in \*\*([^*]+)\*\*\.", Follower.choose),
    (r"Tick \*\*([^*]+)\*\*\.", Follower.tick),
    (r"See “([^”]+)”\.?", Follower.see),
]

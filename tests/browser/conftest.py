"""A real browser before a real server: people who sign in by the form, and no word to any other host."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright

from tests.browser.chromium import launch
from tests.factories.world import World, build_world

PHONE, DESK = 360, 1280
HEIGHTS = {PHONE: 740, DESK: 900}
PATIENCE = 10_000  # ms
LAST_SEEN = Path("var/tests/browser")  # what a person saw when a test failed
REFUSED = 422  # the answer to a form that is shown again with what was typed

Person = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, one for all tests of the process."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def market(transactional_db: Any, live_server: Any) -> World:
    """The small world, now, where the server sees it."""
    return build_world(timezone.now())


class Witness:
    """Writes down what no page may do: ask another host, fail to load, raise, or offend its content policy."""

    def __init__(self, base: str) -> None:
        self.base, self.seen = base, list[str]()

    def watch(self, context: BrowserContext) -> None:
        """Listen to everything this context does; what goes to another host is written down and refused."""
        context.route(re.compile(rf"^(?!{re.escape(self.base)}/)"), lambda route: route.abort())
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"error on a page: {error.error}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and f"{address.scheme}://{address.netloc}" != self.base:
            self.seen.append(f"asked another host: {request.url}")

    def _response(self, response: Response) -> None:
        refused_form = response.status == REFUSED and response.request.is_navigation_request()
        if response.status >= 400 and not refused_form and not self._is_kept_later(response):
            self.seen.append(f"{response.status} for {response.request.method} {response.url}")

    def _is_kept_later(self, response: Response) -> bool:
        """Wagtail keeps a page by itself while somebody writes, and tells itself 400 as long as a field is missing."""
        asked = response.request
        in_pages = urlsplit(asked.url).path.startswith("/admin/pages/")
        return response.status == 400 and in_pages and asked.resource_type == "fetch"

    def _console(self, message: ConsoleMessage) -> None:
        told_by_response = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not told_by_response:
            self.seen.append(f"{message.type} on the console of {message.location.get('url')}: {message.text}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keep a picture of every open page of a failed test."""
    report = yield
    if call.when == "call" and report.failed:
        LAST_SEEN.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(item.funcargs.get("browser").contexts):
            for page in context.pages:
                page.screenshot(path=LAST_SEEN / f"{item.name}-{number}.png", full_page=True)
    return report


@pytest.fixture
def witness(live_server: Any) -> Iterator[Witness]:
    """What no page may do, written down; at the end of a test nothing may stand there."""
    found = Witness(live_server.url)
    yield found
    assert not found.seen, "\n".join(found.seen)


@pytest.fixture
def person(browser: Browser, market: World, witness: Witness) -> Iterator[Person]:
    """``person(name, width)``: that person's own browser, signed in by the form; without a name, a visitor's."""
    contexts: list[BrowserContext] = []

    def open_browser(
        name: str | None = None, width: int = DESK, *, locale: str = "zh-CN", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            base_url=witness.base,
            locale=locale,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        witness.watch(context)
        page = context.new_page()
        if name:
            sign_in(page, name)
        return page

    yield open_browser
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> None:
    """Go in by the form and arrive at one's own desk."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("secret")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)

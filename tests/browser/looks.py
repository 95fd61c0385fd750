"""What is looked at on every page of a journey: axe's rules, and that nothing is wider than a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
# A colour half-way through a fade is nobody's colour.
STILL = "document.getAnimations().forEach(one => { try { one.finish() } catch { one.cancel() } })"
SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)


def axe(page: Page) -> None:
    """Nothing on the page offends WCAG 2.2 AA as far as axe can tell; else say rule, place and help."""
    page.evaluate(STILL)
    found = Axe().run(page, options=RULES).response["violations"]
    lines = [
        f"{violation['id']}: {violation['help']}\n    at {node['target']}\n    {node['html'][:200]}\n"
        f"    {node.get('failureSummary', '')}"
        for violation in found
        for node in violation["nodes"]
    ]
    assert not found, f"axe on {page.url}\n" + "\n".join(lines)


def fits(page: Page) -> None:
    """No page is wider than its window, so nobody scrolls sideways."""
    width = page.viewport_size["width"] if page.viewport_size else 0
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide in a window of {width} px: {_widest(page, width)}"


def _widest(page: Page, width: int) -> list[str]:
    script = """width => [...document.querySelectorAll("body *")]
        .filter(node => node.getBoundingClientRect().right > width + 1 && !node.closest(".table-wrap"))
        .slice(0, 5).map(node => `${node.tagName}.${node.className}`)"""
    return list(page.evaluate(script, width))


def look(page: Page) -> None:
    """Both, once the page and its pictures have come."""
    page.wait_for_load_state("load")
    fits(page)
    axe(page)


def look_without_scripts(page: Page) -> None:
    """Both, for a page of a browser without JavaScript: axe is a script, so it reads a scriptless twin of the page."""
    page.wait_for_load_state("load")
    fits(page)
    with _twin(page) as twin:
        look(twin)


@contextmanager
def _twin(page: Page) -> Iterator[Page]:
    browser, html = page.context.browser, SCRIPTS.sub("", page.content())
    assert browser is not None
    context = browser.new_context(locale="zh-CN", viewport=page.viewport_size)
    try:
        twin = context.new_page()
        twin.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        twin.goto(page.url)
        yield twin
    finally:
        context.close()

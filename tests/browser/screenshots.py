"""Pictures of every screen of the demonstration, for eyes to look at: ``make screenshots``.

Walks the links of a running demonstration from each sign-in's first page, and takes every kind of page once: at 360, 768
and 1280 px in Chinese, at 360 and 1280 px in English and in Chinese elder mode, into
``screenshots/<language or elder>/<width>/<who>-<page>.png``. Changes nothing, but that the member gets a new link
and the log of looks at people its lines.

Ends with a list of what is wrong, and fails by it: a link that answers other than 200, a page wider than its window, and
(where everybody walked) a screen of the apps to which no link leads.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import django
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import APIResponse, Browser, Page, sync_playwright

from tests.browser.chromium import launch

HEIGHTS = {360: 740, 768: 1024, 1280: 900}
WIDTHS = {"zh-hans": [360, 768, 1280], "en": [360, 1280], "elder": [360, 1280]}
FIRST_PAGES = ["/", "/accounts/login/", "/desk/", "/styleguide/"]
OURS_IN_ADMIN = ("marketplace", "-index")  # of the admin, the screens that the apps bring
OURS = ("marketplace:", "vendors:", "marketplace_backoffice:")
MOST = 6  # addresses of one kind that are asked for where they lead
# Where a page leads: its links and searches, and the menu that Wagtail draws from JSON; a button is no screen.
ANCHOR = re.compile(r"<(?:a|form)\b[^>]*>|\"url\": \"/[^\"]*\"")
HREF = re.compile(r'(?:\bhref=|\baction=|"url": )"([^"]*)"')
BUTTON = 'method="post"'
# Others of the demonstration, each for a screen that nobody first to try has: an import, a sheet, held money, what is unsent.
FURTHER = ["chuntang", "fuliyuan-clerk", "qingteng-chair", "shuiyang-clerk", "shuiyang-chair"]
MEMBER = "member"  # without an account, by a personal link
# Screens to which a letter, a machine or a provider's page leads, so that no link of the site does.
LED_TO_OTHERWISE = {
    "marketplace-join",
    "marketplace-recover",
    "marketplace-pick_link",
    "marketplace-paid_online",
    "marketplace-suggestions",
    "marketplace-health",
}
SAMPLE = {"str": "none", "slug": "none", "int": "0"}  # arguments of an address that exists for nobody


@dataclass
class Walk:
    """What one person reached: kinds with one address of each, everything answered, and what was wrong."""

    found: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def kind_of(path: str) -> str | None:
    """The name of the page's pattern; nothing for files, actions and what Wagtail itself brings."""
    if "logout" in path:
        return None
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name and match.view_name.startswith("wagtail_serve"):
        return f"page{path}".replace("/", "-").strip("-")
    kind = (match.view_name or "").replace(":", "-")
    if path.startswith("/admin") and not any(word in kind for word in OURS_IN_ADMIN):
        return None
    return kind or None


def links(answer: APIResponse) -> Iterator[str]:
    """The addresses on the page that lead to pages of the same site."""
    here = urlsplit(answer.url)
    for anchor in ANCHOR.findall(answer.text()):
        if " download" in anchor or BUTTON in anchor or not (address := HREF.search(anchor)):
            continue
        target = urlsplit(urljoin(answer.url, unescape(address[1])))
        if target.netloc == here.netloc and target.scheme == here.scheme:
            yield target.path


def buttons(answer: APIResponse) -> Iterator[str]:
    """The kinds of address that the page's forms are sent to; they are seen on this page."""
    for form in ANCHOR.findall(answer.text()):
        if BUTTON in form and (address := HREF.search(form)):
            yield kind_of(urlsplit(unescape(address[1])).path) or ""


def walk(page: Page, base: str, known: set[str], starts: list[str]) -> Walk:
    """Every kind of page that this person can reach and that is not known yet, with the first address of it.

    Several of each kind are asked, as only some lead on: an order that arrived can be received, a draft be changed.
    """
    waiting, asked, result = list(starts), Counter[str](), Walk()
    walked: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or path in walked or asked[kind] == MOST or (kind in known and path not in starts):
            continue
        asked[kind] += 1
        walked.add(path)
        answer = page.request.get(base + path)
        if answer.status != 200:
            result.wrong.append(f"answers {answer.status}: {path}")
            continue
        result.answered |= {kind, *buttons(answer)}
        if "html" in answer.headers.get("content-type", "") and "content-disposition" not in answer.headers:
            there = urlsplit(answer.url).path
            if there == path:
                result.found.setdefault(kind, path)
            waiting += [link for link in [there, *links(answer)] if link not in waiting]
    result.found = {kind: path for kind, path in result.found.items() if kind not in known}
    return result


def addresses(resolver: URLResolver, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Kind and a sample address of every screen that the apps bring."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and space in OURS:
            for name, converter in entry.pattern.converters.items():
                word = type(converter).__name__.removesuffix("Converter").replace("String", "str").lower()
                route = route.replace(f"<{word}:{name}>", SAMPLE[word])
            yield f"{space}{entry.name}".replace(":", "-"), f"/{route}"


def never_reached(page: Page, base: str, answered: set[str]) -> list[str]:
    """The screens of the apps to which no link led; a button's address, which takes no GET, is none."""
    unseen = [(kind, path) for kind, path in addresses(get_resolver()) if kind not in answered | LED_TO_OTHERWISE]
    return [f"no link leads to {kind}" for kind, path in unseen if page.request.get(base + path).status != 405]


def sign_in(page: Page, base: str, who: str) -> None:
    """Sign in by the demonstration's form."""
    from website.demo.people import PASSWORD

    page.goto(f"{base}/accounts/login/")
    if who == MEMBER:
        page.locator("form[action='/demo/member/'] button").first.click()
        page.wait_for_load_state()
        return
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()


def wait_for(base: str) -> None:
    """Until the site answers; ``TimeoutError`` after half a minute."""
    for _attempt in range(60):
        try:
            urlopen(f"{base}/healthz", timeout=5).close()
        except URLError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(base)


def pictures(page: Page, base: str, found: dict[str, str], look: str, into: Path, who: str) -> list[str]:
    """Take each page at each width; names the pages that are wider than their window."""
    wrong = []
    for kind, path in found.items():
        for width in WIDTHS[look]:
            # Wagtail's admin scrolls inside itself, so that only a tall window shows all of it.
            tall = HEIGHTS[width] if not path.startswith("/admin") else 2600
            page.set_viewport_size({"width": width, "height": tall})
            page.goto(base + path)
            page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
            page.wait_for_load_state("networkidle")
            folder = into / look / str(width)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{who}-{kind}.png", full_page=True)
            if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append(f"is {wide} px wide in a window of {width}: {path}")
    return wrong


def look_at(browser: Browser, look: str, chosen: argparse.Namespace) -> list[str]:
    """Everybody's screens in one look; what was wrong with them."""
    public, answered, wrong = set[str](), set[str](), list[str]()
    for who in chosen.who:
        locale = "zh-hans" if look == "elder" else look
        context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900})
        display = "elder" if look == "elder" else "usual"
        context.add_cookies([{"name": "display", "value": display, "url": chosen.base}])
        page, starts = context.new_page(), FIRST_PAGES
        if who != "nobody":
            sign_in(page, chosen.base, who)
        if who == MEMBER:
            starts = [*FIRST_PAGES, "/pick/"]
        result = walk(page, chosen.base, public, starts)
        found = result.found
        if look == "elder":  # the officers' screens are Wagtail's and have one look
            found = {kind: path for kind, path in found.items() if not path.startswith("/admin")}
        public |= found.keys() if who == "nobody" else set()
        answered |= result.answered
        mistakes = [*result.wrong, *pictures(page, chosen.base, found, look, chosen.into, who)]
        wrong += [f"{look} {who}: {mistake}" for mistake in mistakes]
        sys.stdout.write(f"{look} {who}: {len(found)} screens\n")
        if chosen.everybody and who == chosen.who[-1]:
            wrong += [f"{look}: {mistake}" for mistake in never_reached(page, chosen.base, answered)]
        context.close()
    return wrong


def main() -> None:
    """Take the pictures that the arguments ask for."""
    django.setup()
    from website.demo.people import FIRST

    everybody = ["nobody", MEMBER, *FURTHER, *FIRST]
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--base", default="http://127.0.0.1:8000")
    arguments.add_argument("--who", nargs="*", default=everybody)
    arguments.add_argument("--looks", nargs="*", default=list(WIDTHS))
    arguments.add_argument("--into", type=Path, default=Path("screenshots"))
    chosen = arguments.parse_args()
    chosen.everybody = set(everybody) <= set(chosen.who)
    wait_for(chosen.base)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        wrong = [mistake for look in chosen.looks for mistake in look_at(browser, look, chosen)]
        browser.close()
    sys.stdout.writelines(f"{mistake}\n" for mistake in wrong)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()

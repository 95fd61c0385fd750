"""Pictures of every screen of the demonstration, for eyes to look at: ``make screenshots``.

Walks the links of a running demonstration from each sign-in's first page, and takes every kind of page once: at 360, 768
and 1280 px in Chinese, at 360 and 1280 px in English and in Chinese elder mode, into
``screenshots/<language or elder>/<width>/<who>-<page>.png``. Changes nothing.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import django
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import launch

HEIGHTS = {360: 740, 768: 1024, 1280: 900}
WIDTHS = {"zh-hans": [360, 768, 1280], "en": [360, 1280], "elder": [360, 1280]}
FIRST_PAGES = ["/", "/accounts/login/", "/desk/", "/styleguide/"]
OURS_IN_ADMIN = ("marketplace", "-index")  # of the admin, the screens that the apps bring


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


def links(page: Page) -> Iterator[str]:
    """The addresses on the page that lead to pages of the same site."""
    here = urlsplit(page.url)
    for anchor in page.query_selector_all("a[href]:not([download])"):
        target = urlsplit(urljoin(page.url, anchor.get_attribute("href") or ""))
        if target.netloc == here.netloc and target.scheme == here.scheme:
            yield target.path


def pages_of(page: Page, base: str, known: set[str]) -> dict[str, str]:
    """Every kind of page that this person can reach and that is not known yet, with one address of it."""
    waiting, seen, walked, found = list(FIRST_PAGES), set[str](), set[str](), {}
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or (kind in seen | known and path not in FIRST_PAGES) or path in walked:
            continue
        seen.add(kind)
        walked.add(path)
        answer = page.request.get(base + path)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(base + path)
        if urlsplit(page.url).path == path:
            found[kind] = path
        waiting.append(urlsplit(page.url).path)
        waiting += [link for link in links(page) if link not in waiting]
    return {kind: path for kind, path in found.items() if kind not in known}


def sign_in(page: Page, base: str, who: str) -> None:
    """Sign in by the demonstration's form."""
    from website.demo.people import PASSWORD

    page.goto(f"{base}/accounts/login/")
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


def main() -> None:
    """Take the pictures that the arguments ask for."""
    django.setup()
    from website.demo.people import FIRST

    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--base", default="http://127.0.0.1:8000")
    arguments.add_argument("--who", nargs="*", default=["nobody", *FIRST])
    arguments.add_argument("--looks", nargs="*", default=list(WIDTHS))
    arguments.add_argument("--into", type=Path, default=Path("screenshots"))
    chosen = arguments.parse_args()
    wait_for(chosen.base)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for look in chosen.looks:
            public: set[str] = set()
            for who in chosen.who:
                locale = "zh-hans" if look == "elder" else look
                context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 900})
                display = "elder" if look == "elder" else "usual"
                context.add_cookies([{"name": "display", "value": display, "url": chosen.base}])
                page = context.new_page()
                if who != "nobody":
                    sign_in(page, chosen.base, who)
                found = pages_of(page, chosen.base, public)
                if look == "elder":  # the officers' screens are Wagtail's and have one look
                    found = {kind: path for kind, path in found.items() if not path.startswith("/admin")}
                public |= found.keys() if who == "nobody" else set()
                for kind, path in found.items():
                    for width in WIDTHS[look]:
                        # Wagtail's admin scrolls inside itself, so that only a tall window shows all of it.
                        tall = HEIGHTS[width] if not path.startswith("/admin") else 2600
                        page.set_viewport_size({"width": width, "height": tall})
                        page.goto(chosen.base + path)
                        page.evaluate("document.querySelectorAll('img').forEach(image => { image.loading = 'eager' })")
                        page.wait_for_load_state("networkidle")
                        folder = chosen.into / look / str(width)
                        folder.mkdir(parents=True, exist_ok=True)
                        page.screenshot(path=folder / f"{who}-{kind}.png", full_page=True)
                        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
                            sys.stdout.write(f"wider than its window: {path} {wide} px of {width}\n")
                context.close()
                sys.stdout.write(f"{look} {who}\n")
        browser.close()


if __name__ == "__main__":
    main()

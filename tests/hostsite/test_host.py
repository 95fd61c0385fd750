"""A second, bare Wagtail site with the wheel installed: it checks, migrates and serves in Chinese."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from .conftest import Host

pytestmark = [pytest.mark.hostsite, pytest.mark.slow]

WHERE = "import json, sys, marketplace, vendors; print(json.dumps([marketplace.__file__, vendors.__file__, *sys.path]))"

SHEETS = ["tokens.css", "marketplace.css", "components.css", "documents.css", "pages.css", "catalogue.css", "print.css"]


def test_the_apps_come_from_the_wheel(host: Host) -> None:
    said = host.manage("shell", "--no-imports", "--command", WHERE)
    marketplace, vendors, *path = json.loads(said)
    environment = host.python.parents[1]
    assert all(file.startswith(f"{environment}/lib/") for file in (marketplace, vendors))
    ours = [folder for folder in path if folder.startswith(str(environment.parent))]
    assert all(folder.endswith("/site-packages") for folder in ours)


def test_checks_find_nothing(host: Host) -> None:
    host.manage("check", "--fail-level", "WARNING")


def test_migrations_are_complete(host: Host) -> None:
    said = host.manage("makemigrations", "--check", "--dry-run", "marketplace", "vendors")
    assert "No changes detected" in said


def test_static_files_are_found_and_collected(host: Host) -> None:
    host.manage("collectstatic", "--no-input", "--verbosity", "0")
    found = {path.name for path in (host.folder / "static" / "marketplace").iterdir()}
    assert {*SHEETS, "elder.css", "backoffice.css", "print.js", "stepper.js", "dialog.js"} <= found


PAGES = {
    "catalogue": ("", "/market/catalogue/", 200, "舒城小兰花"),
    "search": ("", "/market/catalogue/?q=小兰花", 200, "舒城<mark>小兰花</mark>"),
    "search for something else": ("", "/market/catalogue/?q=稻虾米", 200, "没有符合的商品"),
    "listing": ("", "/market/catalogue/tea/", 200, "250 g 罐"),
    "impact": ("", "/market/impact/", 200, "帮扶成效"),
    "dashboard": ("officer", "/cms/marketplace/", 200, "钱花到了哪里"),
    "admin": ("officer", "/cms/", 200, "Host"),
    "desk of nobody": ("", "/market/desk/", 302, ""),
    "suppliers of nobody": ("", "/suppliers/", 302, ""),
}


@pytest.fixture(scope="module")
def pages(host: Host) -> dict[str, tuple[int, str]]:
    """All of ``PAGES``, opened in one go."""
    return host.walk(*((who, address) for who, address, _status, _text in PAGES.values()))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_answers(pages: dict[str, tuple[int, str]], name: str) -> None:
    who, address, status, expected = PAGES[name]
    answered, text = pages[f"{who} {address}".strip()]
    assert answered == status
    assert expected in text


def test_the_site_puts_its_own_frame_around_every_screen(host: Host) -> None:
    skinned = Host(host.python, host.folder, {"HOST_SKIN": "1"})
    pages = skinned.walk(("", "/market/catalogue/"), ("", "/market/impact/"))
    assert [(status, '<body class="host">' in text) for status, text in pages.values()] == [(200, True), (200, True)]


# What a reader of a site that has only the apps sees in each block: its words, and where it leads. The site has no page of a
# village and no notices: the village leads to the catalogue's own page of the place, the list of notices keeps silent.
BLOCKS = {
    "shelf": ["新茶", "舒城小兰花", 'href="/market/catalogue/tea/"'],
    "season": ["当季", "舒城小兰花", 'href="/market/catalogue/tea/"'],
    "campaign": ["秋季攻势", "¥10,000.00"],
    "impact": ["¥0.00"],
    "village": ["河西村", "茶山脚下", "舒城小兰花"],
    "vendor": ["茶叶合作社", 'href="/market/vendors/tea/"'],
    "group_order": ["中秋慰问", "快来选", "示范工会"],
    "notices": [],
}


@pytest.fixture(scope="module")
def rendered(host: Host) -> list[dict[str, str]]:
    """Every block, as it is made and as it is kept."""
    return list(json.loads(host.run("render_blocks.py")))


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_the_marketplace_is_rendered(rendered: list[dict[str, str]], name: str) -> None:
    made, kept = (found[name] for found in rendered)
    assert made == kept
    assert [words for words in BLOCKS[name] if words not in made] == [], made
    assert bool(made.strip()) is bool(BLOCKS[name])
    addresses = re.findall(r'href="(/[^"#?]*)', made)
    assert [address for address in addresses if not address.startswith("/market/")] == []


def test_wherever_a_block_leads_somebody_answers(host: Host, rendered: list[dict[str, str]]) -> None:
    addresses = sorted({address for html in rendered[0].values() for address in re.findall(r'href="(/[^"#]*)', html)})
    assert len(addresses) > 4
    opened = host.walk(*(("", address.replace("&amp;", "&")) for address in addresses))
    assert {address: status for address, (status, _text) in opened.items() if status not in (200, 302)} == {}


def test_the_marketplace_stands_alone(host_without_vendors: Host) -> None:
    host = host_without_vendors
    host.manage("check", "--fail-level", "WARNING")
    assert "No changes detected" in host.manage("makemigrations", "--check", "--dry-run", "marketplace")
    assert "vendors_" not in host.manage("inspectdb")
    pages = host.walk(("", "/market/catalogue/"), ("", "/market/catalogue/tea/"), ("officer", "/market/desk/"))
    assert [status for status, _text in pages.values()] == [200, 200, 302]


def test_the_vendors_side_can_be_plugged_in_later(host_without_vendors: Host, tmp_path: Path) -> None:
    shutil.copytree(host_without_vendors.folder, tmp_path, dirs_exist_ok=True)
    both = Host(host_without_vendors.python, tmp_path, {})
    both.manage("migrate", "--verbosity", "0")
    ((status, text),) = both.walk(("", "/market/catalogue/")).values()
    assert status == 200
    assert "舒城小兰花" in text


@pytest.fixture(scope="module")
def address(host: Host) -> Iterator[str]:
    """The site behind its own server on a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (host.folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [host.python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
            cwd=host.folder, env=host.environment(), stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield answering(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def answering(address: str) -> str:
    """The address, once somebody answers there."""
    for _attempt in range(120):
        try:
            fetch(f"{address}/market/catalogue/")
        except URLError:
            time.sleep(0.5)
        else:
            return address
    raise TimeoutError(address)


def fetch(url: str, language: str = "zh-CN") -> tuple[int, str]:
    """Status and text of a page as a browser of that language gets it."""
    with urlopen(Request(url, headers={"Accept-Language": language}), timeout=20) as answer:
        return answer.status, answer.read().decode()


def test_a_server_serves_the_catalogue_in_chinese_with_its_look(address: str) -> None:
    status, page = fetch(f"{address}/market/catalogue/")
    assert status == 200
    assert '<html lang="zh-CN"' in page
    assert "结对县的农产品与服务" in page
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert [sheet.rsplit("/", 1)[1] for sheet in sheets] == SHEETS
    for sheet in sheets:
        status, css = fetch(f"{address}{sheet}")
        assert status == 200
        assert "{" in css


def test_a_server_speaks_english_to_who_asks_for_it(address: str) -> None:
    _status, page = fetch(f"{address}/market/catalogue/", language="en")
    assert '<html lang="en"' in page
    assert "Farm produce and services of the paired county" in page


def test_each_lane_runs_the_wagtail_it_says(host: Host) -> None:
    said = host.manage("shell", "--no-imports", "--command", "import wagtail; print(wagtail.__version__)")
    assert said.startswith("7.4" if "lts" in str(host.python) else "8.")

"""The way into another site, followed word by word: from ``wagtail start`` to a home page with a shelf, on both Wagtails."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.deployment.document import Block, blocks, moved, script

from .conftest import PROJECT, ROOT

pytestmark = [pytest.mark.hostsite, pytest.mark.slow]

DOCUMENT = ROOT / "docs" / "how-to" / "install-in-your-site.md"
ADDED_TO = ("mysite/settings/base.py", "mysite/urls.py")  # "write at the end of"; other files are written whole


def environment(python: Path, folder: Path) -> dict[str, str]:
    """``python`` and ``wagtail`` are this lane's; pip asks nobody, so that it says at once if anything were missing."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    (commands / "python").write_text(f'#!/bin/sh\nexec {python} "$@"\n')
    (commands / "wagtail").write_text(
        f'#!/bin/sh\nexec {python} -c "from wagtail.bin.wagtail import main; main()" "$@"\n'
    )
    for command in commands.iterdir():
        command.chmod(0o755)
    return {
        "PATH": f"{commands}{os.pathsep}{os.defpath}",
        "LANG": "C.UTF-8",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "DJANGO_SUPERUSER_USERNAME": "operator",
        "DJANGO_SUPERUSER_PASSWORD": "secret-of-the-test",
        "DJANGO_SUPERUSER_EMAIL": "operator@example.org",
    }


def run(text: str, folder: Path, variables: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-c", text], cwd=folder, env=variables, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def write(block: Block, site: Path) -> None:
    target = site / block.word
    assert target.exists(), f"{block.word} is not what `wagtail start` makes"
    before = target.read_text(encoding="utf-8") if block.word in ADDED_TO else ""
    target.write_text(before + "\n" + block.text, encoding="utf-8")


@pytest.fixture(scope="module")
def site(python: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], list[str]]:
    """The project as the guide leaves it, what its commands see, and the command that serves it."""
    folder = tmp_path_factory.mktemp("guide")
    variables = environment(python, folder)
    found = blocks(DOCUMENT)
    before = [block for block in found if block.language == "sh" and block.word != "background"]
    serve = next(block.text.split() for block in found if block.word == "background")
    places = {"/path/to/jiedui": str(wheel), "createsuperuser": "createsuperuser --no-input"}
    run(script(before[:1], places, after={}), folder, variables)
    for block in found:
        if "/" in block.word:
            write(block, folder / "mysite")
    run(moved("\n".join(block.text for block in before[1:]), places), folder / "mysite", variables)
    return folder / "mysite", variables, serve


@contextmanager
def served(site: Path, variables: dict[str, str], command: list[str]) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (site / "server.log").open("w") as log:
        words = ["/bin/sh", "-c", f"exec {' '.join(command)} --noreload 127.0.0.1:{port}"]
        server = subprocess.Popen(words, cwd=site, env=variables, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield answering(f"http://127.0.0.1:{port}", site / "server.log")
        finally:
            server.terminate()
            server.wait(timeout=20)


def answering(address: str, log: Path) -> str:
    for _attempt in range(120):
        try:
            urlopen(address, timeout=20).close()
        except HTTPError:
            return address
        except URLError:
            time.sleep(0.5)
        else:
            return address
    raise TimeoutError(log.read_text())


def text_of(address: str, language: str = "zh-CN") -> str:
    with urlopen(Request(address, headers={"Accept-Language": language}), timeout=20) as answer:
        return str(answer.read().decode())


def test_the_guide_ends_at_a_catalogue_and_a_home_page_with_a_shelf(
    site: tuple[Path, dict[str, str], list[str]],
) -> None:
    folder, variables, command = site
    run("python manage.py check --fail-level WARNING", folder, variables)
    run("python manage.py makemigrations --check --dry-run", folder, variables)
    with served(folder, variables, command) as address:
        assert "结对县的农产品与服务" in text_of(f"{address}/market/catalogue/")
        assert "Farm produce and services of the paired county" in text_of(f"{address}/market/catalogue/", "en")
        assert "wagtail" in text_of(f"{address}/admin/").lower()
        for name in ("stock_the_shelf.py", "put_a_shelf.py"):  # what a vendor, an officer and an editor do on screens
            shutil.copy(PROJECT / name, folder)
            run(f"python manage.py shell --no-imports < {name}", folder, variables)
        assert "舒城小兰花" in text_of(f"{address}/market/catalogue/")
        home = text_of(f"{address}/")
        assert "新茶" in home
        assert "舒城小兰花" in home
        assert "/static/marketplace/components.css" in home

"""The tutorial, followed word by word in a browser, on a demonstration as `make demo` serves it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.browser.looks import look
from tests.browser.steps import press
from tests.browser.tutorial import Follower, instructions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial" / "first-purchase.md"
MANAGE = [sys.executable, "manage.py"]
SERVE = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demonstration of the test's own, freshly loaded, on SQLite as with `make demo`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DATABASE_URL": "", "JIEDUI_VAR": str(tmp_path_factory.mktemp("var")), "DEBUG": "0", "PYTHONPATH": ".:site"}
    environment = os.environ | own | {"DJANGO_SETTINGS_MODULE": "website.settings.dev"}
    for command in (["migrate", "--verbosity", "0"], ["load_demo"]):
        subprocess.run([*MANAGE, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    serve = [*SERVE, "--bind", f"127.0.0.1:{port}", "website.wsgi"]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment)
    base = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            requests.get(f"{base}/healthz", timeout=5)
            break
        except requests.ConnectionError:
            time.sleep(0.2)
    yield base
    process.terminate()
    process.wait()


def test_every_word_of_the_tutorial_is_true(browser: Browser, demonstration: str) -> None:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(20_000)
    context.route(re.compile(rf"^(?!{re.escape(demonstration)}/)"), lambda route: route.abort())
    follower = Follower(context.new_page(), demonstration)
    steps = list(instructions(TUTORIAL))
    for step in steps:
        follower.follow(step)
    assert len(steps) > 50
    expect.set_options(timeout=500)
    try:  # and a reader notices when a word of it is no longer true
        for untrue in ("See “a purchase of the moon”.", "Follow **No such link**.", "Juggle three balls."):
            context.set_default_timeout(500)
            with pytest.raises(AssertionError, match=re.escape(untrue)):
                follower.follow(untrue)
    finally:
        expect.set_options(timeout=5_000)
        context.close()


def test_what_the_tutorial_has_one_type_is_there() -> None:
    typed = re.findall(r"^    (\S.*)$", TUTORIAL.read_text(), re.MULTILINE)
    assert typed == ["make demo"]
    assert re.search(r"^demo:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_demonstrations_member_is_let_in_on_a_phone_and_chooses(browser: Browser, demonstration: str) -> None:
    context = browser.new_context(
        base_url=demonstration, locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 360, "height": 740}
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/accounts/login/")
    look(page)
    page.locator("form[action='/demo/member/'] button").click()
    expect(page).to_have_url(re.compile("/pick/$"))
    look(page)
    quantity = page.locator("input[name^=q][type=number]").first
    quantity.fill("1")
    press(page, "保存我的选择")
    expect(page.get_by_text("您的选择已保存，截止前可以随时更改。").first).to_be_visible()
    look(page)
    context.close()

"""The how-to of a deployment, run block by block against a real PostgreSQL and a real Redis, up to a restored backup."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests

from tests.deployment.document import Block, blocks, moved, script

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "how-to" / "deploy.md"
SHIPPED = ["marketplace", "vendors", "site", "templates", "manage.py", "requirements.txt"]
PATIENCE = 600  # seconds for the whole; a slow machine takes two minutes


def of(language: str, word: str | None = None) -> list[Block]:
    return [row for row in blocks(DOCUMENT) if row.language == language and word in (None, row.word)]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """A Redis of the test's own."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def databases(server: str, *names: str) -> Iterator[None]:
    """The first is made, and all of them are gone afterwards."""

    def drop() -> None:
        for name in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]  # our own names

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        drop()
        connection.execute(f'CREATE DATABASE "{names[0]}"')  # type: ignore[arg-type]
        try:
            yield
        finally:
            drop()


def unpack(folder: Path) -> None:
    """What a release holds; and a ``python3`` that is the one of the tests."""
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))


def wait_for(what: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the file is there; the script's last words when it ends before."""
    deadline = time.monotonic() + PATIENCE
    while not what.exists():
        assert process.poll() is None, log.read_text()[-4000:]
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.2)


def sign_in(port: int) -> requests.Session:
    """The operator, as the web server in front passes the browser's requests on."""
    session = requests.Session()
    here = f"http://127.0.0.1:{port}"
    session.headers.update({"X-Forwarded-Proto": "https", "Referer": f"https://127.0.0.1:{port}/accounts/login/"})
    page = session.get(f"{here}/accounts/login/", timeout=30)
    carry_along(session)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token, page.text[:2000]
    typed = {"login": "operator", "password": "choose-another-one", "csrfmiddlewaretoken": token[1]}
    answer = session.post(f"{here}/accounts/login/", typed, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/"), answer.text[:2000]
    carry_along(session)
    return session


def carry_along(session: requests.Session) -> None:
    """Cookies that are for HTTPS only travel on to the application, as the web server in front passes them on."""
    for cookie in session.cookies:
        assert cookie.secure or cookie.name == "messages"
        cookie.secure = False


def look_around(port: int) -> None:
    """Signed in, styled and over HTTPS only."""
    here = f"http://127.0.0.1:{port}"
    session = sign_in(port)
    page = session.get(f"{here}/admin/marketplace/health/", timeout=60)
    assert page.status_code == 200
    assert 'data-state="well"' in page.text
    assert 'data-state="ill"' not in page.text
    sheet = re.search(r'href="(/static/marketplace/backoffice\.[0-9a-f]{12}\.css)"', page.text)
    assert sheet
    assert "immutable" in session.get(here + sheet[1], timeout=30).headers["Cache-Control"]
    assert requests.get(f"{here}/", allow_redirects=False, timeout=30).headers["Location"].startswith("https://")
    monitor = {"X-Forwarded-Proto": "https", "Authorization": "Bearer another-long-random-text"}
    health = requests.get(f"{here}/health/", headers=monitor, timeout=60)
    assert (health.status_code, set(health.json()["parts"].values())) == (200, {"ok"})


@pytest.mark.pg
@pytest.mark.slow
def test_every_block_runs_from_an_empty_folder_to_a_restored_backup(tmp_path: Path) -> None:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    unpack(tmp_path)
    port, made, restored = free_port(), f"jiedui_deploy_{os.getpid()}", f"jiedui_deploy_{os.getpid()}_restored"
    with redis_server(tmp_path) as redis_port, databases(server, made, restored):
        places = {
            "postgres://jiedui:choose-a-long-one@127.0.0.1:5432/jiedui": f"{server}/{made}",
            "redis://127.0.0.1:6379/0": f"redis://127.0.0.1:{redis_port}/0",
            "127.0.0.1:8000": f"127.0.0.1:{port}",
            "/var/lib/jiedui": str(tmp_path / "var"),
            "/var/backups/jiedui": str(tmp_path / "backups"),
            "jiedui_restored": restored,
        }
        assert [name for name in places if name not in DOCUMENT.read_text()] == []
        libraries = sysconfig.get_path("purelib")
        after = {
            "gunicorn": f"until .venv/bin/python -c 'import socket; socket.create_connection((\"127.0.0.1\", {port}))' "
            "2>/dev/null; do sleep 0.2; done",
            "/readyz": "touch looking; until [ -e seen ]; do sleep 0.2; done",
        }
        text = script(blocks(DOCUMENT), places, after=after)
        # The libraries are lent by the tests' own environment, so that pip finds its lock fulfilled.
        lend = f"python3 -m venv .venv\necho {libraries} >$(echo .venv/lib/python3*/site-packages)/lent.pth\n"
        assert "python3 -m venv .venv\n" in text
        (tmp_path / "all.sh").write_text(text.replace("python3 -m venv .venv\n", lend))
        log = tmp_path / "log"
        kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "TMPDIR")}
        environment = kept | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
        with log.open("wb") as written:
            process = subprocess.Popen(
                ["bash", "all.sh"], cwd=tmp_path, env=environment, stdout=written, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            wait_for(tmp_path / "looking", process, log)
            look_around(port)
            (tmp_path / "var" / "private").mkdir(exist_ok=True)
            (tmp_path / "var" / "private" / "voucher.txt").write_text("kept")
            (tmp_path / "seen").touch()
            assert process.wait(PATIENCE) == 0, log.read_text()[-4000:]
        finally:
            with suppress(ProcessLookupError):  # nothing of it is left
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said = log.read_text()
        assert "FAIL" not in said
        assert re.search(r"^ok +impact totals$", said, re.MULTILINE), said[-2000:]
        (files,) = (tmp_path / "backups").glob("*/restored/private/voucher.txt")
        assert files.read_text() == "kept"
        with psycopg.connect(f"{server}/{restored}") as connection:
            found = connection.execute("SELECT username FROM auth_user WHERE is_superuser").fetchall()
        assert found == [("operator",)]


@pytest.mark.parametrize("block", of("sh", "root"), ids=lambda block: block.text.split()[0])
def test_what_only_root_may_do_is_at_least_well_formed(block: Block) -> None:
    checked = subprocess.run(["bash", "-n"], input=block.text.encode(), capture_output=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_the_units_are_sound(tmp_path: Path) -> None:
    """By systemd's own verification where it is installed, with this Python in the place of the deployed one."""
    python = {"/srv/jiedui/.venv/bin/python": sys.executable, "/srv/jiedui": str(ROOT), "User=jiedui\n": ""}
    units = of("ini")
    assert [unit.word for unit in units] == [
        "jiedui.service", "jiedui-clock.service", "jiedui-clock.timer", "jiedui-worker.service",
    ]  # fmt: skip
    for unit in units:
        text = moved(unit.text, python)
        assert re.match(r"\[Unit\]\nDescription=", text)
        (tmp_path / unit.word).write_text(text)
    if verify := shutil.which("systemd-analyze"):
        paths = [str(tmp_path / unit.word) for unit in units]
        done = subprocess.run(
            [verify, "verify", "--recursive-errors=no", "--man=no", *paths], capture_output=True, text=True, check=False
        )
        ours = [line for line in done.stderr.splitlines() if "jiedui" in line and "EnvironmentFile" not in line]
        assert (done.returncode, ours) == (0, []), done.stderr


def test_what_the_units_and_cron_start_is_what_was_tried_by_hand() -> None:
    by_hand = {line for block in of("sh") for line in block.text.splitlines()}
    for unit in of("ini"):
        for command in re.findall(r"^ExecStart=/srv/jiedui/(.+)$", unit.text, re.MULTILINE):
            assert command in by_hand or f"{command} --batch" in by_hand, command
    (cron,) = of("cron")
    fields = cron.text.split(maxsplit=5)
    assert fields[:5] == ["*/5", "*", "*", "*", "*"]
    assert ".venv/bin/python manage.py run_clock" in fields[5]
    (nginx,) = of("nginx")
    assert nginx.text.count("{") == nginx.text.count("}") == 3

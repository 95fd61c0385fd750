"""`make demo` as a newcomer types it: the first page, a clock that lives, and nothing left after Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = (
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "DJANGO_SETTINGS_MODULE",
    "STRIPE_API_BASE",
)  # of whoever runs the tests
PATIENCE = 300  # seconds; an idle machine takes twenty


def free_port() -> int:
    """A port with nobody on it nor on the ninth after it, where the payment service's stand-in listens."""
    while True:
        with socket.socket() as first, socket.socket() as ninth:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                ninth.bind(("127.0.0.1", port + 9))
            except (OSError, OverflowError):
                continue
            return port


def processes_of(group: int) -> list[str]:
    """The commands that still run in a process group, those that only wait to be buried aside."""
    rows = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    found = [row.split(None, 2) for row in rows.splitlines()]
    return [args for pgid, state, args in found if int(pgid) == group and not state.startswith("Z")]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The command on a free port with a database of its own, and its address."""
    port = free_port()
    own = {"PORT": str(port), "JIEDUI_VAR": str(tmp_path), "DATABASE_URL": ""}
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS} | own
    with (tmp_path / "said").open("wb") as said:
        process = subprocess.Popen(
            ["make", "demo"], cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True
        )
        yield process, f"http://127.0.0.1:{port}"
        if left := processes_of(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert not left


def answer_of(process: subprocess.Popen[bytes], address: str) -> requests.Response:
    """The first answer there is."""
    for _ in range(PATIENCE * 5):
        assert process.poll() is None, "it ended before it served"
        try:
            return requests.get(address, timeout=30)
        except requests.ConnectionError:
            time.sleep(0.2)
    raise AssertionError("it never answered")


def test_it_serves_its_clock_lives_and_ctrl_c_leaves_nothing(
    demo: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, base = demo
    page = answer_of(process, f"{base}/")
    assert page.status_code == 200
    assert "结对" in page.text
    ready = requests.get(f"{base}/readyz", timeout=30)
    for _ in range(PATIENCE):
        if ready.json()["clock"] == "ok":
            break
        time.sleep(1)
        ready = requests.get(f"{base}/readyz", timeout=30)
    assert (ready.status_code, set(ready.json().values())) == (200, {"ok"})
    assert len(processes_of(process.pid)) >= 4  # make, its shell, the server, the clock, the payment service's stand-in
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=30)
    for _ in range(50):
        if not processes_of(process.pid):
            break
        time.sleep(0.2)
    assert processes_of(process.pid) == []
    said = (tmp_path / "said").read_text()
    assert f"{base}/   (Ctrl-C ends it)" in said
    assert "Traceback" not in said

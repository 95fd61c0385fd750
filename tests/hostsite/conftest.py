"""The second site: the wheel in an environment of its own, and projects in temporary folders that use it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = Path(__file__).with_name("project")
LANES = {"host": ".venv-host", "host_lts": ".venv-host-lts"}  # Wagtail as locked, and its long-term-support release


@dataclass(frozen=True)
class Host:
    """One host site in ``folder``, run by ``python``; ``options`` are the environment its settings read."""

    python: Path
    folder: Path
    options: dict[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        """Nothing of ours: no PYTHONPATH, no settings module, no database."""
        return {"PATH": os.defpath, "LANG": "C.UTF-8", **self.options, **more}

    def manage(self, *words: str, stdin: str = "", **more: str) -> str:
        """What ``manage.py`` prints; the test fails with all it said when it ends badly."""
        done = subprocess.run(
            [self.python, "manage.py", *words],
            cwd=self.folder,
            env=self.environment(**more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"manage.py {' '.join(words)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def run(self, script: str, **more: str) -> str:
        """Run one of the project's scripts inside the site."""
        return self.manage("shell", "--no-imports", stdin=(PROJECT / script).read_text(encoding="utf-8"), **more)

    def walk(self, *steps: tuple[str, str]) -> dict[str, tuple[int, str]]:
        """Status and text of each (who, path); nobody's name is the empty one."""
        answer: dict[str, Any] = json.loads(self.run("walk.py", HOST_WALK=json.dumps(steps)))
        return {key: (status, text) for key, (status, text) in answer.items()}


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two test processes do not build the wheel at once."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "hostsite.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The wheel of the sources as they are now, installed in ``.venv-host``."""
    with one_at_a_time():
        subprocess.run([ROOT / ".ci" / "setup", "host"], check=True, capture_output=True, timeout=600)
    (found,) = (ROOT / "var" / "wheel").glob("*.whl")
    return found


@pytest.fixture(scope="session", params=LANES, ids=["wagtail-8", "wagtail-7.4"])
def python(request: pytest.FixtureRequest) -> Path:
    """The interpreter beside which the wheel is installed, one lane after the other."""
    with one_at_a_time():
        subprocess.run([ROOT / ".ci" / "setup", request.param], check=True, capture_output=True, timeout=900)
    return ROOT / LANES[request.param] / "bin" / "python"


def new_host(python: Path, factory: pytest.TempPathFactory, name: str, **options: str) -> Host:
    """A copy of the project with its database made and one listing on the shelf; made once for all test processes."""
    folder = factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / f"{name}{python.parts[-3]}"
    host = Host(python, folder, options)
    with one_at_a_time():
        if not (folder / "ready").exists():
            shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
            host.manage("migrate", "--verbosity", "0")
            host.run("stock_the_shelf.py")
            (folder / "ready").touch()
    return host


@pytest.fixture(scope="session")
def host(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A site with both apps, in their own look."""
    return new_host(python, tmp_path_factory, "host")


@pytest.fixture(scope="session")
def host_without_vendors(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A site that has only the marketplace."""
    return new_host(python, tmp_path_factory, "host-alone", HOST_VENDORS="0")

"""What `.ci/setup` does on machines that lack something: one sentence, or the missing part when root may bring it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What the script itself leans on, and every machine has.
PLAIN = ["sh", "dirname", "cat", "rm", "mkdir", "find", "sort", "touch", "grep", "awk"]
OLD = "#!/bin/sh\nexit 1\n"  # answers no question as a Python of today would
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n'
SOMEBODY, ROOT_USER = "#!/bin/sh\necho 1000\n", "#!/bin/sh\necho 0\n"
THERE = "#!/bin/sh\necho font\n"


class Machine:
    """A machine of its own: a folder with the script, and only the commands that are put there."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, folder / "bin"
        self.bin.mkdir()
        (folder / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "setup", folder / ".ci" / "setup")
        for name in PLAIN:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)
        self.has("id", SOMEBODY)

    def has(self, name: str, script: str = THERE) -> None:
        """This command too, as a script."""
        path = self.bin / name
        path.write_text(script)
        path.chmod(0o755)

    def set_up(self, *parts: str, **more: str) -> tuple[int, str]:
        """The exit code, and what was said."""
        done = subprocess.run(
            [str(self.folder / ".ci" / "setup"), *parts],
            env={"PATH": str(self.bin), "HOME": str(self.folder), **more},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.stdout == ""
        return done.returncode, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_taken_port_is_said_in_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [str(ROOT / ".ci" / "setup"), "free_port"]
        done = subprocess.run(command, env=os.environ | {"PORT": port}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {port} is taken; choose another, such as make demo PORT=8001.\n"


def test_a_python_that_is_too_old_is_said_in_one_sentence(machine: Machine) -> None:
    machine.has("python3", OLD)
    code, said = machine.set_up("runtime")
    assert code == 1
    assert said.splitlines() == ["Making .venv …", "Please install Python 3.11 or newer, or uv, then run this again."]


def test_a_python_without_its_venv_module_is_said_in_one_sentence(machine: Machine) -> None:
    machine.has("python3", WITHOUT_VENV)
    code, said = machine.set_up("runtime")
    assert code == 1
    assert said.splitlines()[1:] == [
        "Please install Python's venv module (Debian and Ubuntu: sudo apt-get install python3-venv), then run this again."
    ]


PARTS = {
    "chromium": ("Chromium", "chromium"),
    "fc-list": ("a Chinese font", "fontconfig fonts-noto-cjk"),
    "msgfmt": ("gettext", "gettext"),
    "redis-server": ("Redis", "redis-server"),
    "curl": ("curl", "curl"),
}


@pytest.mark.parametrize("lacking", PARTS)
def test_a_missing_part_of_the_system_is_named_to_whoever_is_not_root(machine: Machine, lacking: str) -> None:
    for name in ["apt-get", "xgettext", *PARTS]:
        if name != lacking:
            machine.has(name)
    what, packages = PARTS[lacking]
    sentence = f"Please install {what} (Debian and Ubuntu: sudo apt-get install {packages}), then run this again.\n"
    assert machine.set_up("system") == (1, sentence)


def test_a_missing_part_of_the_system_is_installed_when_root(machine: Machine) -> None:
    for name in ["xgettext", *PARTS]:
        machine.has(name)
    (machine.bin / "chromium").unlink()
    machine.has("id", ROOT_USER)
    machine.has("apt-get", f'#!/bin/sh\necho "$*" >>"{machine.folder}/asked"\n')
    code, said = machine.set_up("system", TEST_DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert said.splitlines()[0] == "Installing Chromium …"
    assert (machine.folder / "asked").read_text() == "install -y -qq chromium\n"
    assert code == 1  # there is no PostgreSQL on this machine
    assert said.splitlines()[1:] == ["No PostgreSQL answers at TEST_DATABASE_URL; start it, then run this again."]


def test_a_server_that_does_not_run_is_said_to_whoever_is_not_root(machine: Machine) -> None:
    sentence = "Please start PostgreSQL and give its address as TEST_DATABASE_URL=postgres://…, then run this again.\n"
    assert machine.set_up("postgresql") == (1, sentence)


@pytest.mark.slow
def test_without_uv_the_environment_is_made_by_pip_once(machine: Machine) -> None:
    python = Path(getattr(sys, "_base_executable", sys.executable))
    machine.has("python3", f'#!/bin/sh\nexec "{python}" "$@"\n')
    (machine.folder / "requirements.txt").write_text("# nothing is needed here\n")
    code, said = machine.set_up("runtime", PIP_NO_INDEX="1")
    assert code == 0, said
    assert [line for line in said.splitlines() if line.endswith("…")] == [
        "Making .venv …",
        "Installing from requirements.txt …",
    ]
    assert len(list((machine.folder / ".venv").glob(".stamp-runtime-*"))) == 1
    assert machine.set_up("runtime") == (0, "")
    (machine.folder / "requirements.txt").write_text("# another lock\n")
    assert "Installing from requirements.txt …" in machine.set_up("runtime", PIP_NO_INDEX="1")[1]


def test_where_uv_is_it_makes_the_environment_from_the_hashed_lock(machine: Machine) -> None:
    asked = machine.folder / "asked"
    python = Path(getattr(sys, "_base_executable", sys.executable))
    makes = f'mkdir -p .venv/bin; ln -sf "{python}" .venv/bin/python'
    machine.has("ln", f'#!/bin/sh\nexec {shutil.which("ln")} "$@"\n')
    machine.has("uv", f'#!/bin/sh\necho "$*" >>"{asked}"\n[ "$1" = venv ] && {{ {makes}; }}\nexit 0\n')
    (machine.folder / "requirements.txt").write_text("# nothing is needed here\n")
    code, said = machine.set_up("runtime")
    assert code == 0, said
    assert asked.read_text().splitlines() == [
        "venv --quiet --clear --python >=3.11 .venv",
        "pip install --quiet --python .venv/bin/python --require-hashes -r requirements.txt",
    ]

"""The folders' names and the package's description; what the built wheel carries is asked in ``hostsite``."""

from __future__ import annotations

import site
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def name_of(requirement: str) -> str:
    """The name alone: ``django`` of ``Django>=5.2``."""
    return requirement.split(">=")[0].split("~=")[0].split("[")[0].strip().lower()


def test_site_is_a_path_entry_and_never_a_package() -> None:
    assert not (ROOT / "site" / "__init__.py").exists()
    assert not Path(str(site.__file__)).is_relative_to(ROOT)
    assert PROJECT["tool"]["pytest"]["ini_options"]["pythonpath"] == [".", "site"]


@pytest.mark.parametrize(
    "path", ["site/website/urls.py", "vendors/urls.py", "marketplace/urls.py", "templates/base.html"]
)
def test_git_ignores_nothing_of_ours(path: str) -> None:
    ignored = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=ROOT, check=False)
    assert ignored.returncode == 1


def test_vendors_counts_as_our_own_code() -> None:
    said = subprocess.run(
        ["git", "check-attr", "linguist-vendored", "vendors/urls.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip().endswith(": false")


def test_the_wheel_is_the_two_apps() -> None:
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["marketplace", "vendors"]


def test_what_the_apps_need_is_what_the_deployment_installs() -> None:
    installed = {
        name_of(line)
        for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }
    assert {name_of(requirement) for requirement in PROJECT["project"]["dependencies"]} <= installed


@pytest.mark.parametrize("name", ["README.md", "LICENSE"])
def test_what_the_package_refers_to_is_there(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8").strip()

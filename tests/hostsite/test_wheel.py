"""What the wheel carries: everything the two apps need, and nothing of the reference site."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from .conftest import ROOT

pytestmark = [pytest.mark.hostsite, pytest.mark.slow]


def carried(wheel: Path) -> set[str]:
    """The names of the wheel's files."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def kept(*patterns: str) -> set[str]:
    """Files of the two apps in this folder, as the wheel would name them."""
    return {
        str(path.relative_to(ROOT))
        for app in ("marketplace", "vendors")
        for pattern in patterns
        for path in (ROOT / app).glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    "patterns",
    [
        ("**/*.py",),
        ("templates/**/*.html",),
        ("static/**/*",),
        ("locale/**/*.po", "locale/**/*.mo"),
        ("migrations/*.py",),
        ("**/*.toml",),
    ],
    ids=["code", "templates", "static files", "translations", "migrations", "rule packs and regions"],
)
def test_the_wheel_carries(wheel: Path, patterns: tuple[str, ...]) -> None:
    wanted = kept(*patterns)
    assert wanted
    assert wanted - carried(wheel) == set()


def test_the_wheel_carries_a_rule_pack_by_name(wheel: Path) -> None:
    assert "marketplace/allowances/rulepacks/anhui-2026.toml" in carried(wheel)


def test_the_wheel_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in carried(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"marketplace", "vendors"}


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in carried(wheel))

"""Reading the demonstration's data files into one dictionary of lists."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"


@cache
def read_world() -> dict[str, list[dict[str, Any]]]:
    """All files of ``world/``, their arrays joined by name."""
    world: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((HERE / "world").glob("*.toml")):
        for name, rows in tomllib.loads(path.read_text(encoding="utf-8")).items():
            world.setdefault(name, []).extend(rows)
    return world


@cache
def picture_credits() -> dict[str, dict[str, str]]:
    """Per picture stem: file, alternative texts and credit."""
    return {
        row["stem"]: row for row in tomllib.loads((PICTURES / "pictures.toml").read_text(encoding="utf-8"))["picture"]
    }

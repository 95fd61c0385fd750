"""``make bench-peers``: our list, product page and placing beside django-oscar's, the same goods, one run, one machine.

Oscar runs in ``.venv-peers`` under the same server with the same settings. Its list is ``benchmarks.oscar.views.BestList``:
Oscar's own query set and template, past haystack, with pictures that cost nothing: Oscar's best case. Its product page and
its placing (offers applied, order, lines, stock) are its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from . import databases
from .__main__ import inside
from .report import Aim, Report
from .serving import Served, measure, served

PYTHON = str(databases.ROOT / ".venv-peers" / "bin" / "python")
OURS = {"list of 24": "/catalogue/", "product page": "/catalogue/scale-000122/"}


def load_oscar(theirs: Mapping[str, str], ours: Mapping[str, str], count: int) -> None:
    """Our goods into Oscar's database, once."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.goods", str(count)], env={**os.environ, **ours}, stdout=subprocess.PIPE
    ) as goods:
        subprocess.run(
            [PYTHON, "-m", "benchmarks.oscar.load"],
            env={**os.environ, **theirs},
            stdin=goods.stdout,
            stdout=sys.stderr,
            check=True,
        )
        goods.kill()  # Oscar had them already and read nothing


def oscar_inside(theirs: Mapping[str, str], placings: int) -> Any:
    """What ``benchmarks.oscar.inside`` found."""
    answer = subprocess.run(
        [PYTHON, "-m", "benchmarks.oscar.inside", str(placings)],
        env={**os.environ, **theirs},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(answer.stdout)


def row(name: str, statements: float, database_ms: float, load: Served) -> tuple[str, ...]:
    """One page of one shop."""
    return name, f"{statements:.0f}", f"{database_ms:.1f} ms", f"{load.cpu_ms:.2f} ms", f"{load.per_second:,.0f}"


def compare(ours: Any, theirs: Any, our_loads: Mapping[str, Served], their_loads: Mapping[str, Served]) -> Report:
    """The table and the ratios."""
    lines = [("page", "statements", "in the database", "processor", "requests/s")]
    for name, our_key, their_key in (("list of 24", "catalogue", "list"), ("product page", "listing", "product")):
        for who, found, loads in (
            ("Jiedui", ours[our_key], our_loads),
            (f"Oscar {theirs['version']}", theirs[their_key], their_loads),
        ):
            lines.append(row(f"{name}, {who}", found["statements"], found["database_ms"], loads[name]))
    return Report(
        "",
        lines,
        [
            Aim(
                "list of 24: requests/s to Oscar's best case",
                our_loads["list of 24"].per_second / their_loads["list of 24"].per_second,
                12,
                at_least=True,
            ),
            Aim(
                "list of 24: processor time, Oscar to ours",
                their_loads["list of 24"].cpu_ms / our_loads["list of 24"].cpu_ms,
            ),
            Aim(
                "product page: requests/s to Oscar",
                our_loads["product page"].per_second / their_loads["product page"].per_second,
                7,
                at_least=True,
            ),
            Aim(
                "placing 20 lines: a second, to Oscar",
                ours["placing"]["one"] / theirs["placing"]["one"],
                30,
                at_least=True,
            ),
            Aim(
                f"placing: Oscar's statements (ours: {ours['placing']['statements']:.0f})",
                theirs["placing"]["statements"],
                unit="",
            ),
        ],
    )


def main() -> None:
    """One run; ``--number`` products (thousands are made of it)."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="a PostgreSQL database from which others can be made")
    parser.add_argument("--number", type=int, default=10_000, help="how many products, in whole thousands")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--placings", type=int, default=60)
    options = parser.parse_args()
    scale = max(2, options.number // 1000)
    name = f"jiedui_bench_{scale}"
    ours = databases.environment(databases.postgresql(options.server, name), name)
    databases.load(ours, scale)
    theirs = {
        "DATABASE_URL": databases.postgresql(options.server, f"{name}_oscar"),
        "DJANGO_SETTINGS_MODULE": "benchmarks.oscar.settings",
        "PYTHONPATH": str(databases.ROOT),
    }
    load_oscar(theirs, ours, scale * 1000)
    their_found = oscar_inside(theirs, options.placings)
    paths = {"list of 24": "/best/", "product page": their_found["path"]}
    with served(PYTHON, "benchmarks.oscar.wsgi", theirs) as server:
        their_loads = {page: measure(server, path, options.seconds) for page, path in paths.items()}
    with served(sys.executable, "website.wsgi", ours) as server:
        our_loads = {page: measure(server, path, options.seconds) for page, path in OURS.items()}
    report = compare(
        inside(ours, str(options.placings), "0", "catalogue", "listing", "placing"), their_found, our_loads, their_loads
    )
    report.heading = (
        f"PostgreSQL, {scale * 1000:,} products. Oscar's list: benchmarks.oscar.views.BestList (its best case)\n"
    )
    sys.stdout.write("\n" + report.text())


if __name__ == "__main__":
    main()

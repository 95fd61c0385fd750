"""``make bench``: what pages and steps cost, as ratios to a constant view and to raw transactions of the same run.

Each database is made once, with ``load_demo --scale``, and kept: the first run takes minutes more. Absolute times say
little about another machine; read the ratios of one run.
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
from .report import Aim, Report
from .serving import Served, measure, served

PAGES = {
    "constant view": "/healthz",
    "catalogue": "/catalogue/",
    "filtered": "/catalogue/?category=tea&in_stock=true&month=11&sort=price",
    "search 兰花": "/catalogue/?q=%E5%85%B0%E8%8A%B1",
    "listing page": "/catalogue/scale-000123/",
}
INSIDE = {
    "constant view": "constant",
    "catalogue": "catalogue",
    "filtered": "filtered",
    "search 兰花": "search",
    "last page": "last page",
    "listing page": "listing",
    "dashboard": "dashboard",
    "register of a month": "register",
}


def inside(surroundings: Mapping[str, str], *arguments: str) -> Any:
    """What ``benchmarks.inside`` found in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.inside", *arguments],
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(answer.stdout)


def serve(surroundings: Mapping[str, str], seconds: float) -> dict[str, Served]:
    """Each page under load."""
    with served(sys.executable, "website.wsgi", surroundings) as server:
        return {name: measure(server, path, seconds) for name, path in PAGES.items()}


def rows(found: Any, loads: Mapping[str, Served]) -> list[tuple[str, ...]]:
    """The table of pages, each beside the constant view."""
    floor = loads["constant view"].cpu_ms
    head = ("page", "statements", "in the database", "processor", "× constant", "requests/s", "kB")
    lines = [head]
    for name, key in INSIDE.items():
        page, load = found[key], loads.get(name)
        served_cells = (
            (f"{load.cpu_ms:.2f} ms", f"{load.cpu_ms / floor:.1f}", f"{load.per_second:,.0f}", f"{load.kilobytes:.0f}")
            if load
            else (f"{page['ms']:.1f} ms in all", "", "", "")
        )
        lines.append((name, f"{page['statements']:.0f}", f"{page['database_ms']:.1f} ms", *served_cells))
    return lines


def steps(found: Any) -> list[tuple[str, ...]]:
    """The table of steps: how many a second, beside the raw transaction."""
    placing, rush = found["placing"], found["rush"]
    head = ("step", "statements", "1 client", "2 clients", "raw 1", "raw 2")
    return [
        head,
        (
            "placing 20 lines over 10 vendors",
            f"{placing['statements']:.0f}",
            *(f"{placing[key]:,.0f}/s" for key in ("one", "two", "raw_one", "raw_two")),
        ),
        ("a member's choice in the rush", f"{rush['statements']:.0f}", "", f"{rush['per_second']:,.0f}/s", "", ""),
    ]


def aims(found: Any, loads: Mapping[str, Served]) -> list[Aim]:
    """The aims of one database; those between two sizes come later."""
    placing, rush = found["placing"], found["rush"]
    return [
        Aim("catalogue: statements", found["catalogue"]["statements"], 4, unit=""),
        Aim("catalogue: processor time", loads["catalogue"].cpu_ms, 4, unit="ms"),
        Aim("filtered catalogue: statements", found["filtered"]["statements"], 4, unit=""),
        Aim("search, p99 in the database", found["searches"]["p99_ms"], 15, unit="ms"),
        Aim("dashboard, in the database", found["dashboard"]["database_ms"], 5, unit="ms"),
        Aim("placing, 1 client, to raw", placing["one"] / placing["raw_one"], 1 / 3, at_least=True),
        Aim("placing, 2 clients, to raw", placing["two"] / placing["raw_two"], 1 / 3, at_least=True),
        Aim("choice: last tenth to first tenth", rush["last_ms"] / rush["first_ms"], 1.1),
    ]


def grown(small: Mapping[str, Served], large: Mapping[str, Served]) -> list[Aim]:
    """What ten times the listings cost."""
    return [
        Aim(f"{name}: larger catalogue to smaller, processor", large[name].cpu_ms / small[name].cpu_ms, 1.1)
        for name in ("catalogue", "filtered", "listing page")
    ]


def run(heading: str, surroundings: Mapping[str, str], scale: int, options: argparse.Namespace) -> dict[str, Served]:
    """One database: load, serve, measure, print."""
    databases.load(surroundings, scale)
    loads = serve(surroundings, options.seconds)
    found = inside(surroundings, str(options.placings), str(options.members))
    sys.stdout.write("\n" + Report(heading, rows(found, loads)).text())
    sys.stdout.write("\n" + Report("", steps(found), aims(found, loads)).text())
    sys.stdout.flush()
    return loads


def main() -> None:
    """PostgreSQL at each scale, then SQLite at the smallest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True, help="a PostgreSQL database from which others can be made")
    parser.add_argument("--scales", type=int, nargs="+", default=[10, 100], help="thousands of listings")
    parser.add_argument("--seconds", type=float, default=4, help="how long each page is asked for")
    parser.add_argument("--placings", type=int, default=100)
    parser.add_argument("--members", type=int, default=10_000)
    parser.add_argument("--drop", action="store_true", help="drop the databases instead")
    options = parser.parse_args()
    found: list[dict[str, Served]] = []
    for scale in options.scales:
        name = f"jiedui_bench_{scale}"
        if options.drop:
            databases.drop(options.server, name)
            continue
        surroundings = databases.environment(databases.postgresql(options.server, name), name)
        found.append(run(f"PostgreSQL, {scale},000 listings", surroundings, scale, options))
    if len(found) > 1:
        sys.stdout.write("\n" + Report("", [], grown(found[0], found[-1])).text())
    if not options.drop:
        scale = options.scales[0]
        run(f"SQLite, {scale},000 listings", databases.environment("", f"sqlite_{scale}"), scale, options)


if __name__ == "__main__":
    main()

"""Databases of their own, kept between runs: ``jiedui_bench_<scale>``, on SQLite a file in ``var/bench/``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def postgresql(server: str, name: str) -> str:
    """The address of a database of that name on the server of ``server``, made when it is not there."""
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def drop(server: str, name: str) -> None:
    """Drop it, if it is there."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())


def environment(url: str, name: str) -> dict[str, str]:
    """What a process needs to work as the demonstration does, debug off; without a ``url``, on SQLite in ``var/bench/``."""
    return {
        "DATABASE_URL": url,
        "JIEDUI_VAR": str(ROOT / "var" / "bench" / name),
        "DJANGO_SETTINGS_MODULE": "website.settings.dev",
        "DEBUG": "0",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }


def load(surroundings: Mapping[str, str], scale: int) -> None:
    """The demonstration and the large world; nothing to do when they are there."""
    for arguments in (["migrate", "--verbosity", "0"], ["load_demo", "--scale", str(scale)]):
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**os.environ, **surroundings},
            stdout=sys.stderr,
            check=True,
        )

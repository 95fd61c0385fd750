"""Statements of a step, and the time they take in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class Meter:
    """Counts a step's statements and the seconds they take in the database."""

    def __init__(self) -> None:
        self.statements, self.seconds = 0, 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.seconds += time.perf_counter() - began
            self.statements += "SAVEPOINT" not in sql


def metered(step: Callable[[], Any]) -> Meter:
    """One run of ``step`` under a meter."""
    from django.db import connection

    meter = Meter()
    with connection.execute_wrapper(meter):
        step()
    return meter

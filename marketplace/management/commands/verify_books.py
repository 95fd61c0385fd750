"""``manage.py verify_books``: one line per check; a mismatch is named and the exit code is 1."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from ..books import CHECKS

SHOWN = 10


class Command(BaseCommand):
    """Recomputes every book from its rows."""

    help = "Recompute ledger, stock, allowances and totals from lines, payments and acceptances."

    def handle(self, *args: Any, **options: Any) -> None:
        is_sound = True
        for name, check in CHECKS.items():
            mismatches = list(check())
            is_sound = is_sound and not mismatches
            self.stdout.write(f"{'ok  ' if not mismatches else 'FAIL'}  {name}")
            for mismatch in mismatches[:SHOWN]:
                self.stdout.write(f"      {mismatch}")
            if len(mismatches) > SHOWN:
                self.stdout.write(f"      and {len(mismatches) - SHOWN} more")
        if not is_sound:
            sys.exit(1)

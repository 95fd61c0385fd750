"""``manage.py sweep_files``: deletes private files whose time is over; with ``--dry-run`` only says which."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from ...files import sweep


class Command(BaseCommand):
    """The clock does the same at every tick; this is for looking first."""

    help = "Delete private files kept as long as they may be, and uploads nobody finished. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="name what would go, and leave it")
        parser.add_argument(
            "--all-days", action="store_true", help="look for strays in every folder, not only recent ones"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for name in sweep(at=timezone.now(), dry_run=options["dry_run"], all_days=options["all_days"]):
            self.stdout.write(name)
            count += 1
        self.stdout.write(f"{count} files {'would go' if options['dry_run'] else 'deleted'}")

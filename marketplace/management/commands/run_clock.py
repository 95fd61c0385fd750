"""``manage.py run_clock``: does what is due, once, or again and again with ``--every``."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone, translation

from ...purchase.clock import tick

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Does what ``purchase.clock`` lists. Run it by a timer, or leave it running."""

    help = "Do what time asks for: close group orders, take back unanswered orders, do the errands that wait. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on until ended, looking this often")

    def handle(self, *args: Any, **options: Any) -> None:
        self._once()
        while options["every"]:
            time.sleep(options["every"])
            close_old_connections()
            try:
                self._once()
            except DatabaseError:  # the server was restarted, say: the next round finds it again
                log.exception("The clock could not go round")

    def _once(self) -> None:
        with translation.override("zh-hans"):
            for found in tick(at=timezone.now()):
                self.stdout.write(f"{found.reference}  {found.refusal or found.done}")
            self.stdout.flush()

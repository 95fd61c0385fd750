"""``manage.py load_groundwork``: the regions and rule packs that the app ships, or those of your own files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from ...allowances.actions import RULE_PACKS, load_rule_packs
from ...allowances.errors import RulePackUnreadable
from ...programme.actions import REGIONS_FILE, load_regions


class Command(BaseCommand):
    """Loads both or neither; safe to repeat."""

    help = "Load regions and rule packs from their TOML files; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--regions", type=Path, default=REGIONS_FILE, help="a regions file instead of the shipped")
        parser.add_argument("--rule-packs", type=Path, default=RULE_PACKS, help="a folder of rule packs instead")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for path in (options["regions"], options["rule_packs"]):
            if not path.exists():
                raise CommandError(f"{path} is not there.")
        try:
            added, packs = load_regions(options["regions"]), load_rule_packs(options["rule_packs"])
        except RulePackUnreadable as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{added} regions added; rule packs: {', '.join(pack.code for pack in packs)}")

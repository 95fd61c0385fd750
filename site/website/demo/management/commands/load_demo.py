"""``manage.py load_demo``: the demonstration, loaded whole or not at all; asked again it only prints the sign-ins.

With ``--scale`` a large world beside it, to measure with.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from marketplace.parties.models import BuyerOrganisation
from website.demo.founding import found_world
from website.demo.home import make_home
from website.demo.pages import write_pages
from website.demo.people import FIRST, PASSWORD, sign_in_list
from website.demo.scale.loading import learn_statistics, load_scale, loaded_scale, remove_scale
from website.demo.story import tell_story


class Command(BaseCommand):
    """Loads the demonstration and prints its sign-ins."""

    help = "Load the demonstration (whole or not at all) and print its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="So many thousand listings beside it; 1 for none.")
        parser.add_argument("--remove-scale", action="store_true", help="Take those listings and purchases out again.")

    def handle(self, *args: Any, scale: int = 1, remove_scale: bool = False, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is for development only: its password stands in the open.")
        if scale < 1:
            raise CommandError("The scale is a whole number from 1 on.")
        with translation.override("zh-hans"):
            if not BuyerOrganisation.objects.filter(slug="civil-affairs").exists():
                self._load()
            if remove_scale:
                self._remove()
            elif scale > 1:
                self._enlarge(scale)
            self._print()

    @transaction.atomic
    def _load(self) -> None:
        cast = found_world(timezone.localtime())
        tell_story(cast)
        write_pages(cast, make_home())

    def _enlarge(self, scale: int) -> None:
        found = loaded_scale()
        if found not in (1, scale):
            raise CommandError(f"Scale {found} is loaded. Take it out first: load_demo --remove-scale")
        if found == 1:
            load_scale(scale, today=timezone.localtime(), say=self._say)
            learn_statistics()

    def _remove(self) -> None:
        try:
            remove_scale()
        except IntegrityError as problem:
            raise CommandError("Somebody has worked with it, so it cannot be taken out alone: make clean") from problem

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()

    def _print(self) -> None:
        self.stdout.write(f"\n  密码 password: {PASSWORD}\n")
        for row in sign_in_list()[: len(FIRST)]:
            self.stdout.write(f"  {row.username:<18} {row.hint}")
        self.stdout.write(
            "  会员 member          登录页上的“以会员身份选购”，无需账号 / the button on the sign-in page"
        )
        self.stdout.write("  其余账号见登录页 / the other accounts stand on the sign-in page: /accounts/login/\n")

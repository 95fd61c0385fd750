"""``manage.py load_demo``: the demonstration, loaded whole or not at all; asked again it only prints the sign-ins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from marketplace.parties.models import BuyerOrganisation
from website.demo.founding import found_world
from website.demo.home import make_home
from website.demo.pages import write_pages
from website.demo.people import FIRST, PASSWORD, sign_in_list
from website.demo.story import tell_story


class Command(BaseCommand):
    """Loads the demonstration and prints its sign-ins."""

    help = "Load the demonstration (whole or not at all) and print its sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demonstration is for development only: its password stands in the open.")
        with translation.override("zh-hans"):
            if not BuyerOrganisation.objects.filter(slug="civil-affairs").exists():
                self._load()
            self._print()

    @transaction.atomic
    def _load(self) -> None:
        cast = found_world(timezone.localtime())
        tell_story(cast)
        write_pages(cast, make_home())

    def _print(self) -> None:
        self.stdout.write(f"\n  密码 password: {PASSWORD}\n")
        for row in sign_in_list()[: len(FIRST)]:
            self.stdout.write(f"  {row.username:<18} {row.hint}")
        self.stdout.write(
            "  会员 member          登录页上的“以会员身份选购”，无需账号 / the button on the sign-in page"
        )
        self.stdout.write("  其余账号见登录页 / the other accounts stand on the sign-in page: /accounts/login/\n")

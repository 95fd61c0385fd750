"""What makes the kept head and foot of every page out of date."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Site

from marketplace.storefront import fragments

from .chrome import SITE
from .identity import Menus, SiteIdentity


def listen() -> None:
    """Called once when the app is ready."""
    for model in (SiteIdentity, Menus, Site):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"chrome-{model.__name__}")


def _changed(**kwargs: Any) -> None:
    fragments.forget_on_commit(SITE)

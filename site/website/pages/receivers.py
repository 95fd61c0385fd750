"""What makes the kept head and foot of every page out of date; and the editors' way in."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.urls import reverse
from wagtail.models import Site
from wagtail.permissions import page_permission_policy

from marketplace.doors import add_door
from marketplace.storefront import fragments

from .identity import Menus, SiteIdentity


def listen() -> None:
    """Called once when the app is ready."""
    add_door(editors_door)
    for model in (SiteIdentity, Menus, Site):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid=f"chrome-{model.__name__}")


def editors_door(user: Any) -> str | None:
    """The admin, for whoever may edit or publish pages; the operator has a desk of its own."""
    if user.is_superuser or not page_permission_policy.user_has_any_permission(user, ("add", "change", "publish")):
        return None
    return reverse("wagtailadmin_home")


def _changed(**kwargs: Any) -> None:
    fragments.forget_on_commit(fragments.SITE)

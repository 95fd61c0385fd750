"""Who may look at a listing in the admin: officers of its county, by their seat and not by a Django permission.

A Django permission holds for the model as a whole, and Wagtail's site history
shows whoever has one the log of every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy

from ..catalogue.models import Listing, ListingQuerySet
from ..parties.selectors import counties_of
from .scope import scope_of


class CountyPolicy(ModelPermissionPolicy):
    """Officers view the listings of their county; the operator may do anything. (Reviewing is the workflow's.)"""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active and (user.is_superuser or (action == "view" and counties_of(user))))

    def instances_user_has_any_permission_for(self, user: Any, actions: Sequence[str]) -> ListingQuerySet:
        return scope_of(user).listings() if self.user_has_any_permission(user, actions) else Listing.objects.none()

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Listing) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: Any, actions: Sequence[str], instance: Listing) -> bool:
        return self.instances_user_has_any_permission_for(user, actions).filter(pk=instance.pk).exists()

"""Where announcements are heard, and what a fresh database needs: the officers' group and the review workflow.

What a kept piece of a page shows is watched by ``storefront.freshness``.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

REVIEW = "County review of listings"


def connect() -> None:
    """Called once when the app is ready."""
    from .catalogue import edition
    from .storefront import freshness

    edition.connect()
    freshness.listen()
    here = apps.get_app_config("marketplace")
    post_migrate.connect(make_review_workflow, sender=here)
    post_migrate.connect(make_ledger_zero, sender=here)
    user_logged_in.connect(show_as_wished)


def show_as_wished(request: Any, user: Any, **kwargs: Any) -> None:
    """Who signs in sees the pages as they wished them last; who never said, as this device shows them."""
    from .access.selectors import wish_of
    from .display import ELDER, SESSION_KEY, USUAL, display_of

    if getattr(request, "session", None) is not None:
        wish = wish_of(user)
        request.session[SESSION_KEY] = display_of(request) if wish is None else ELDER if wish else USUAL


def make_ledger_zero(using: str = "default", **kwargs: Any) -> None:
    """The one balance an entry may have (a flushed database has lost it)."""
    from .models import LedgerZero

    LedgerZero.objects.using(using).get_or_create(pk=0)


def make_review_workflow(using: str = "default", **kwargs: Any) -> None:
    """The officers' group may enter the admin; the workflow sends listings to county review.

    What officers see there follows from their seat (``backoffice.policy``), not from permissions of the group.
    """
    if using != "default":
        return
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

    from .models import CountyReviewTask, Listing
    from .parties.models import OFFICERS

    listing_type = ContentType.objects.get_for_model(Listing)
    # This app stands before Wagtail's: in a flushed database the permission is not there yet.
    create_permissions(apps.get_app_config("wagtailadmin"), verbosity=0, using=using)
    group, _created = Group.objects.get_or_create(name=OFFICERS)
    group.permissions.add(*Permission.objects.filter(codename="access_admin", content_type__app_label="wagtailadmin"))
    workflow, _created = Workflow.objects.get_or_create(name=REVIEW)
    task, made = CountyReviewTask.objects.get_or_create(name=REVIEW)
    if made:
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.get_or_create(content_type=listing_type, defaults={"workflow": workflow})

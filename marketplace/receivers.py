"""Where announcements are heard, and what a fresh database needs: the officers' group and the review workflow."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.mail import send_mail
from django.db.models.signals import post_migrate
from django.utils.translation import gettext

from . import signals

REVIEW = "County review of listings"


def connect() -> None:
    """Called once when the app is ready."""
    here = apps.get_app_config("marketplace")
    post_migrate.connect(make_review_workflow, sender=here)
    post_migrate.connect(make_ledger_zero, sender=here)
    signals.recovery_confirmed.connect(tell_of_recovery, dispatch_uid="marketplace.recovery_confirmed")
    signals.account_recovered.connect(tell_of_recovery, dispatch_uid="marketplace.account_recovered")


def tell_of_recovery(recovery: Any, **kwargs: Any) -> None:
    """A mail to whose account it is, where there is an address: that a way in was made, and that it was used."""
    if not recovery.person.email:
        return
    subject = gettext("A new password was set") if recovery.used_at else gettext("A way into your account was made")
    facts = {"organisation": recovery.organisation.name}
    text = gettext(
        "%(organisation)s asked that you can set a new password, and a second person confirmed it. "
        "If you did not want this, tell your administrator at once."
    )
    send_mail(subject, text % facts, None, [recovery.person.email])


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

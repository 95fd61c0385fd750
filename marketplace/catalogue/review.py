"""The review task of Wagtail's workflow: only officers of the vendor's county see a listing or act on it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState, WorkflowState

from ..parties.selectors import counties_of, is_officer_of
from .models import Listing


class CountyReviewTask(AbstractGroupApprovalTask):
    """Approve or return a listing. What is approved is the revision that was reviewed."""

    class Meta:
        app_label = "marketplace"
        verbose_name = _("county review")
        verbose_name_plural = _("county reviews")

    def user_can_access_editor(self, obj: Listing, user: Any) -> bool:
        return user.is_superuser or is_officer_of(user, obj.vendor.county_code)

    def locked_for_user(self, obj: Listing, user: Any) -> bool:
        return True

    def get_actions(self, obj: Listing, user: Any) -> list[Any]:
        if not is_officer_of(user, obj.vendor.county_code):
            return []
        return [("reject", _("Return to the vendor"), True), ("approve", _("Approve and publish"), False)]

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr)
        if user.is_superuser:
            return waiting
        mine = [
            str(pk)
            for county in counties_of(user)
            for pk in Listing.objects.in_county(county).values_list("pk", flat=True)
        ]
        return waiting.filter(
            workflow_state__base_content_type=ContentType.objects.get_for_model(Listing),
            workflow_state__object_id__in=mine,
            workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        )

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Act as our own actions do: Wagtail's would not ask who acts, nor which revision was reviewed."""
        from .actions import approve_listing, return_listing

        listing = task_state.workflow_state.content_object
        comment = kwargs.get("comment", "")
        if action_name == "approve":
            approve_listing(listing=listing, revision_pk=task_state.revision_id, by=user, at=timezone.now())
        elif action_name == "reject":
            return_listing(listing=listing, reason=comment, by=user, at=timezone.now())

    @classmethod
    def get_description(cls) -> str:
        return str(_("Officers of the vendor's county approve the listing or return it with a reason."))

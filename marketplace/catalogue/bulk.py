"""Many drafts at once: written, handed in, and taken back, each in a number of statements that does not grow with them.

The caller has locked the listings and asked whether they may be written; inside its transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, QuerySet
from wagtail.models import Revision, TaskState, WorkflowState

from .. import audit
from .differences import remembered, written_fields
from .linkage import FarmerLinkage
from .models import Listing, ListingPicture, Pack, PriceTier


@dataclass(slots=True)
class Draft:
    """A listing in memory with its children beside it; ``pk`` of the listing is empty for a new one."""

    listing: Listing
    packs: list[tuple[Pack, list[PriceTier]]] = field(default_factory=list)
    pictures: list[ListingPicture] = field(default_factory=list)
    linkages: list[FarmerLinkage] = field(default_factory=list)  # carried over as they are

    def assemble(self) -> Listing:
        """The listing with its children inside, as a revision keeps it."""
        for pack, tiers in self.packs:
            pack.tiers.set(tiers)
        self.listing.packs.set([pack for pack, _tiers in self.packs])
        self.listing.pictures.set(self.pictures)
        self.listing.linkages.set(self.linkages)
        return self.listing


def draft_of(listing: Listing) -> Draft:
    """A listing in memory, apart from its children."""
    packs = [(pack, list(pack.tiers.all())) for pack in listing.packs.all()]
    return Draft(listing, packs, list(listing.pictures.all()), list(listing.linkages.all()))


def write_drafts(drafts: Sequence[Draft], *, by: Any, at: datetime) -> dict[int, int]:
    """Keep drafts as ``save_listing_draft`` does: never published ones as rows too. Listing pk → its new revision's pk."""
    never_published = [draft for draft in drafts if draft.listing.first_published_at is None]
    _write_rows(never_published)
    kind = ContentType.objects.get_for_model(Listing)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=kind,
            object_id=str(draft.listing.pk),
            object_str=str(draft.listing),
            content=draft.assemble().serializable_data(),
            created_at=at,
            user=by,
        )
        for draft in drafts
    )
    made = {int(row.object_id): row.pk for row in revisions}
    point_to(made)
    return made


def point_to(revisions: Mapping[int, int]) -> None:
    """Make these revisions the latest of their listings (listing pk → revision pk)."""
    rows = [Listing(pk=pk, latest_revision_id=revision) for pk, revision in revisions.items()]
    Listing.objects.bulk_update(rows, ["latest_revision"], batch_size=5000)
    touched = Listing.objects.filter(pk__in=list(revisions))
    touched.update(has_unpublished_changes=True)
    touched.filter(live=True, live_revision=F("latest_revision")).update(has_unpublished_changes=False)


def _write_rows(drafts: Sequence[Draft]) -> None:
    standing = [draft.listing for draft in drafts if draft.listing.pk is not None]
    Listing.objects.bulk_create(draft.listing for draft in drafts if draft.listing.pk is None)
    if standing:
        # Not bulk_update: its CASE has an arm for each row and column, and two thousand rows took minutes.
        Listing.objects.bulk_create(
            standing, update_conflicts=True, unique_fields=["pk"], update_fields=written_fields()
        )
        drop_children([row.pk for row in standing])
    _write_children(drafts)


def _write_children(drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        for pack, _tiers in draft.packs:
            pack.listing = draft.listing
        for picture in draft.pictures:
            picture.listing = draft.listing
    Pack.objects.bulk_create(pack for draft in drafts for pack, _tiers in draft.packs)
    tiers = [(pack, tier) for draft in drafts for pack, tiers in draft.packs for tier in tiers]
    for pack, tier in tiers:
        tier.pack = pack
    PriceTier.objects.bulk_create(tier for _pack, tier in tiers)
    ListingPicture.objects.bulk_create(picture for draft in drafts for picture in draft.pictures)


def drop_children(listing_pks: Sequence[int]) -> None:
    """Take packs, tiers and pictures off listings that were never published: nothing else can point at them."""
    packs = Pack.objects.filter(listing__in=listing_pks)
    _erase(PriceTier.objects.filter(pack__in=packs))
    _erase(packs)
    _erase(ListingPicture.objects.filter(listing__in=listing_pks))


def _erase(rows: QuerySet[Any]) -> None:
    """Delete in one statement: Django's own way goes by the hundred. What still points at a row fails at commit."""
    rows._raw_delete(rows.db)


def hand_in(listings: Sequence[Listing], revisions: Mapping[int, int], *, by: Any, at: datetime) -> None:
    """Start a review of each listing's new revision, as ``start_review`` does for one."""
    if not listings:
        return
    kind = ContentType.objects.get_for_model(Listing)
    keys = [str(row.pk) for row in listings]
    workflow = listings[0].get_workflow()
    task = workflow.tasks[0]
    of_these = WorkflowState.objects.filter(base_content_type=kind, object_id__in=keys)
    of_these.filter(status=WorkflowState.STATUS_NEEDS_CHANGES).update(status=WorkflowState.STATUS_CANCELLED)
    states = WorkflowState.objects.bulk_create(
        WorkflowState(content_type=kind, base_content_type=kind, object_id=key, workflow=workflow, requested_by=by)
        for key in keys
    )
    reviews = TaskState.objects.bulk_create(
        TaskState(workflow_state=state, task=task, revision_id=revisions[int(state.object_id)], started_at=at)
        for state in states
    )
    for state, review in zip(states, reviews, strict=True):
        state.current_task_state = review
        state.created_at = at
    WorkflowState.objects.bulk_update(states, ["current_task_state", "created_at"], batch_size=5000)
    audit.record("marketplace.submit_listing", listings, by=by, at=at)


def in_review(listing_pks: Iterable[int]) -> set[int]:
    """Which of these are with an officer now. One statement."""
    rows = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Listing),
        object_id__in=[str(pk) for pk in listing_pks],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return {int(key) for key in rows.values_list("object_id", flat=True)}


def take_back_reviews(listing_pks: Sequence[int], *, by: Any, at: datetime) -> None:
    """End the open reviews of these listings unanswered."""
    rows = WorkflowState.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Listing),
        object_id__in=[str(pk) for pk in listing_pks],
        status=WorkflowState.STATUS_IN_PROGRESS,
    )
    TaskState.objects.filter(workflow_state__in=rows, status=TaskState.STATUS_IN_PROGRESS).update(
        status=TaskState.STATUS_CANCELLED, finished_at=at, finished_by=by
    )
    rows.update(status=WorkflowState.STATUS_CANCELLED)


def forget_new(listing_pks: Sequence[int]) -> None:
    """Delete listings that were made by an import and never handed to a buyer."""
    keys = [str(pk) for pk in listing_pks]
    kind = ContentType.objects.get_for_model(Listing)
    drop_children(listing_pks)
    Listing.objects.filter(pk__in=listing_pks).update(latest_revision=None)
    states = WorkflowState.objects.filter(base_content_type=kind, object_id__in=keys)
    states.update(current_task_state=None)
    _erase(TaskState.objects.filter(workflow_state__in=states))
    _erase(states)
    _erase(Revision.objects.filter(base_content_type=kind, object_id__in=keys))
    _erase(Listing.objects.filter(pk__in=listing_pks))  # nobody has seen them: neither the index nor a kept page knows


def restore(revisions: Mapping[int, int]) -> None:
    """Make earlier revisions the latest again (listing pk → revision pk); never published listings become them as rows."""
    if not revisions:
        return
    found = Revision.objects.in_bulk(list(revisions.values()))
    rows = Listing.objects.in_bulk(list(revisions))
    drafts = []
    for pk, revision in revisions.items():
        if rows[pk].first_published_at is None:
            drafts.append(draft_of(Listing.from_serializable_data(found[revision].content, check_fks=False)))
    _write_rows(drafts)
    point_to(revisions)


def write_again(revisions: Mapping[int, int], *, by: Any, at: datetime) -> None:
    """Keep earlier revisions once more as the latest drafts of listings that are on sale (listing pk → revision pk)."""
    if not revisions:
        return
    found = Revision.objects.in_bulk(list(revisions.values()))
    rows = Listing.objects.in_bulk(list(revisions))
    drafts = []
    for pk, revision in revisions.items():
        version = remembered(found[revision])
        version.live, version.first_published_at = rows[pk].live, rows[pk].first_published_at
        drafts.append(draft_of(version))
    write_drafts(drafts, by=by, at=at)

"""An applied import undone as a whole, while nothing of it was answered or changed since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.images import get_image_model

from marketplace import audit
from marketplace.catalogue import bulk
from marketplace.catalogue.certificates import Certificate
from marketplace.catalogue.decisions import AfterLook, ListingDecision
from marketplace.catalogue.models import Listing
from marketplace.catalogue.sessions import ServiceSession
from marketplace.errands.actions import schedule

from .errors import ImportNotApplied, UndoImpossible
from .importing import require_importer
from .locks import lock_import
from .models import ListingImport
from .publishing import ERRAND_BACK


def in_the_way(document: ListingImport) -> list[str]:
    """What keeps an applied import from being undone: listings changed, answered, certified or given sessions since, by title.

    A small change that went on sale does not, unless it took an unpublished draft along: nothing brings that apart.
    """
    entries = document.entries
    after = {entry["listing"]: entry["after"] for entry in entries}
    found = Listing.objects.filter(pk__in=list(after)).order_by("pk")
    revisions = list(after.values())
    decided = set(ListingDecision.objects.filter(revision__in=revisions).values_list("listing_id", flat=True))
    earlier = {(entry["listing"], entry["before"]) for entry in entries}
    on_sale = set(AfterLook.objects.filter(after__in=revisions).values_list("listing_id", "before_id"))
    mixed = {pk for pk, _before in on_sale} - {pk for pk, _before in on_sale & earlier}
    new = [entry["listing"] for entry in entries if entry["before"] is None]
    certified = set(Certificate.objects.filter(listing__in=new).values_list("listing_id", flat=True))
    opened = set(ServiceSession.objects.filter(listing__in=new).values_list("listing_id", flat=True))
    kept = decided | mixed | certified | opened
    return [row.title for row in found if row.latest_revision_id != after[row.pk] or row.pk in kept]


@transaction.atomic
def undo_import(*, document: ListingImport, by: Any, at: datetime) -> ListingImport:
    """Everything as it was before, while nothing of it was answered or changed since. ``UndoImpossible``.

    Where a small change is on sale already, the version before goes on sale by the errand, as another small change.
    """
    document = lock_import(document.pk)
    require_importer(by, document.vendor)
    if document.applied_at is None or document.undone_at is not None:
        raise ImportNotApplied()
    if titles := in_the_way(document):
        shown = "、".join(titles[:5])
        raise UndoImpossible(titles=f"{shown} (+{len(titles) - 5})" if len(titles) > 5 else shown)
    on_sale = set(
        AfterLook.objects.filter(after__in=[entry["after"] for entry in document.entries]).values_list(
            "listing_id", flat=True
        )
    )
    new = [entry["listing"] for entry in document.entries if entry["before"] is None]
    changed = {entry["listing"]: entry["before"] for entry in document.entries if entry["before"] is not None}
    bulk.take_back_reviews([*new, *changed], by=by, at=at)
    bulk.forget_new(new)
    bulk.restore({pk: before for pk, before in changed.items() if pk not in on_sale})
    bulk.write_again({pk: before for pk, before in changed.items() if pk in on_sale}, by=by, at=at)
    document.to_publish, document.left_to_publish = sorted(on_sale), len(on_sale)
    if on_sale:
        schedule(ERRAND_BACK, [str(document.pk)], at=at)
    get_image_model().objects.filter(pk__in=document.images).delete()
    document.undone_at, document.undone_by = at, by
    document.save(update_fields=["undone_at", "undone_by", "to_publish", "left_to_publish"])
    audit.record("marketplace.undo_import", [document], by=by, at=at)
    return document

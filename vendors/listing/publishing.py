"""The errands of an import: what is small goes on sale at once, and after an undoing what was on sale before."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from marketplace.catalogue import actions as catalogue
from marketplace.catalogue.models import Listing
from marketplace.errors import Refused

from .locks import lock_document

ERRAND = "publish_import"
ERRAND_BACK = "publish_undone_import"  # an errand is done once: the way back is another
AT_ONCE = 100  # small changes put on sale in one go of the errand


def publish_small(key: str, at: datetime) -> timedelta | None:
    """The errand: put the next small changes of an import on sale (of one undone, what was on sale before); comes again
    while some are left. May run twice."""
    for _turn in range(AT_ONCE):
        if not _publish_next(int(key), at):
            return None
    return timedelta(seconds=1)


@transaction.atomic
def _publish_next(pk: int, at: datetime) -> bool:
    """The next of them; says whether more are left. An undoing waits until it is done, and is seen by the one after."""
    document = lock_document(pk)
    if not document.left_to_publish:
        return False
    listing = document.to_publish[document.published]
    _publish_one(listing, document.undone_by if document.undone_at else document.applied_by, at)
    document.left_to_publish -= 1
    document.save(update_fields=["left_to_publish"])
    return document.left_to_publish > 0


def _publish_one(pk: int, by: Any, at: datetime) -> None:
    """One small change goes on sale; where somebody was faster, or it is no longer small, the usual rules answer."""
    try:
        catalogue.submit_listing(listing=Listing(pk=pk), by=by, at=at)
    except Refused:
        return  # published, in review or delisted meanwhile: its page says which

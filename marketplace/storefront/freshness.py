"""What makes a kept piece out of date: rows that were saved, and announcements of what no row's saving tells."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished, post_page_move

from .. import signals
from ..grouporders.models import GroupOrder, MemberChoice
from ..programme.models import Campaign, CampaignTarget, Pairing, Region
from . import fragments

SHOWN: dict[str, tuple[type[Model], ...]] = {
    fragments.PROGRAMME: (Campaign, CampaignTarget, Pairing, Region),
    fragments.GROUP_ORDERS: (GroupOrder, MemberChoice),
}
ANNOUNCED = {
    signals.catalogue_changed: fragments.CATALOGUE,  # what that is, `catalogue.edition` alone knows
    signals.stock_turned: fragments.CATALOGUE,
    signals.impact_recorded: fragments.IMPACT,
    signals.group_order_closed: fragments.GROUP_ORDERS,
}


def listen() -> None:
    """Called once when the app is ready."""
    for topic, models in SHOWN.items():
        for model in models:
            for signal in (post_save, post_delete):
                signal.connect(_row_changed(topic), sender=model, weak=False, dispatch_uid=f"{topic}-{model.__name__}")
    for announcement, topic in ANNOUNCED.items():
        announcement.connect(_announced(topic), weak=False, dispatch_uid=topic)
    for signal in (page_published, page_unpublished, post_page_move):
        signal.connect(_page_changed, dispatch_uid="marketplace-pages")
    post_delete.connect(_page_deleted, dispatch_uid="marketplace-pages")


def _row_changed(topic: str) -> Any:
    return lambda **kwargs: fragments.forget_on_commit(topic)


def _announced(topic: str) -> Any:
    return lambda **kwargs: fragments.forget(topic)  # announcements are sent after the commit


def _page_changed(**kwargs: Any) -> None:
    fragments.forget_on_commit(fragments.PAGES)


def _page_deleted(sender: Any, **kwargs: Any) -> None:
    if issubclass(sender, Page):
        fragments.forget_on_commit(fragments.PAGES)

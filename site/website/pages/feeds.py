"""What is new, for feed readers: stories and notices, the latest first, as Atom and as RSS."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.conf import setting
from marketplace.storefront.published import latest_notices, stories

LATEST = 20


class AtomFeed(Feed):  # type: ignore[type-arg]  # an item is a page of either kind
    """Stories and notices."""

    feed_type: Any = Atom1Feed
    title = _("Jiedui: stories and notices")
    link = "/"

    def description(self) -> str:
        return gettext("What is new: typical cases and policy notices.")

    subtitle = description

    def items(self) -> list[Any]:
        notices, _more = latest_notices(count=LATEST)
        return sorted([*stories(count=LATEST), *notices], key=_day, reverse=True)[:LATEST]

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return str(item.search_description or getattr(item, "lead", "") or item.title)

    def item_link(self, item: Any) -> str:
        return str(item.get_url())

    def item_guid(self, item: Any) -> str:
        return f"urn:uuid:{item.translation_key}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Any) -> datetime:
        return datetime.combine(_day(item), time(9), ZoneInfo(setting("TIME_ZONE")))

    def item_updateddate(self, item: Any) -> datetime:
        return max(item.last_published_at or self.item_pubdate(item), self.item_pubdate(item))


class RssFeed(AtomFeed):
    """The same for readers that know RSS only."""

    feed_type = Rss201rev2Feed


def _day(page: Any) -> date:
    return page.told_on if hasattr(page, "told_on") else page.issued_on

"""Parts of public pages that are the same for everybody, kept under the catalogue's edition.

A key names everything the part depends on, so nothing kept can be wrong, and nothing has to be thrown away: an older
edition's parts are simply not asked for again. While templates are being written (debug) nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache as once
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ..catalogue.models import Listing
from ..catalogue.selectors import with_cards

CARD = "marketplace/includes/listing_card.html"
DAY = 24 * 3600
Kept = TypeVar("Kept")


def keep(edition: str, name: str, make: Callable[[], Kept]) -> Kept:
    """What ``make`` made of this edition of the catalogue, made once."""
    if not _may_keep(edition):
        return make()
    key = _key(edition, name)
    found: Kept | None = cache.get(key)
    if found is None:
        found = make()
        cache.set(key, found, DAY)
    return found


def cards(edition: str, shown: Iterable[tuple[int, bool]]) -> list[SafeString]:
    """The cards of these listings (pk, whether there is stock), in this order; only those not yet kept are asked for.

    A card shows nothing that depends on its reader, so it is rendered without a request.
    """
    keys = {_key(edition, f"card:{pk}:{has_stock:d}"): pk for pk, has_stock in shown}
    found: dict[str, str] = cache.get_many(keys) if _may_keep(edition) else {}
    if missing := {pk: key for key, pk in keys.items() if key not in found}:
        made = _render(missing)
        found |= made
        if _may_keep(edition):
            cache.set_many(made, DAY)
    return [mark_safe(found[key]) for key in keys if key in found]


def _render(keys: Mapping[int, str]) -> dict[str, str]:
    template = get_template(CARD)
    listings = with_cards(Listing.objects.filter(pk__in=keys))
    return {keys[listing.pk]: str(template.render({"listing": listing})) for listing in listings}


def _may_keep(edition: str) -> bool:
    return bool(edition) and not settings.DEBUG


def _key(edition: str, name: str) -> str:
    return f"marketplace:{edition}:{_templates()}:{get_language()}:{name}"


def digest(text: str) -> str:
    """A short name for a text of any length and characters."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@once
def _templates() -> str:
    """The templates as they were when this process began: a release with others does not read what this one kept."""
    folders: list[Any] = [folder for engine in settings.TEMPLATES for folder in engine.get("DIRS", [])]
    folders += get_app_template_dirs("templates")
    files = sorted(path for folder in folders for path in Path(folder).rglob("marketplace/**/*.html"))
    return digest("".join(f"{path}{(stat := path.stat()).st_mtime_ns}{stat.st_size}" for path in files))

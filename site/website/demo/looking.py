"""What helps people find things: the words that mean the same, and what was looked for in vain."""

from __future__ import annotations

from marketplace.catalogue.wishes import tell_wish
from marketplace.catalogue.words import SearchSynonym

from .data import read_world
from .founding import Cast


def tell(cast: Cast) -> None:
    """The operator's synonyms, and notes that visitors left."""
    world = read_world()
    for row in world["synonym"]:
        made = SearchSynonym(words=row["words"])
        made.full_clean()
        made.save()
    for wish in world["wish"]:
        tell_wish(words=wish["words"], note=wish["note"], by=None, at=cast.at(-wish["days_ago"]))

"""The names buyers may mean: kinds of produce, shelves, places, vendors and synonyms, found while they are typed.

Half a word, its pinyin or its initials are enough; a wrong character is forgiven when it sounds like the right one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from .pinyin import HAN, initials, sound, spelled, syllables
from .search import plain
from .tally import Tally

CLOSE = 0.68  # how alike two spellings must be to be taken for each other


class Sort(StrEnum):
    """What a name belongs to; all but produce and synonyms are facets of their own."""

    PRODUCE = "produce"
    CATEGORY = "category"
    TOWNSHIP = "township"
    VILLAGE = "village"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class Term:
    """A name, the facet's value it stands for (none: it is looked for as words), and how it is typed and sounds."""

    name: str
    sort: Sort
    value: str
    count: int
    spelled: str
    initials: str
    sound: str


def terms_of(tally: Tally) -> list[Term]:
    """Every name of the catalogue; worked out once for each tally."""
    if "terms" not in tally.kept:
        tally.kept["terms"] = list(_terms(tally))
    found: list[Term] = tally.kept["terms"]
    return found


def _terms(tally: Tally) -> Iterator[Term]:
    for sort in (Sort.CATEGORY, Sort.TOWNSHIP, Sort.VILLAGE, Sort.VENDOR):
        for value, (name, _english) in tally.world.names[sort].items():
            if count := tally.bits[sort].get(value, 0).bit_count():
                yield _term(name, sort, value, count)
    names = [name for name, _english in tally.world.names["product"].values()]
    sold = [group for group in tally.synonyms if any(word in name for word in group for name in names)]
    for name in dict.fromkeys([*names, *(word for group in sold for word in group)]):
        yield _term(name, Sort.PRODUCE, "", 0)


def _term(name: str, sort: Sort, value: str, count: int) -> Term:
    first = "".join(initials(syllables(run)) for run in HAN.findall(name))
    return Term(name, sort, value, count, spelled(name).replace(" ", ""), first, sound(name))


def complete(tally: Tally, typed: str, *, count: int) -> list[Term]:
    """The names that begin with what was typed, or hold it, or are typed so in pinyin: the likeliest first."""
    text = plain(typed)
    if not text:
        return []
    ranked = [(rank, len(term.name), term) for term in terms_of(tally) if (rank := _rank(term, text)) is not None]
    ranked.sort(key=lambda found: (found[0], found[1], found[2].name))
    return [term for _rank_, _length, term in ranked[:count]]


def _rank(term: Term, text: str) -> int | None:
    squeezed = text.replace(" ", "")
    for rank, fits in enumerate(
        (
            plain(term.name).startswith(text),
            term.initials.startswith(squeezed) or term.spelled.startswith(squeezed),
            text in plain(term.name),
            len(squeezed) > 1 and (squeezed in term.initials or squeezed in term.spelled),
        )
    ):
        if fits:
            return rank
    return None


def nearest(tally: Tally, typed: str, *, count: int) -> list[Term]:
    """The names that sound like what was typed, then those that are spelled nearly so."""
    text, heard = plain(typed), sound(typed)
    alike = [
        term for term in terms_of(tally) if heard and f"-{heard}-" in f"-{term.sound}-" and text not in plain(term.name)
    ]
    wanted = spelled(text).replace(" ", "")
    close = [(ratio, term) for term in terms_of(tally) if (ratio := _likeness(wanted, term.spelled)) >= CLOSE]
    close.sort(key=lambda found: (-found[0], found[1].name))
    named = {term.name: term for term in [*alike, *(term for _ratio, term in close)] if plain(term.name) != text}
    return list(named.values())[:count]


def _likeness(wanted: str, spelled: str) -> float:
    matcher = SequenceMatcher(None, wanted, spelled)
    if not wanted or matcher.real_quick_ratio() < CLOSE or matcher.quick_ratio() < CLOSE:
        return 0.0
    return matcher.ratio()
